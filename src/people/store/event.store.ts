import { rows, type Db } from '../../platform/database/db.js';

/** An event as it is stored. */
export interface EventRow {
  id: string;
  personId: string;
  type: string;
  name: string;
  /** JSON texts: already serialised once to measure their size. */
  properties: string;
  context: string;
  occurredAt: Date;
  receivedAt: Date;
  messageId: string;
}

/**
 * Stores events and adds them to the counts per name, in one statement. A batch has tally rows of its own, so that batches
 * do not wait for each other.
 */
export async function insertEvents(tx: Db, events: EventRow[]): Promise<void> {
  if (events.length === 0) return;
  await rows(tx, `
    with e as materialized (
      select e.* from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::text[])
        as e (id, person_id, type, name, properties, context, occurred_at, received_at, message_id)),
    stored as (
      insert into event (id, person_id, type, name, properties, context, occurred_at, received_at, message_id)
      select e.id, e.person_id, e.type, e.name, e.properties::jsonb, e.context::jsonb, e.occurred_at, e.received_at, e.message_id from e)
    insert into event_tally (name, events, last_at)
    select e.name, count(*), max(e.occurred_at) from e group by e.name`,
    [events.map((e) => e.id), events.map((e) => e.personId), events.map((e) => e.type), events.map((e) => e.name), events.map((e) => e.properties), events.map((e) => e.context),
      events.map((e) => e.occurredAt), events.map((e) => e.receivedAt), events.map((e) => e.messageId)]);
}

/** Claims these message keys; answers the ones nobody had claimed before. */
export async function claimReceipts(tx: Db, keys: string[], now: Date): Promise<Set<string>> {
  const fresh = await rows<{ key: string }>(tx, `
    insert into event_receipt (message_key, received_at)
    select k.key, $2::timestamptz from unnest($1::uuid[]) as k (key) order by k.key
    on conflict (message_key) do nothing
    returning message_key as key`, [keys, now]);
  return new Set(fresh.map(({ key }) => key));
}

export interface Rejection { id: string; messageId: string | null; code: string; message: string; payload: string }

/** Keeps refused events for a week, for the developer who looks for them. */
export async function recordRejections(tx: Db, rejections: Rejection[], now: Date): Promise<void> {
  if (rejections.length === 0) return;
  await rows(tx, `
    insert into event_rejected (id, at, message_id, code, message, payload)
    select r.id, $6::timestamptz, r.message_id, r.code, r.message, r.payload::jsonb
      from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) as r (id, message_id, code, message, payload)`,
    [rejections.map((r) => r.id), rejections.map((r) => r.messageId), rejections.map((r) => r.code), rejections.map((r) => r.message), rejections.map((r) => r.payload), now]);
}
