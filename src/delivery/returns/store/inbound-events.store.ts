import { hash } from 'node:crypto';
import { newId } from '../../../kernel/ids.js';
import { row, rows, type Db } from '../../../platform/database/db.js';
import type { InboundState } from '../domain/ending.js';

/** Sender and recipients as the SMTP envelope had them; the recipient carries our signed return path. */
export interface Envelope { from: string; to: string[] }

/** A report as it arrived. */
export interface NewInbound {
  /** Who reported: `mail`, or a provider's name. A reader is registered for each. */
  source: string;
  /** The same report has the same key. */
  dedupeKey: string;
  contentType: string;
  body: Buffer;
  receivedAt: Date;
  envelope?: Envelope | null;
}

/** A report taken out of the store to be read. */
export interface InboundEvent extends NewInbound {
  id: string;
  envelope: Envelope | null;
  /** This attempt included. */
  attempts: number;
  /** Readings in a row, this one included, whose end nobody wrote yet. */
  begun: number;
}

/** Longer keys are kept as their hash: unique indexes have a limit, reporters have none. */
const KEY_LENGTH = 200;
const storedKey = (key: string): string => (key.length > KEY_LENGTH ? `sha256:${hash('sha256', key, 'hex')}` : key).replaceAll('\0', '');

/**
 * Keeps a report as it came; the worker `delivery.returns` reads it later (wake it after commit).
 *
 * @returns its id, or null when the same report is filed already
 */
export async function fileInbound(db: Db, inbound: NewInbound): Promise<string | null> {
  const filed = await row<{ id: string }>(db, `
    insert into inbound_event (id, source, dedupe_key, content_type, body, envelope, received_at, state, next_at)
    values ($1, $2, $3, $4, $5, $6::jsonb, $7::timestamptz, 'pending', $7::timestamptz)
    on conflict (source, dedupe_key) do nothing returning id`, [
    newId(), inbound.source, storedKey(inbound.dedupeKey), inbound.contentType.slice(0, 200), inbound.body, inbound.envelope ? JSON.stringify(inbound.envelope) : null, inbound.receivedAt,
  ]);
  return filed?.id ?? null;
}

/**
 * Keeps the reports of one request in their order. Written in the order of their keys: a provider that repeats a batch while
 * the first try is still written must not meet it the other way round.
 *
 * @returns how many were new
 */
export async function fileInboundBatch(db: Db, batch: Pick<NewInbound, 'source' | 'contentType' | 'receivedAt'>, reports: readonly Pick<NewInbound, 'dedupeKey' | 'body'>[]): Promise<number> {
  const filed = await row<{ count: number }>(db, `
    with filed as (
      insert into inbound_event (id, source, dedupe_key, content_type, body, received_at, state, next_at)
      select r.id, $1, r.key, $2, r.body, $3::timestamptz, 'pending', $3::timestamptz from unnest($4::uuid[], $5::text[], $6::bytea[]) as r (id, key, body) order by r.key
      on conflict (source, dedupe_key) do nothing returning 1)
    select count(*)::int as count from filed`, [
    batch.source, batch.contentType.slice(0, 200), batch.receivedAt, reports.map(() => newId()), reports.map(({ dedupeKey }) => storedKey(dedupeKey)), reports.map(({ body }) => body),
  ]);
  return filed!.count;
}

/**
 * Takes due reports to read them, as many as `limit` and `bytes` allow and one at least. The attempt is counted and the next one fixed
 * before anything is read: a report that kills its reader comes back later, and alone, so that it takes no others with it.
 */
