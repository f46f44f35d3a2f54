import { row, rows, type Db } from '../../platform/database/db.js';
import { KEY } from '../reads/contributions.js';
import type { Difference } from '../domain/compare.js';
import type { Cell } from '../domain/cell.js';
import type { CountPlan } from '../domain/count-plan.js';
import { EVERYBODY, type PeopleRange } from '../reads/ledger.read.js';

/** Checks are done one after another, whichever process does them. */
const CHECK_LOCK = 7_305_008;

export const takeCheckTurn = async (tx: Db): Promise<boolean> => (await row<{ mine: boolean }>(tx, 'select pg_try_advisory_xact_lock($1) as mine', [CHECK_LOCK]))!.mine;

/**
 * The campaign whose check is the longest due: in the night of the workspace once a day, by day when a night was missed, and at
 * once when somebody asked for it (`check_from` in the past by years).
 */
export function dueCheck(db: Db, now: Date): Promise<{ campaignId: string; after: string | null } | null> {
  return row(db, `
    select g.campaign_id as "campaignId", (select c.reached from result_check as c where c.campaign_id = g.campaign_id order by c.at desc limit 1) as after
      from result_goals as g
     where g.check_from <= $1::timestamptz - case when extract(hour from $1::timestamptz at time zone coalesce((select w.time_zone from workspace as w where w.id = 1), 'UTC')) in (1, 2, 3, 4) then interval '20 hours' else interval '40 hours' end
     order by g.check_from limit 1`, [now]);
}

/** Has a campaign checked at the next look; false when there is nothing of it to check. */
export async function askCheck(tx: Db, campaignId: string): Promise<boolean> {
  return (await rows(tx, `update result_goals as g set check_from = '2000-01-01T00:00:00Z' where g.campaign_id = $1::uuid returning 1`, [campaignId])).length > 0;
}

/** The next slice of the people of a campaign: about so many who were counted, and everybody between them. */
export async function nextSlice(tx: Db, campaignId: string, after: string, limit: number): Promise<PeopleRange & { people: number }> {
  const found = await row<{ last: string | null; people: number }>(tx, `
    select max(p.person_id::text) as last, count(*)::int as people
      from (select s.person_id from result_person as s where s.campaign_id = $1::uuid and s.person_id > $2::uuid order by s.person_id limit $3) as p`, [campaignId, after, limit]);
  return { after, upTo: found!.people < limit ? EVERYBODY.upTo : found!.last!, people: found!.people };
}

/** What the people of a slice are on record to have added. */
export function sumParts(tx: Db, campaignId: string, { after, upTo }: PeopleRange): Promise<Cell[]> {
  return rows<Cell>(tx, `
    with summed as (
      select u.cell, sum(coalesce(u.n, 1)) as n, sum(u.amount) as amount, sum(u.amount * u.amount) as squares
        from result_person as p cross join lateral unnest(p.cells, p.counts, p.amounts) as u (cell, n, amount)
       where p.campaign_id = $1::uuid and p.person_id > $2::uuid and p.person_id <= $3::uuid group by u.cell)
    select c.key, c.measure, c.version_id as "versionId", c.step_id as "stepId", c.experiment_id as "experimentId", c.variant, c.channel, c.language, c.detail, c.further, c.bucket,
           s.n::float8 as count, s.amount::text as amount, s.squares::text as squares
      from summed as s join result_cell as c on c.id = s.cell`, [campaignId, after, upTo]);
}

/** Everybody of a slice of whom the ledger, the cells or a verdict know something. */
export async function peopleWithin(tx: Db, { campaignId, tests }: CountPlan, { after, upTo }: PeopleRange): Promise<string[]> {
  const of = (where: string) => (table: string) => `select t.person_id from ${table} as t where ${where} and t.person_id > $2::uuid and t.person_id <= $3::uuid`;
  const parts = [...['result_person', 'assignment', 'enrollment', 'decision', 'delivery'].map(of('t.campaign_id = $1::uuid')), ...['result_tested', 'result_tested_goal'].map(of('t.experiment_id = any($4::uuid[])'))];
  const found = await rows<{ id: string }>(tx, `select u.person_id as id from (${parts.join(' union ')}) as u order by u.person_id`, [campaignId, after, upTo, tests.map(({ experimentId }) => experimentId)]);
  return found.map(({ id }) => id);
}

