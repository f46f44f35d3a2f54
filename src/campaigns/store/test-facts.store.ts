import { amountSql, eventOutcomes } from '../../analytics/domain/goal-outcomes.js';
import { NO_ACCOUNTS } from '../../analytics/domain/account-counts.js';
import type { AccountSums } from '../../analytics/domain/statistics/outcome.js';
import type { PlannedGoal } from '../../analytics/domain/verdict-plan.js';
import type { Measure } from '../../contract/experiment.js';
import { row, type Db } from '../../platform/database/db.js';
import type { Frame } from '../../segments/domain/leaves/leaf.js';
import { propertyCondition } from '../../segments/domain/operands.js';
import { SqlValues } from '../../segments/domain/sql-values.js';

/** What is looked back at, at most: it informs a plan and carries no guarantee. */
const EXPERIMENTS = 20;
const PEOPLE_OF_EACH = 5_000;
const DAY_MS = 86_400_000;
const AMOUNT_DAYS = 90;
/** Fewer buyers have no 99th percentile. */
const BUYERS = 100;

export interface Moment { now: Date; zone: string }

/** What became of people in earlier tests; amounts are capped. `accounts`: the sums over the accounts they belong to now, where these were asked for. */
export interface GoalHistory { people: number; converted: number; sum: number; sumSquares: number; accounts: Record<Measure, AccountSums> | null }

/**
 * How often the goal was reached by people of earlier experiments, messages with one version included, of campaigns that have a goal with
 * the same event, controls left out: those whose window has passed, up to 5,000 of each of the newest 20.
 */
export async function goalHistory(db: Db, goal: PlannedGoal, { cap, account }: { cap: number | null; account: string | null }, { now, zone }: Moment): Promise<GoalHistory | null> {
  if (!goal.event) return null;
  const values = new SqlValues();
  const at = values.bind(now, 'timestamptz');
  const window = `${values.bind(goal.windowMillis, 'float8')} * interval '1 millisecond'`;
  const by = { event: goal.event.name, where: goal.event.where, valueProperty: goal.value?.property ?? null };
  const outcomes = eventOutcomes(by, `e.occurred_at >= c.assigned_at and e.occurred_at < c.assigned_at + ${window}`, values, { now: at, zone });
  const capped = `least(coalesce(o.value, 0), ${values.bind(cap, 'numeric')})`;
  const found = await row<Omit<GoalHistory, 'accounts'> & { accounts: Record<keyof AccountSums, number | null>[] | null }>(db, `
    with past as materialized (
      select x.id from experiment as x
       where x.campaign_id in (select v.campaign_id from campaign_version as v cross join lateral jsonb_array_elements(v.definition -> 'goals') as g (goal)
                                where g.goal -> 'event' ->> 'name' = ${values.bind(goal.event.name, 'text')} and g.goal -> 'event' -> 'where' = ${values.bind(JSON.stringify(goal.event.where), 'jsonb')})
       order by x.created_at desc, x.id desc limit ${EXPERIMENTS}),
    cohort as materialized (
      select distinct on (a.person_id) a.person_id, a.assigned_at
        from past cross join lateral (
          select b.person_id, b.assigned_at from assignment as b
           where b.experiment_id = past.id and not b.is_control and b.assigned_at > ${at} - interval '365 days' and b.assigned_at + ${window} <= ${at} limit ${PEOPLE_OF_EACH}) as a
       order by a.person_id, a.assigned_at desc),
    outcome as materialized (${outcomes})${account === null ? '' : accountsSql(values.bind(account, 'text'), capped)}
    select (select count(*)::int from cohort) as people, ${account === null ? 'null' : '(select jsonb_build_array(to_jsonb(r), to_jsonb(m)) from by_rate as r cross join by_amount as m)'} as accounts, count(*)::int as converted,
           coalesce(sum(${capped}), 0)::float8 as sum, coalesce(sum(${capped} * ${capped}), 0)::float8 as "sumSquares"
      from outcome as o`, values.list);
  const sums = (place: number): AccountSums => ({ ...NO_ACCOUNTS, ...Object.fromEntries(Object.entries(found!.accounts![place]!).map(([name, sum]) => [name, sum ?? 0])) });
  return found && { ...found, accounts: found.accounts && { rate: sums(0), amount: sums(1) } };
}

