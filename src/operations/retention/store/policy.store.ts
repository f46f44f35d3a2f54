import type { SegmentNode } from '../../../contract/segment.js';
import { row, rows, type Db } from '../../../platform/database/db.js';
import { KINDS, type Kind } from '../domain/kinds.js';

/** One process at a time removes: two would wait for each other's rows. */
const TURN = 7_305_014;
const POLICY_TURN = 7_305_012;

export type Policy = Partial<Record<Kind, number>>;

/** Days by kind, of those that have a policy of their own. */
export async function loadPolicy(db: Db): Promise<Policy> {
  const found = await rows<{ kind: Kind; days: number }>(db, 'select r.kind, r.days from retention_policy as r where r.kind = any($1::text[])', [KINDS]);
  return Object.fromEntries(found.map(({ kind, days }) => [kind, days]));
}

export async function savePolicy(tx: Db, policy: Policy, by: string, now: Date): Promise<void> {
  const kinds = KINDS.filter((kind) => policy[kind] !== undefined);
  await rows(tx, 'delete from retention_policy as r where r.kind <> all($1::text[])', [kinds]);
  await rows(tx, `
    insert into retention_policy (kind, days, updated_by, updated_at) select n.kind, n.days, $3, $4::timestamptz from unnest($1::text[], $2::int[]) as n (kind, days)
    on conflict (kind) do update set days = excluded.days, updated_by = excluded.updated_by, updated_at = excluded.updated_at where retention_policy.days <> excluded.days`,
  [kinds, kinds.map((kind) => policy[kind]), by, now]);
  // Other months, and other rows of them, may be old from now on.
  await rows(tx, 'update retention_walk set done_at = null, page = 0 where true');
}

/** Whether this transaction is the one that removes. */
export const takeTurn = async (tx: Db): Promise<boolean> => (await row<{ mine: boolean }>(tx, 'select pg_try_advisory_xact_lock($1) as mine', [TURN]))!.mine;
/** Days of a kind, which nobody changes until commit; null without a policy. */
export const holdDays = async (tx: Db, kind: Kind): Promise<number | null> => (await row<{ days: number }>(tx, 'select r.days from retention_policy as r where r.kind = $1 for share', [kind]))?.days ?? null;
export const holdPolicy = (tx: Db): Promise<unknown> => rows(tx, 'select pg_advisory_xact_lock($1)', [POLICY_TURN]);

export interface Work { kind: Kind; removed: number; horizon: Date; at: Date }

export const loadWork = (db: Db): Promise<Work[]> => rows<Work>(db, 'select w.kind, w.removed::float8 as removed, w.horizon, w.at from retention_work as w');

/** Adds to what went of a kind so far. */
export async function noteRemoved(tx: Db, kind: Kind, removed: number, horizon: Date, now: Date): Promise<void> {
  await rows(tx, `
    insert into retention_work (kind, removed, horizon, at) values ($1, $2, $3::timestamptz, $4::timestamptz)
    on conflict (kind) do update set removed = retention_work.removed + excluded.removed, horizon = excluded.horizon, at = excluded.at`, [kind, removed, horizon, now]);
}

/** A condition that is kept, and whose it is: a shared segment's own, or one that a campaign has hidden. */
export interface Reader { id: string; kind: 'segment' | 'campaign'; name: string; definition: SegmentNode }

/** Everything in use whose answers are made of conditions. */
export const loadReaders = (db: Db): Promise<Reader[]> => rows<Reader>(db, `
  select coalesce(c.id, s.id) as id, case when c.id is null then 'segment' else 'campaign' end as kind, coalesce(c.name, s.name) as name, s.definition
    from segment as s left join campaign as c on s.purpose = 'campaign' and c.id = s.owner_id
   where s.state <> 'archived' and (s.purpose = 'shared' or c.state not in ('archived', 'stopped'))
   order by 3, 1, s.id`);
