import { rows, type Db } from '../../platform/database/db.js';
import { leaveTrail } from '../../platform/tracing/trail.js';
import { instants, uuids } from './arrays.js';

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

/** What a batch tells the other modules besides its events: whom it changed otherwise, and what of them. */
export interface News { at: Date; personIds: string[]; attributeKeys: string[]; tags: string[] }

/**
 * Stores events, adds them to the counts per name, and announces them with the rest of the batch as one `person_change` row,
 * in one statement. A batch has tally rows of its own, so that batches do not wait for each other.
 */
export async function insertEventsAndNews(tx: Db, events: EventRow[], news: News): Promise<void> {
  if (events.length === 0 && news.personIds.length === 0) return;
  await rows(tx, `
    with e as materialized (
      select e.* from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::text[])
        as e (id, person_id, type, name, properties, context, occurred_at, received_at, message_id)),
    stored as (
      insert into event (id, person_id, type, name, properties, context, occurred_at, received_at, message_id)
      select e.id, e.person_id, e.type, e.name, e.properties::jsonb, e.context::jsonb, e.occurred_at, e.received_at, e.message_id from e),
    tallied as (
      insert into event_tally (name, events, last_at)
      select e.name, count(*), max(e.occurred_at) from e group by e.name)
    insert into person_change (kind, at, person_ids, attribute_keys, event_names, tags, event_ids, event_persons)
    select 'changed', $10::timestamptz, array(select e.person_id from e union select also.id from unnest($11::uuid[]) as also (id)), $12::text[],
           array(select distinct e.name from e), $13::text[], array(select e.id from e), array(select e.person_id from e)`,
    [uuids(events.map((e) => e.id)), uuids(events.map((e) => e.personId)), events.map((e) => e.type), events.map((e) => e.name), events.map((e) => e.properties), events.map((e) => e.context),
      instants(events.map((e) => e.occurredAt)), instants(events.map((e) => e.receivedAt)), events.map((e) => e.messageId), news.at, uuids(news.personIds), news.attributeKeys, news.tags]);
  leaveTrail(tx, () => events.map(({ id, personId, occurredAt }) => ({ kind: 'event', id, personId, occurredAt })));
}

/** Claims these message keys; answers the ones nobody had claimed before. */
export async function claimReceipts(tx: Db, keys: string[], now: Date): Promise<Set<string>> {
  const seen = await rows<{ key: string }>(tx, `
    with wanted as materialized (select k.key from unnest($1::uuid[]) as k (key) order by k.key),
         claimed as (
           insert into event_receipt (message_key, received_at)
           select w.key, $2::timestamptz from wanted as w
           on conflict (message_key) do nothing
           returning message_key)
    select w.key from wanted as w where not exists (select from claimed as c where c.message_key = w.key)`, [uuids(keys), now]);
  const fresh = new Set(keys);
  for (const { key } of seen) fresh.delete(key);
  return fresh;
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
