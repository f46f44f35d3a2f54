import { rows, type Db } from '../../../platform/database/db.js';
import { SqlValues } from '../../../segments/domain/sql-values.js';
import { countedAs } from '../../domain/count-plan.js';
import type { AccountCell } from '../../domain/account-counts.js';
import { personOutcomes, type CountQuestion } from './counts.read.js';
import type { Lacking } from './kept-counts.read.js';

/**
 * The account of an assignment `a`. In tests that began before it was kept all accounts of one bucket are taken for one: they got the same
 * arm, so that groups of them are as independent as they are, only fewer.
 */
export const UNIT = 'coalesce(a.unit, a.bucket::bigint)';

type Row = Omit<AccountCell, 'crossAmount' | 'amountSq'> & { crossAmount: string; amountSq: string };
const cellOf = (row: Row): AccountCell => ({ ...row, crossAmount: Number(row.crossAmount), amountSq: Number(row.amountSq) });

/**
 * People of a common table `person (variant, week, unit, eligible, matured, reached, value)` as sums over their accounts: by arm, and by arm and week of entry.
 * By week first, since that is most of the work and everything else is added up from it. @param label of a week, as a day
 */
const cells = (label: (week: string) => string): string => `
  part as materialized (
    select p.variant, p.unit, p.week, bool_or(p.eligible) as eligible, count(p.matured)::int as n, count(p.reached)::int as y, sum(p.value) as v
      from (select p.variant, p.unit, p.week, p.eligible, case when p.matured then 1 end as matured, case when p.matured and p.reached then 1 end as reached, case when p.matured then nullif(p.value, 0) end as value from person as p) as p
     group by p.variant, p.unit, p.week),
  account as (
    select p.variant, null as week, bool_or(p.eligible) as eligible, sum(p.n) as n, sum(p.y) as y, coalesce(sum(p.v), 0) as v from part as p group by p.variant, p.unit
    union all select p.variant, ${label('p.week')}, p.eligible, p.n, p.y, coalesce(p.v, 0) from part as p)
  select a.variant, a.week, count(*)::int as assigned, count(*) filter (where a.eligible)::int as eligible, count(*) filter (where a.n > 0)::int as matured,
         sum((a.n * a.n)::float8) as "peopleSq", count(*) filter (where a.y > 0)::int as met, sum((a.n * a.y)::float8) as cross, sum((a.y * a.y)::float8) as "outcomeSq",
         count(*) filter (where a.v <> 0)::int as "metAmount", coalesce(sum(a.n * a.v) filter (where a.v <> 0), 0)::text as "crossAmount", coalesce(sum(a.v * a.v) filter (where a.v <> 0), 0)::text as "amountSq"
    from account as a group by a.variant, a.week order by a.week nulls first, a.variant`;

/** Its Monday, in the zone of the workspace. */
const weekOf = (instant: string, zone: string): string => `date_trunc('week', ${instant} at time zone ${zone})`;

/** The sums over accounts that belong to `experimentCounts`, from the ledger and the raw events. */
export async function accountCounts(tx: Db, question: CountQuestion): Promise<AccountCell[]> {
  const values = new SqlValues();
  const { sql, at } = personOutcomes(question, values);
  return (await rows<Row>(tx, `
    with ${sql},
    person as (
      select p.variant, ${weekOf('p.assigned_at', values.bind(question.zone, 'text'))} as week, ${UNIT} as unit, p.eligible, p.eligible and p.matures_at <= ${at} as matured, p.reached, p.value
        from person_outcome as p join assignment as a on a.experiment_id = ${values.bind(question.cohort.experimentId, 'uuid')} and a.person_id = p.person_id),
    ${cells((week) => `${week}::date::text`)}`, values.list)).map(cellOf);
}

