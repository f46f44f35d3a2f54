import { row, type Db } from '../../platform/database/db.js';
import { SqlValues } from '../../segments/domain/sql-values.js';
import type { CountPlan } from '../domain/count-plan.js';
import { contributions, type CountMoment } from '../reads/contributions.js';
import { REACTIONS } from '../reads/tested.js';

const PERSON = ['variant', 'is_control', 'assigned_at', 'eligible', 'reactions'] as const;
const GOAL = ['variant', 'assigned_at', 'amount'] as const;
const all = (alias: string, columns: readonly string[]) => columns.map((column) => `${alias}.${column}`).join(', ');

/** Where a row of people assigned then is summed up: the hour and the minute from it on. */
export const binOf = (span: string, instant: string): string => `date_bin(make_interval(secs => ${span}), ${instant}, '2000-01-01T00:00:00Z'::timestamptz)`;

/** Sums of rows `r`, each counted `r.sign` times. */
export const PEOPLE_SUMS = {
  assigned: 'r.sign', eligible: 'r.sign * r.eligible::int', messaged: `r.sign * ${messaged()}`,
  bounced: reacted('bounced'), unsubscribed: reacted('unsubscribed'), complained: reacted('complained'), opened: reacted('opened'),
  machine: `${reacted('machine')} * (r.reactions & ${REACTIONS.opened} = 0)::int`, clicked: reacted('clicked'),
} as const;
export const GOAL_SUMS = { converted: 'r.sign', non_zero: 'r.sign * (r.amount <> 0)::int', amount: 'r.sign * r.amount', squares: 'r.sign * r.amount * r.amount' } as const;

function messaged(): string {
  return '(r.eligible and not r.is_control)::int';
}
function reacted(name: keyof typeof REACTIONS): string {
  return `r.sign * ${messaged()} * (r.reactions & ${REACTIONS[name]} <> 0)::int`;
}

/** One kind of rows: what changed of them, the rows themselves, and their sums. `fresh` has what they are now, for people `pair`. */
function moveSql(fresh: string, table: string, key: readonly string[], columns: readonly string[], sums: Readonly<Record<string, string>>): string {
  const cells = `${table}_cell`;
  const cellKey = [...key.filter((column) => column !== 'person_id'), 'span', 'at', 'variant'];
  const on = (a: string, b: string) => key.map((column) => `${a}.${column} = ${b}.${column}`).join(' and ');
  return `
  ${table}_move as materialized (
    select ${all('m', key)}, ${all('m', columns)}, sum(m.sign)::int as sign from (
      select ${all('f', key)}, ${all('f', columns)}, 1 as sign from ${fresh} as f
      union all
      select ${all('s', key)}, ${all('s', columns)}, -1 from pair as q cross join test as t join ${table} as s on s.experiment_id = t.id and s.person_id = q.person_id) as m
     group by ${all('m', key)}, ${all('m', columns)} having sum(m.sign) <> 0),
  ${table}_gone as (
    delete from ${table} as s using (select ${all('m', key)} from ${table}_move as m group by ${all('m', key)} having max(m.sign) < 0) as g where ${on('s', 'g')} returning 1),
  ${table}_kept as (
    insert into ${table} as s (${[...key, ...columns].join(', ')}) select ${all('m', key)}, ${all('m', columns)} from ${table}_move as m where m.sign > 0 order by ${all('m', key)}
    on conflict (${key.join(', ')}) do update set ${columns.map((column) => `${column} = excluded.${column}`).join(', ')} returning 1),
  ${table}_summed as (
    insert into ${cells} as c (${[...cellKey, ...Object.keys(sums)].join(', ')})
    select ${cellKey.map((column) => `x.${column}`).join(', ')}, ${Object.keys(sums).map((name) => `sum(x.${name})`).join(', ')}
      from (select ${all('r', cellKey.filter((column) => column !== 'span' && column !== 'at'))}, p.span, ${binOf('p.span', 'r.assigned_at')} as at, ${Object.entries(sums).map(([name, sum]) => `${sum} as ${name}`).join(', ')}
              from ${table}_move as r cross join (values (60), (3600)) as p (span)) as x
     group by ${cellKey.map((column) => `x.${column}`).join(', ')} order by ${cellKey.map((column) => `x.${column}`).join(', ')}
    on conflict (${cellKey.join(', ')}) do update set ${Object.keys(sums).map((name) => `${name} = c.${name} + excluded.${name}`).join(', ')} returning 1)`;
}

/** The part of a recount that keeps what people add to verdicts; `contributions` come before it. */
export const MOVE_TESTED = [
  moveSql('verdict_row', 'result_tested', ['experiment_id', 'person_id'], PERSON, PEOPLE_SUMS),
  moveSql('verdict_goal', 'result_tested_goal', ['experiment_id', 'goal', 'person_id'], GOAL, GOAL_SUMS),
].join(',');

/** What people add to verdicts now, as rows in JSON that only a statement reads again. */
export interface FreshRows { people: string; goals: string }
export const NO_ROWS: FreshRows = { people: '[]', goals: '[]' };

/** What these people add to verdicts now; nothing is written. */
export async function freshRows(db: Db, plan: CountPlan, personIds: readonly string[], at: CountMoment): Promise<FreshRows> {
  if (personIds.length === 0 || plan.tests.length === 0) return NO_ROWS;
  const values = new SqlValues();
  return (await row<FreshRows>(db, `
  with ${contributions(plan, values.bind(personIds, 'uuid[]'), at, values)}
  select (select coalesce(jsonb_agg(d), '[]')::text from verdict_row as d) as people, (select coalesce(jsonb_agg(d), '[]')::text from verdict_goal as d) as goals`, values.list))!;
}
