import { exists, row, rows, type Db } from '../../../platform/database/db.js';
import { vaultOf } from '../../../platform/secrets/vault.js';

export const PULL_KINDS = ['csv', 'postgres'] as const;
export type PullState = 'ok' | 'unchanged' | 'failed';

/** What a source is asked for, and how it went. `shown`: the address without its secrets; `cursor`: where the next look goes on. */
export interface Pull {
  id: string; sourceId: string; kind: (typeof PULL_KINDS)[number]; sealed: string; shown: string; query: string | null; cursorColumn: string | null; cursor: string | null; everyMinutes: number;
  etag: string | null; modified: string | null; nextAt: Date; lastAt: Date | null; lastState: PullState | null; lastRows: number; lastError: string | null;
}
export type NewPull = Pick<Pull, 'id' | 'sourceId' | 'kind' | 'shown' | 'query' | 'cursorColumn' | 'everyMinutes'> & { address: string };

const SELECT = `select p.id, p.source_id as "sourceId", p.kind, p.address as sealed, p.shown, p.query, p.cursor_column as "cursorColumn", p.cursor, p.every_minutes as "everyMinutes", p.etag, p.modified,
  p.next_at as "nextAt", p.last_at as "lastAt", p.last_state as "lastState", p.last_rows as "lastRows", p.last_error as "lastError" from source_pull as p`;

export const findPull = (db: Db, sourceId: string): Promise<Pull | null> => row(db, `${SELECT} where p.source_id = $1`, [sourceId]);
export const addressOf = (db: Db, { id, sealed }: Pull): string => vaultOf(db).open('source_pull.address', id, sealed);

/** In place of one before. */
export async function insertPull(tx: Db, { id, sourceId, kind, address, shown, query, cursorColumn, everyMinutes }: NewPull, cursor: string | null, now: Date): Promise<void> {
  await deletePull(tx, sourceId);
  const sealed = await vaultOf(tx).seal(tx, 'source_pull.address', id, address);
  await rows(tx, `insert into source_pull (id, source_id, kind, address, shown, query, cursor_column, cursor, every_minutes, next_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::timestamptz)`, [id, sourceId, kind, sealed, shown, query, cursorColumn, cursor, everyMinutes, now]);
}

export async function deletePull(tx: Db, sourceId: string): Promise<boolean> {
  return (await rows(tx, 'delete from source_pull as p where p.source_id = $1 returning 1', [sourceId])).length > 0;
}

const FREE = `exists (select from source as s where s.id = p.source_id and s.enabled)`;
/** When the next look is due; null: there is nothing to look at. */
export async function nextPull(db: Db): Promise<Date | null> {
  return (await row<{ at: Date | null }>(db, `select min(greatest(p.next_at, p.lease_until)) as at from source_pull as p where ${FREE}`))!.at;
}

/** Takes the most overdue one until the lease runs out. */
export function claimPull(tx: Db, leaseUntil: Date, now: Date): Promise<Pull | null> {
  return row(tx, `
    with due as materialized (select p.id from source_pull as p where p.next_at <= $2::timestamptz and (p.lease_until is null or p.lease_until <= $2::timestamptz) and ${FREE} order by p.next_at limit 1 for update skip locked),
         taken as (update source_pull as p set lease_until = $1::timestamptz from due where p.id = due.id returning p.*)
    ${SELECT.replace('from source_pull as p', 'from taken as p')}`, [leaseUntil, now]);
}

/** Whether the lease is still ours; the row stays locked until the end of the transaction. */
export const holdPull = (tx: Db, id: string, leaseUntil: Date): Promise<boolean> => exists(tx, 'select from source_pull as p where p.id = $1 and p.lease_until = $2::timestamptz for update', [id, leaseUntil]);

export async function settlePull(tx: Db, id: string, { state, count, error, cursor, etag, modified, nextAt, at }: { state: PullState; count: number; error: string | null; cursor: string | null; etag: string | null; modified: string | null; nextAt: Date; at: Date }): Promise<void> {
  await rows(tx, `
    update source_pull as p set last_at = $2::timestamptz, last_state = $3, last_rows = $4, last_error = $5, cursor = $6, etag = $7, modified = $8, next_at = $9::timestamptz, lease_until = null where p.id = $1`, [id, at, state, count, error, cursor, etag, modified, nextAt]);
}

export async function pullNow(tx: Db, sourceId: string, now: Date): Promise<boolean> {
  return (await rows(tx, 'update source_pull as p set next_at = $2::timestamptz where p.source_id = $1 returning 1', [sourceId, now])).length > 0;
}

/** Keeps rows as bodies that wait to be read; those that are there already stay. @returns how many are new */
export async function fileRows(tx: Db, sourceId: string, given: readonly { id: string; dedupe: string; body: object }[], now: Date): Promise<number> {
  const made = await rows(tx, `
    insert into source_delivery (id, source_id, dedupe, topic, headers, body, received_at, state)
    select n."id", $2, n."dedupe", '', '{}', n."body", $3::timestamptz, 'waiting' from jsonb_to_recordset($1::jsonb) as n("id" uuid, "dedupe" text, "body" jsonb)
    on conflict (source_id, dedupe) where dedupe is not null do nothing returning 1`, [JSON.stringify(given), sourceId, now]);
  if (made.length > 0) await rows(tx, 'update source as s set last_at = $2::timestamptz where s.id = $1', [sourceId, now]);
  return made.length;
}

/** One look and what came of it. */
export interface PullRun { id: string; at: Date; state: PullState; rows: number; error: string | null }
/** So many looks of a source are kept. */
export const KEPT_RUNS = 200;

/** Writes down how a look went; those that are too many go. */
export async function keepRun(tx: Db, sourceId: string, { id, at, state, rows: count, error }: PullRun): Promise<void> {
  await rows(tx, 'insert into source_pull_run (source_id, id, at, state, new_rows, error) values ($1, $2, $3::timestamptz, $4, $5, $6)', [sourceId, id, at, state, count, error]);
  await rows(tx, `
    delete from source_pull_run as r where r.source_id = $1 and r.id < (select min(k.id::text) from (select n.id from source_pull_run as n where n.source_id = $1 order by n.id desc limit ${KEPT_RUNS}) as k)::uuid`, [sourceId]);
}

/** The latest first. @param before the id of the last one known */
export const listRuns = (db: Db, sourceId: string, { before, limit }: { before: string | null; limit: number }): Promise<PullRun[]> => rows(db, `
  select r.id, r.at, r.state, r.new_rows as rows, r.error from source_pull_run as r where r.source_id = $1 and ($2::uuid is null or r.id < $2) order by r.id desc limit $3`, [sourceId, before, limit]);
