import { rows, type Db } from '../../../platform/database/db.js';
import { SqlValues } from '../../../segments/domain/sql-values.js';
import { countedAs } from '../../domain/count-plan.js';
import type { EntryCell } from '../../domain/experiment-counts.js';
import { binOf, GOAL_SUMS, PEOPLE_SUMS, type FreshRows } from '../../store/tested.store.js';
import { cellOf, type CountedRow, type CountQuestion } from './counts.read.js';

/** What the sums lack: people who were not worked off, and what they add now. */
export interface Lacking { people: readonly string[]; fresh: FreshRows }

const PEOPLE = 'f (person_id uuid, experiment_id uuid, variant text, is_control boolean, assigned_at timestamptz, eligible boolean, reactions smallint)';
const GOALS = 'f (person_id uuid, experiment_id uuid, goal text, variant text, assigned_at timestamptz, amount numeric)';

/** Bound values of a question about one experiment. */
export function asked(experimentId: string, lacking: Lacking, values: SqlValues) {
  const id = values.bind(experimentId, 'uuid');
  const waiting = values.bind(lacking.people, 'uuid[]');
  const isMine = (alias: string) => `${alias}.experiment_id = ${id}`;
  const signed = (table: string, rowsOf: string, shape: string, more: (alias: string) => string) => `
      select -1 as sign, t.person_id, t.variant, t.assigned_at, ${more('t')} from ${table} as t where ${isMine('t')} and t.person_id = any(${waiting})
      union all select 1, f.person_id, f.variant, f.assigned_at, ${more('f')} from jsonb_to_recordset(${values.bind(rowsOf, 'jsonb')}) as ${shape} where ${isMine('f')}`;
  return {
    id, waiting, isMine,
    /** Rows of people with the sign by which the sums lack them. */
    lackingPeople: signed('result_tested', lacking.fresh.people, PEOPLE, (alias) => `${alias}.is_control, ${alias}.eligible, ${alias}.reactions`),
    lackingGoals: (goal: string) => `select * from (${signed('result_tested_goal', lacking.fresh.goals, GOALS, (alias) => `${alias}.goal, ${alias}.amount`)}) as l where l.goal = ${goal}`,
  };
}

/** The moment up to which people must have been assigned to have had all their time, and the hour and minute it lies in. */
export const edgeSql = (now: string, length: string): string => `
  edge as materialized (select e.cut, ${binOf('3600', 'e.cut')} as hour, ${binOf('60', 'e.cut')} as minute from (select ${now} - ${length} as cut) as e)`;

const sumsOf = (sums: Readonly<Record<string, string>>, names: readonly string[], alias: string): string => names.map((name) => `${sums[name]!.replaceAll('r.', `${alias}.`)} as ${name}`).join(', ');
const NO_GOAL = '0 as converted, 0 as non_zero, 0::numeric as amount, 0::numeric as squares';
const NOBODY = '0 as assigned, 0 as eligible, 0 as matured';
const NO_SPAN = 'null::timestamptz as lo, null::timestamptz as hi, null::timestamptz as fresh_at, false as fresh_eligible';
const HOUR = `interval '1 hour'`;
const MINUTE = `interval '1 minute'`;

/**
 * The same as `experimentCounts`, by what is kept: whole hours of assignments are matured or not; of the hour in which that changes,
 * minutes; of that minute, people. So is an hour in which a week ends, in zones that are no full hours from UTC.
 */
