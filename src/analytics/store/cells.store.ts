import { row, rows, type Db } from '../../platform/database/db.js';
import { SqlValues } from '../../segments/domain/sql-values.js';
import type { Cell } from '../domain/cell.js';
import type { CountPlan } from '../domain/count-plan.js';
import { MOVE_TESTED } from './tested.store.js';
import { CELL_COLUMNS, contributions, type CountMoment } from '../reads/contributions.js';

const NAMES = CELL_COLUMNS.join(', ');
const named = (of: string) => CELL_COLUMNS.map((column) => `${of}.${column}`).join(', ');
const READ = (of: string) => `${of}.key, ${of}.measure, ${of}.version_id as "versionId", ${of}.step_id as "stepId", ${of}.experiment_id as "experimentId", ${of}.variant, ${of}.channel, ${of}.language, ${of}.detail, ${of}.further, ${of}.bucket`;

/** What `people` added before, one row a cell. */
const stored = (campaign: string) => `
  stored as materialized (select s.* from pair as q join result_person as s on s.campaign_id = ${campaign} and s.person_id = q.person_id)`;
const OLD = `select c.key, -coalesce(u.n, 1) as n, -u.amount as amount, -(u.amount * u.amount) as squares, ${named('c')}
      from stored as s cross join lateral unnest(s.cells, s.counts, s.amounts) as u (cell, n, amount) join result_cell as c on c.id = u.cell`;

/**
 * Counts people of one campaign again and moves the cells by the difference. Only for the one worker that holds the lock: cells
 * that are new are made here.
 *
 * @returns how many people add something else than before
 */
export async function recount(tx: Db, plan: CountPlan, personIds: readonly string[], at: CountMoment): Promise<number> {
  const values = new SqlValues();
  const campaign = values.bind(plan.campaignId, 'uuid');
  const text = `
  with ${contributions(plan, values.bind(personIds, 'uuid[]'), at, values)},
  ${stored(campaign)},
  -- Each cell once, with its number: what follows is of numbers only. Nobody else makes cells meanwhile.
  cell as materialized (
    select k.*, coalesce(c.id, nextval('result_cell_id_seq')::int) as id, c.id is null as is_new
      from (select distinct t.key, ${named('t')} from contribution as t) as k
      left join result_cell as c on c.campaign_id = ${campaign} and c.key = k.key),
  known as materialized (select t.person_id, e.id as cell, t.n, t.amount from contribution as t join cell as e on e.key = t.key),
  fresh as materialized (
    select k.person_id, array_agg(k.cell order by k.cell) as cells, case when bool_or(k.n <> 1) then array_agg(k.n order by k.cell) end as counts,
           case when bool_or(k.amount is not null) then array_agg(k.amount order by k.cell) end as amounts
      from known as k group by k.person_id),
  changed as materialized (
    select q.person_id, f.person_id is not null as lives from pair as q left join fresh as f on f.person_id = q.person_id left join stored as s on s.person_id = q.person_id
     where (f.cells, f.counts, f.amounts) is distinct from (s.cells, s.counts, s.amounts)),
  moves as materialized (
    select m.cell, sum(m.n) as n, sum(m.amount) as amount, sum(m.squares) as squares from (
      select k.cell, k.n, k.amount, k.amount * k.amount as squares from known as k join changed as x on x.person_id = k.person_id
      union all
      select u.cell, -coalesce(u.n, 1), -u.amount, -(u.amount * u.amount)
        from stored as s join changed as x on x.person_id = s.person_id cross join lateral unnest(s.cells, s.counts, s.amounts) as u (cell, n, amount)) as m
     group by m.cell having sum(m.n) <> 0 or coalesce(sum(m.amount), 0) <> 0 or coalesce(sum(m.squares), 0) <> 0),
  made as (
    insert into result_cell (id, campaign_id, key, ${NAMES}, count, amount, squares) overriding system value
    select e.id, ${campaign}, e.key, ${named('e')}, m.n, m.amount, m.squares from cell as e join moves as m on m.cell = e.id where e.is_new order by e.key),
  moved as (
    update result_cell as c set count = c.count + m.n, amount = coalesce(c.amount + m.amount, c.amount, m.amount), squares = coalesce(c.squares + m.squares, c.squares, m.squares) from moves as m where c.id = m.cell),
  kept as (
    insert into result_person (campaign_id, person_id, cells, counts, amounts, entered_at, next_at)
    select ${campaign}, f.person_id, f.cells, f.counts, f.amounts, t.entered_at, t.next_at
      from fresh as f join changed as x on x.person_id = f.person_id left join moment as t on t.person_id = f.person_id order by f.person_id
    on conflict (campaign_id, person_id) do update set cells = excluded.cells, counts = excluded.counts, amounts = excluded.amounts, entered_at = excluded.entered_at, next_at = excluded.next_at
    returning 1),
  gone as (delete from result_person as s using changed as x where s.campaign_id = ${campaign} and s.person_id = x.person_id and not x.lives returning 1),
  later as (
    update result_person as s set next_at = t.next_at, entered_at = t.entered_at
      from stored as o left join moment as t on t.person_id = o.person_id
     where s.campaign_id = ${campaign} and s.person_id = o.person_id and not exists (select from changed as x where x.person_id = o.person_id)
       and (t.next_at, t.entered_at) is distinct from (o.next_at, o.entered_at) returning 1)${plan.tests.length > 0 ? `,${MOVE_TESTED}` : ''}
  select (select count(*) from kept)::int + (select count(*) from gone)::int as changed, (select count(*) from later)::int as later`;
  return (await row<{ changed: number }>(tx, text, values.list))!.changed;
}