/** People of a test as they are kept, and whoever waits to be worked off as they are now. @param more columns of both */
export function keptPeople(experimentId: string, lacking: Lacking, values: SqlValues, more: string): string {
  const id = values.bind(experimentId, 'uuid');
  return `
      select t.person_id, t.variant, t.assigned_at, t.eligible${more.replaceAll('x.', 't.')} from result_tested as t where t.experiment_id = ${id} and t.person_id <> all(${values.bind(lacking.people, 'uuid[]')})
      union all
      select f.person_id, f.variant, f.assigned_at, f.eligible${more.replaceAll('x.', 'f.')}
        from jsonb_to_recordset(${values.bind(lacking.fresh.people, 'jsonb')}) as f (person_id uuid, experiment_id uuid, variant text, is_control boolean, assigned_at timestamptz, eligible boolean, reactions smallint) where f.experiment_id = ${id}`;
}

/**
 * Runs a statement that reads all rows of an experiment page by page, and joins by hashing. By the index, in whose order ids are random, each row is a look-up of its own, and to sort people for
 * a merge takes longer than to hash them: the planner takes both for cheaper than they are (measured at 200,000 people).
 * Afterwards the settings are what they were before, whatever the operator chose.
 */
export async function readInFull<T>(tx: Db, work: () => Promise<T>): Promise<T> {
  const [before] = await rows<{ scan: string; merge: string }>(tx, `select current_setting('enable_indexscan') as scan, current_setting('enable_mergejoin') as merge`);
  const plan = (scan: string, merge: string) => rows(tx, `select set_config('enable_indexscan', $1, true), set_config('enable_mergejoin', $2, true)`, [scan, merge]);
  await plan('off', 'off');
  const found = await work();
  await plan(before!.scan, before!.merge);
  return found;
}

/** The same by what is kept of each person: read in full, because accounts cannot be added up by hours as people can. */
export async function keptAccountCounts(tx: Db, { cohort, goal, now, zone }: CountQuestion, lacking: Lacking): Promise<AccountCell[]> {
  const values = new SqlValues();
  const id = values.bind(cohort.experimentId, 'uuid');
  const counted = values.bind(countedAs(goal)?.id ?? '', 'text');
  const cut = `(${values.bind(now, 'timestamptz')} - ${values.bind(goal.windowMillis, 'float8')} * interval '1 millisecond')`;
  const fresh = values.bind(lacking.fresh.people, 'jsonb');
  const local = values.bind(zone, 'text');
  const edge = (pick: 'min' | 'max') => `(select ${pick}(x.at) from (select ${pick}(c.at) as at from result_tested_cell as c where c.experiment_id = ${id} and c.span = 3600 union all select ${pick}(f.assigned_at) from jsonb_to_recordset(${fresh}) as f (assigned_at timestamptz)) as x)`;
  // Mondays around all of them: to find a week among them is much less than to work one out for each person.
  const mondays = `array(select w from generate_series(${weekOf(edge('min'), local)} - interval '7 days', ${weekOf(edge('max'), local)} + interval '14 days', interval '7 days') as w)`;
  return (await readInFull(tx, () => rows<Row>(tx, `
    with monday as materialized (select m.days, array(select d at time zone ${local} from unnest(m.days) with ordinality as o (d, place) order by o.place) as starts from (select ${mondays} as days) as m),
    one as (${keptPeople(cohort.experimentId, lacking, values, '')}),
    met as (
      select t.person_id, t.amount from result_tested_goal as t where t.experiment_id = ${id} and t.goal = ${counted} and t.person_id <> all(${values.bind(lacking.people, 'uuid[]')})
      union all
      select f.person_id, f.amount from jsonb_to_recordset(${values.bind(lacking.fresh.goals, 'jsonb')}) as f (person_id uuid, experiment_id uuid, goal text, amount numeric) where f.experiment_id = ${id} and f.goal = ${counted}),
    person as (
      select o.variant, width_bucket(o.assigned_at, (select w.starts from monday as w)) as week, ${UNIT} as unit, o.eligible, o.eligible and o.assigned_at <= ${cut} as matured, m.person_id is not null as reached, m.amount as value
        from one as o join assignment as a on a.experiment_id = ${id} and a.person_id = o.person_id left join met as m on m.person_id = o.person_id),
    ${cells((week) => `(select w.days from monday as w)[${week}]::date::text`)}`, values.list))).map(cellOf);
}
