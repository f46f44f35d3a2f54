import { row, rows, type Db } from '../../../platform/database/db.js';
import { isCounted } from './counted-events.store.js';

/** Bigger tables are not counted row by row: their statistics say how many there are. */
const COUNTED_BYTES = 100 * 1024 * 1024;

export const DEFAULT_PART = 'event_default';

/** Partitions of events by name, which is by month; the one without a month comes last. Names come from the catalogue alone. */
export async function eventPartitions(db: Db): Promise<string[]> {
  const found = await rows<{ name: string }>(db, `
    select c.relname as name from pg_inherits as i join pg_class as c on c.oid = i.inhrelid
     where i.inhparent = 'event'::regclass and c.relname ~ '^event_([0-9]{4}_[0-9]{2}|default)$' order by c.relname`);
  return found.map(({ name }) => name);
}

/** What would go of a partition before a moment, and what stays because results are counted from it. */
export interface PartSize { rows: number; counted: number; bytes: number; from: Date | null; isExact: boolean }

export async function partSize(db: Db, part: string, before: Date, goals: string): Promise<PartSize> {
  const size = (await row<{ bytes: number; tuples: number }>(db, `select pg_total_relation_size($1::regclass)::float8 as bytes, c.reltuples::float8 as tuples from pg_class as c where c.oid = $1::regclass`, [part]))!;
  const counted = (await row<{ n: number }>(db, `select count(*)::float8 as n from ${part} as e where e.occurred_at < $1::timestamptz and ${isCounted('$2')}`, [before, goals]))!.n;
  if (size.bytes > COUNTED_BYTES && size.tuples >= 0 && part !== DEFAULT_PART) return { rows: Math.max(0, size.tuples - counted), counted, bytes: size.bytes, from: null, isExact: false };
  const all = (await row<{ n: number; of: number; from: Date | null }>(db, `select count(*) filter (where e.occurred_at < $1::timestamptz)::float8 as n, count(*)::float8 as of, min(e.occurred_at) filter (where e.occurred_at < $1::timestamptz) as "from" from ${part} as e`, [before]))!;
  return { rows: all.n - counted, counted, bytes: all.of === 0 ? 0 : (size.bytes * (all.n - counted)) / all.of, from: all.from, isExact: true };
}

/** Whether results are counted from anything in a month; by the index of names, and no further than the first. */
export const hasCounted = async (db: Db, part: string, goals: string): Promise<boolean> =>
  (await row<{ found: boolean }>(db, `select exists (select from ${part} as e where ${isCounted('$1')}) as found`, [goals]))!.found;

/** How many rows a partition has, by its statistics where it is large. */
export async function rowsOf(db: Db, part: string): Promise<number> {
  const size = (await row<{ bytes: number; tuples: number }>(db, `select pg_relation_size(c.oid)::float8 as bytes, c.reltuples::float8 as tuples from pg_class as c where c.oid = $1::regclass`, [part]))!;
  if (size.bytes > COUNTED_BYTES && size.tuples >= 0) return size.tuples;
  return (await row<{ n: number }>(db, `select count(*)::float8 as n from ${part}`))!.n;
}

/**
 * Drops a month from which no result is counted. The month alone is locked first, and looked at again: an event that came late, or one of
 * somebody who was merged meanwhile, is seen. Then the parent is locked for the moment of the drop.
 *
 * @returns false when there is something in it that results are counted from
 */
export async function dropMonth(tx: Db, part: string, goals: string): Promise<boolean> {
  await rows(tx, `lock table ${part} in access exclusive mode`);
  if (await hasCounted(tx, part, goals)) return false;
  await rows(tx, 'select danbi_drop_month($1)', [part]);
  return true;
}

export interface Walk { page: number; pages: number; removed: number; beganAt: Date; doneAt: Date | null }

export const loadWalk = (db: Db, part: string): Promise<Walk | null> =>
  row<Walk>(db, 'select w.page::float8 as page, w.pages::float8 as pages, w.removed::float8 as removed, w.began_at as "beganAt", w.done_at as "doneAt" from retention_walk as w where w.part = $1', [part]);

export async function saveWalk(tx: Db, part: string, { page, pages, removed, beganAt, doneAt }: Walk): Promise<void> {
  await rows(tx, `
    insert into retention_walk (part, page, pages, removed, began_at, done_at) values ($1, $2, $3, $4, $5::timestamptz, $6::timestamptz)
    on conflict (part) do update set page = excluded.page, pages = excluded.pages, removed = excluded.removed, began_at = excluded.began_at, done_at = excluded.done_at`,
  [part, page, pages, removed, beganAt, doneAt]);
}

export async function forgetWalk(tx: Db, part: string): Promise<void> {
  await rows(tx, 'delete from retention_walk as w where w.part = $1', [part]);
}

export const pagesOf = async (db: Db, part: string): Promise<number> =>
  (await row<{ pages: number }>(db, `select (pg_relation_size($1::regclass) / current_setting('block_size')::int)::float8 as pages`, [part]))!.pages;

/** Removes what lies on some pages of a partition, is older, and no result is counted from: a step of which the size is known before. Rows somebody has in hand are left to the next walk. */
export async function removeOnPages(tx: Db, part: string, { page, to, before, goals }: { page: number; to: number; before: Date; goals: string }): Promise<number> {
  return (await row<{ n: number }>(tx, `
    with gone as (
      delete from ${part} as d where d.ctid = any (array(
        select e.ctid from ${part} as e
         where e.ctid >= '(${Math.floor(page)},0)'::tid and e.ctid < '(${Math.floor(to)},0)'::tid and e.occurred_at < $1::timestamptz and not ${isCounted('$2')} for update skip locked))
      returning 1)
    select count(*)::int as n from gone`, [before, goals]))!.n;
}