/** Common tables `by_rate` and `by_amount`: sums over accounts. Whoever has no value of the attribute is an account of one. */
function accountsSql(attribute: string, capped: string): string {
  const sums = (y: string) => `select count(*) as count, count(*) filter (where a.${y} <> 0) as met, sum(a.n * a.n)::float8 as "peopleSq", sum(a.n * a.${y})::float8 as cross, sum(a.${y} * a.${y})::float8 as "outcomeSq" from account as a`;
  return `,
    account as materialized (
      select coalesce(coalesce(p.attributes -> ${attribute}, p.attributes #> string_to_array(${attribute}, '.'))::text, c.person_id::text) as id, count(*) as n, count(o.person_id) as y, coalesce(sum(${capped}), 0) as v
        from cohort as c left join person as p on p.id = c.person_id left join outcome as o on o.person_id = c.person_id group by 1),
    by_rate as (${sums('y')}), by_amount as (${sums('v')})`;
}

/** The 99th percentile of what buyers spent within one goal window, over the last 90 days; null with fewer than 100 buyers. */
export async function amountCap(db: Db, goal: PlannedGoal, { now, zone }: Moment): Promise<number | null> {
  if (!goal.event || !goal.value) return null;
  const values = new SqlValues();
  const bind = (value: unknown, type: string) => values.bind(value, type);
  const at = bind(now, 'timestamptz');
  const frame: Frame = { now: at, get zone() { return bind(zone, 'text'); } };
  const filters = goal.event.where.map((filter) => ` and ${propertyCondition('e.properties', filter, { frame, bind })}`).join('');
  const from = bind(new Date(now.getTime() - Math.max(AMOUNT_DAYS * DAY_MS, goal.windowMillis)), 'timestamptz');
  const found = await row<{ buyers: number; cap: number | null }>(db, `
    select count(*)::int as buyers, percentile_cont(0.99) within group (order by t.total)::float8 as cap
      from (select ${amountSql(bind(goal.value.property, 'text'))} as total
              from event as e join person as p on p.id = e.person_id
             where e.name = ${bind(goal.event.name, 'text')} and e.occurred_at > ${from} and e.occurred_at <= ${at}${filters}
             group by e.person_id, floor(extract(epoch from ${at} - e.occurred_at) * 1000 / ${bind(goal.windowMillis, 'float8')})) as t
     where t.total > 0`, values.list);
  return found!.buyers >= BUYERS ? found!.cap : null;
}

/** People who came, and over how many days. */
export interface Flow { people: number; days: number }

/** Who was assigned at a step of a campaign in the last 28 days; null unless it has been there for a week. */
export async function assignedLately(db: Db, campaignId: string, stepId: string, now: Date): Promise<Flow | null> {
  const found = await row<{ people: number; days: number | null }>(db, `
    select (select count(*)::int from assignment as a where a.experiment_id = any(array_agg(x.id)) and a.assigned_at > $3::timestamptz - interval '28 days' and a.assigned_at <= $3::timestamptz) as people,
           case when count(*) > 0 then least(28, extract(epoch from $3::timestamptz - min(x.created_at)) / 86400)::float8 end as days
      from experiment as x where x.campaign_id = $1 and x.step_id = $2 and x.origin = 'danbi'`, [campaignId, stepId, now]);
  return found && found.days !== null && found.days >= 7 ? { people: found.people, days: found.days } : null;
}

/** Who entered a segment in the last 28 days (its building does not count), since it is there. */
export function enteredSegment(db: Db, segmentId: string, now: Date): Promise<Flow | null> {
  return row<Flow>(db, `
    select (select count(distinct m.person_id)::int from membership_change as m
             where m.segment_id = s.id and m.entered and m.cause <> 'build' and m.at > $2::timestamptz - interval '28 days' and m.at <= $2::timestamptz) as people,
           least(28, greatest(1, extract(epoch from $2::timestamptz - s.created_at) / 86400))::float8 as days
      from segment as s where s.id = $1`, [segmentId, now]);
}

/** Days since an event is known, 28 at most. */
export async function daysOfEvent(db: Db, name: string, now: Date): Promise<number> {
  const found = await row<{ days: number }>(db, `
    select least(28, greatest(1, extract(epoch from $2::timestamptz - e.occurred_at) / 86400))::float8 as days
      from event as e where e.name = $1 and e.occurred_at <= $2::timestamptz order by e.occurred_at limit 1`, [name, now]);
  return found?.days ?? 28;
}