export async function keptCounts(tx: Db, { cohort, goal, now: at, zone: name }: CountQuestion, lacking: Lacking): Promise<EntryCell[]> {
  const values = new SqlValues();
  const { waiting, isMine, lackingPeople, lackingGoals } = asked(cohort.experimentId, lacking, values);
  const zone = values.bind(name, 'text');
  const week = (instant: string) => `date_trunc('week', ${instant} at time zone ${zone})::date::text`;
  const now = values.bind(at, 'timestamptz');
  const length = `(${values.bind(goal.windowMillis, 'float8')} * interval '1 millisecond')`;
  const counted = values.bind(countedAs(goal)?.id ?? '', 'text');
  const ofGoal = (alias: string) => `${isMine(alias)} and ${alias}.goal = ${counted}`;
  const goalCell = `${NOBODY}, c.converted, c.non_zero, c.amount, c.squares, ${NO_SPAN}`;
  const goalRow = (alias: string, sign: string) => `${NOBODY}, ${sumsOf(GOAL_SUMS, ['converted', 'non_zero', 'amount', 'squares'], alias).replaceAll(`${alias}.sign`, sign)}, ${NO_SPAN}`;
  const seek = (pick: 'min' | 'max', more: string) =>
    `(select ${pick}(t.assigned_at) from result_tested as t where ${isMine('t')} and t.variant = g.variant and t.assigned_at >= g.lo and t.assigned_at < g.hi and t.person_id <> all(${waiting}) and ${more})`;
  const found = await rows<CountedRow>(tx, `
  with ${edgeSql(now, length)},
  lacking as materialized (${lackingPeople}),
  hour as materialized (
    select c.at, c.variant, c.assigned, c.eligible, ${week('c.at')} as week, c.at = e.hour or ${week('c.at')} <> ${week(`(c.at + interval '59 minutes')`)} as split
      from result_tested_cell as c cross join edge as e where ${isMine('c')} and c.span = 3600 and c.assigned <> 0),
  split as materialized (select distinct h.at from hour as h where h.split),
  part as (
    select h.variant, h.week, h.assigned, h.eligible, case when h.at < e.hour then h.eligible else 0 end as matured, ${NO_GOAL}, h.at as lo, h.at + ${HOUR} as hi, null::timestamptz as fresh_at, false as fresh_eligible
      from hour as h cross join edge as e where not h.split
    union all
    select c.variant, ${week('c.at')}, c.assigned, c.eligible, case when c.at < e.minute then c.eligible else 0 end, ${NO_GOAL}, c.at, c.at + ${MINUTE}, null, false
      from split as s join result_tested_cell as c on ${isMine('c')} and c.span = 60 and c.at >= s.at and c.at < s.at + ${HOUR} and c.assigned <> 0 cross join edge as e
    union all
    select t.variant, ${week('t.assigned_at')}, 0, 0, 1, ${NO_GOAL}, ${NO_SPAN}
      from result_tested as t cross join edge as e
     where ${isMine('t')} and t.variant = any(array(select distinct h.variant from hour as h)) and t.eligible and t.assigned_at >= e.minute and t.assigned_at <= e.cut
    union all
    select l.variant, ${week('l.assigned_at')}, ${PEOPLE_SUMS.assigned.replaceAll('r.', 'l.')}, ${PEOPLE_SUMS.eligible.replaceAll('r.', 'l.')}, l.sign * (l.eligible and l.assigned_at <= e.cut)::int, ${NO_GOAL},
           null, null, case when l.sign > 0 then l.assigned_at end, l.eligible
      from lacking as l cross join edge as e
    union all
    select c.variant, ${week('c.at')}, ${goalCell} from result_tested_goal_cell as c cross join edge as e
     where ${ofGoal('c')} and c.span = 3600 and c.at < e.hour and c.at not in (select s.at from split as s)
    union all
    select c.variant, ${week('c.at')}, ${goalCell} from split as s join result_tested_goal_cell as c on ${ofGoal('c')} and c.span = 60 and c.at >= s.at and c.at < s.at + ${HOUR} cross join edge as e where c.at < e.minute
    union all
    select t.variant, ${week('t.assigned_at')}, ${goalRow('t', '1')} from result_tested_goal as t cross join edge as e where ${ofGoal('t')} and t.assigned_at >= e.minute and t.assigned_at <= e.cut
    union all
    select l.variant, ${week('l.assigned_at')}, ${goalRow('l', 'l.sign')} from (${lackingGoals(counted)}) as l cross join edge as e where l.assigned_at <= e.cut),
  grouped as materialized (
    select p.variant, p.week, sum(p.assigned)::int as assigned, sum(p.eligible)::int as eligible, sum(p.matured)::int as matured, sum(p.converted)::int as converted, sum(p.non_zero)::int as non_zero,
           sum(p.amount)::text as sum, sum(p.squares)::text as squares, min(p.lo) as lo, max(p.hi) as hi, min(p.fresh_at) as first_fresh, max(p.fresh_at) as last_fresh,
           min(p.fresh_at) filter (where p.fresh_eligible and p.fresh_at <= e.cut) as first_over, max(p.fresh_at) filter (where p.fresh_eligible and p.fresh_at <= e.cut) as last_over,
           min(p.fresh_at) filter (where p.fresh_eligible and p.fresh_at > e.cut) as first_open, max(p.fresh_at) filter (where p.fresh_eligible and p.fresh_at > e.cut) as last_open
      from part as p cross join edge as e group by p.variant, p.week, e.cut having sum(p.assigned) > 0)
  select g.variant, g.week, g.assigned, g.eligible, g.matured, g.converted, g.non_zero as "nonZero", g.sum, g.squares as "sumSquares",
         least(g.first_open, ${seek('min', 't.eligible and t.assigned_at > e.cut')}) + ${length} as "maturesFrom", greatest(g.last_open, ${seek('max', 't.eligible and t.assigned_at > e.cut')}) + ${length} as "maturesUntil",
         least(g.first_fresh, ${seek('min', 't.eligible')}, ${seek('min', 'not t.eligible')}) as "firstAssigned", greatest(g.last_fresh, ${seek('max', 't.eligible')}, ${seek('max', 'not t.eligible')}) as "lastAssigned",
         least(g.first_over, ${seek('min', 't.eligible and t.assigned_at <= e.cut')}) as "firstMatured", greatest(g.last_over, ${seek('max', 't.eligible and t.assigned_at <= e.cut')}) as "lastMatured"
    from grouped as g cross join edge as e order by g.week, g.variant`, values.list);
  return found.map(cellOf);
}