/** Totals that are not the sums of what people are on record to have added. */
export function brokenSums(tx: Db, campaignId: string): Promise<{ id: number; measure: string; detail: string | null; count: string; sum: string }[]> {
  return rows(tx, `
    with ${SUMS}
    select c.id, c.measure, c.detail, c.count::text as count, coalesce(s.n, 0)::text as sum
      from result_cell as c left join summed as s on s.cell = c.id
     where c.campaign_id = $1::uuid and (c.count, coalesce(c.amount, 0), coalesce(c.squares, 0)) is distinct from (coalesce(s.n, 0), coalesce(s.amount, 0), coalesce(s.squares, 0))`, [campaignId]);
}

const SUMS = `summed as materialized (
      select u.cell, sum(coalesce(u.n, 1))::bigint as n, sum(u.amount) as amount, sum(u.amount * u.amount) as squares
        from result_person as p cross join lateral unnest(p.cells, p.counts, p.amounts) as u (cell, n, amount) where p.campaign_id = $1::uuid group by u.cell)`;

/** Writes the totals of a campaign anew. Only for who holds the turn of the worker. */
export async function mendSums(tx: Db, campaignId: string): Promise<void> {
  await rows(tx, `
    with ${SUMS}
    update result_cell as c set count = w.n, amount = w.amount, squares = w.squares
      from (select k.id, coalesce(s.n, 0) as n, s.amount, s.squares from result_cell as k left join summed as s on s.cell = k.id where k.campaign_id = $1::uuid) as w
     where c.id = w.id and (c.count, c.amount, c.squares) is distinct from (w.n, w.amount, w.squares)`, [campaignId]);
}

/** Cells in use whose key is not that of their name, and versions whose goals read something else than is written down of them. */
export async function wrongNames(tx: Db, campaignId: string): Promise<{ cells: number; reads: number }> {
  return (await row<{ cells: number; reads: number }>(tx, `
    select (select count(*) from result_cell as r where r.campaign_id = $1::uuid and r.count <> 0 and r.key <> ${KEY})::int as cells,
           (select count(*) from campaign_version as v left join result_reads as k on k.version_id = v.id and k.campaign_id = v.campaign_id
             where v.campaign_id = $1::uuid and k.reads is distinct from result_reads_of(v.definition))::int as reads`, [campaignId]))!;
}

/**
 * Gives such cells another key: whoever adds to them is found to differ, and moves to a cell of the right name. Only for who holds the turn
 * of the worker.
 */
export async function mendNames(tx: Db, campaignId: string): Promise<void> {
  await rows(tx, `update result_cell as r set key = gen_random_uuid() where r.campaign_id = $1::uuid and r.count <> 0 and r.key <> ${KEY}`, [campaignId]);
  await rows(tx, `
    insert into result_reads as k (version_id, campaign_id, reads) select v.id, v.campaign_id, result_reads_of(v.definition) from campaign_version as v where v.campaign_id = $1::uuid
    on conflict (version_id) do update set reads = excluded.reads, campaign_id = excluded.campaign_id`, [campaignId]);
}

export interface CheckRow {
  id: string; campaignId: string; name: string | null; at: Date; state: 'equal' | 'repaired' | 'unfinished'; people: number;
  differences: Difference[]; repaired: number; milliseconds: number; reached: string | null;
}

/** Keeps what a check found, and forgets checks of long ago. */
export async function recordCheck(tx: Db, check: Omit<CheckRow, 'name'>): Promise<void> {
  await rows(tx, `
    insert into result_check (id, campaign_id, at, state, people, differences, repaired, milliseconds, reached) values ($1, $2, $3::timestamptz, $4, $5, $6::jsonb, $7, $8, $9::uuid)`,
  [check.id, check.campaignId, check.at, check.state, check.people, JSON.stringify(check.differences), check.repaired, check.milliseconds, check.reached]);
  await rows(tx, 'update result_goals as g set check_from = $2::timestamptz where g.campaign_id = $1::uuid', [check.campaignId, check.at]);
  await rows(tx, `delete from result_check as c where c.at < $1::timestamptz - interval '90 days'`, [check.at]);
}

/** Checks, newest first. */
export function listChecks(db: Db, asked: { campaignId: string | null; after: { at: string; id: string } | null; limit: number }): Promise<(CheckRow & { cursorAt: string })[]> {
  return rows(db, `
    select k.id, k.campaign_id as "campaignId", c.name, k.at, k.state, k.people, k.differences, k.repaired, k.milliseconds, k.reached, k.at::text as "cursorAt"
      from result_check as k left join campaign as c on c.id = k.campaign_id
     where ($1::uuid is null or k.campaign_id = $1::uuid) and ($2::timestamptz is null or (k.at, k.id) < ($2::timestamptz, $3::uuid))
     order by k.at desc, k.id desc limit $4`, [asked.campaignId, asked.after?.at ?? null, asked.after?.id ?? null, asked.limit]);
}