export async function claimInbound(db: Db, { limit, bytes }: { limit: number; bytes: number }, lease: { now: Date; until: Date }): Promise<InboundEvent[]> {
  const claimed = await rows<InboundEvent>(db, `
    with due as materialized (
      select e.id, e.next_at, e.begun, octet_length(e.body) as bytes from inbound_event as e
       where e.state = 'pending' and e.next_at <= $2::timestamptz order by e.next_at, e.id limit $1 for update skip locked),
    placed as (
      select d.id, d.begun, row_number() over w as place, sum(d.bytes) over w as bytes, first_value(d.begun) over w as "firstBegun" from due as d window w as (order by d.next_at, d.id))
    update inbound_event as e set attempts = e.attempts + 1, begun = e.begun + 1, next_at = $3::timestamptz
      from placed as p where e.id = p.id and (p.place = 1 or (p."firstBegun" = 0 and p.begun = 0 and p.bytes <= $4))
    returning e.id, e.source, e.dedupe_key as "dedupeKey", e.content_type as "contentType", e.body, e.envelope, e.received_at as "receivedAt", e.attempts, e.begun`, [limit, lease.now, lease.until, bytes]);
  return claimed.toSorted((one, other) => (one.id < other.id ? -1 : 1));
}

/** When the next report is due; null when none is pending. */
export async function nextInbound(db: Db): Promise<Date | null> {
  return (await row<{ at: Date | null }>(db, `select min(e.next_at) as at from inbound_event as e where e.state = 'pending'`))!.at;
}

/** How an attempt to read a report ended. */
export interface InboundEnd {
  id: string;
  state: InboundState;
  detail: string;
  /** What was read, with what became of it. */
  notices: object[];
  /** The messages it is about. */
  deliveryIds: string[];
  /** It is about somebody who was erased: its words are not kept. */
  forget: boolean;
  /** With `pending`: when to try again. */
  nextAt: Date | null;
}

/** Writes the ends of attempts; a report that somebody has settled meanwhile stays as it is. */
export async function settleInbound(tx: Db, ends: readonly InboundEnd[], now: Date): Promise<void> {
  const written = ends.map((end) => ({ ...end, detail: end.detail.slice(0, 500) }));
  await rows(tx, `
    update inbound_event as e
       set state = n."state", detail = n."detail", notices = n."notices", delivery_ids = n."deliveryIds", next_at = n."nextAt", begun = 0,
           settled_at = case n."state" when 'pending' then null else $2::timestamptz end,
           body = case when n."forget" then ''::bytea else e.body end, envelope = case when n."forget" then null else e.envelope end
      from jsonb_to_recordset($1::jsonb) as n ("id" uuid, "state" text, "detail" text, "notices" jsonb, "deliveryIds" uuid[], "forget" boolean, "nextAt" timestamptz)
     where e.id = n."id" and e.state = 'pending'`, [JSON.stringify(written), now]);
}

/** Writes what a person decided about a locked report. */
export async function overruleInbound(tx: Db, { id, state, detail, now }: Pick<InboundEnd, 'id' | 'state' | 'detail'> & { now: Date }): Promise<void> {
  await rows(tx, `update inbound_event as e set state = $2, detail = $3, next_at = null, settled_at = $4::timestamptz where e.id = $1`, [id, state, detail, now]);
}

/** Whether returned messages of one of our sending domains come to this domain. */
export async function isBounceDomain(db: Db, domain: string): Promise<boolean> {
  return (await row(db, `select 1 as found from sending_domain as d where lower(d.bounce_domain) = $1 limit 1`, [domain])) !== null;
}

/** So long the words of a report that was understood are kept. */
const FULL_DAYS = 90;
/** So long it is known that a report was here; a provider repeats for days, a mailbox that is restored for months. */
const KNOWN_DAYS = 400;

/** Empties understood reports that are old, and drops those that are very old; a bounded number, answers how many. */
export async function forgetInbound(db: Db, now: Date, limit: number): Promise<number> {
  const emptied = await rows(db, `
    update inbound_event as e set body = '', envelope = null
      from (select o.id from inbound_event as o where o.state in ('applied', 'ignored') and octet_length(o.body) > 0 and o.settled_at < $1::timestamptz - make_interval(days => ${FULL_DAYS})
             order by o.settled_at limit $2 for update skip locked) as old where e.id = old.id returning 1`, [now, limit]);
  const dropped = await rows(db, `
    delete from inbound_event as e
     using (select o.id from inbound_event as o where o.state <> 'pending' and o.received_at < $1::timestamptz - make_interval(days => ${KNOWN_DAYS}) order by o.received_at limit $2 for update skip locked) as old
     where e.id = old.id returning 1`, [now, limit]);
  return emptied.length + dropped.length;
}