/** Totals of a campaign as they were worked off. */
export function readCells(db: Db, campaignId: string): Promise<Cell[]> {
  return rows<Cell>(db, `
    select ${READ('c')}, c.count::float8 as count, c.amount::text as amount, c.squares::text as squares
      from result_cell as c where c.campaign_id = $1::uuid and c.bucket is null and (c.count <> 0 or c.amount <> 0)`, [campaignId]);
}

/** Of the totals of several campaigns those of these versions that say who was assigned, and who reached a goal. */
export function assignedAndGoals(db: Db, campaignIds: readonly string[], versionIds: readonly string[]): Promise<Cell[]> {
  return rows<Cell>(db, `
    select ${READ('c')}, c.count::float8 as count, c.amount::text as amount, c.squares::text as squares
      from result_cell as c where c.campaign_id = any($1::uuid[]) and c.bucket is null and c.version_id = any($2::uuid[]) and c.measure in ('assigned', 'goal') and c.count <> 0`, [campaignIds, versionIds]);
}

/** What the totals of a campaign lack: the difference between what these people add now and what they had added when they were counted last. @param withBuckets quarters of an hour, too */
export function readDifference(db: Db, plan: CountPlan, personIds: readonly string[], at: CountMoment, withBuckets = false): Promise<Cell[]> {
  const values = new SqlValues();
  const campaign = values.bind(plan.campaignId, 'uuid');
  return rows<Cell>(db, `
  with ${contributions(plan, values.bind(personIds, 'uuid[]'), at, values)},
  ${stored(campaign)},
  moves as (
    select m.key, ${named('m')}, sum(m.n) as n, sum(m.amount) as amount, sum(m.squares) as squares from (
      select t.key, t.n, t.amount, t.amount * t.amount as squares, ${named('t')} from contribution as t union all ${OLD}) as m
     where ${withBuckets ? 'true' : 'm.bucket is null'} group by m.key, ${named('m')})
  select ${READ('m')}, m.n::float8 as count, m.amount::text as amount, m.squares::text as squares from moves as m where m.n <> 0 or m.amount <> 0`, values.list);
}

/** How many people have a part in a campaign, counted to `limit` + 1. */
export async function countPeople(db: Db, campaignId: string, limit: number): Promise<number> {
  return (await row<{ count: number }>(db, 'select count(*)::int as count from (select from result_person as p where p.campaign_id = $1::uuid limit $2) as p', [campaignId, limit + 1]))!.count;
}
