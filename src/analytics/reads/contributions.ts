import { SqlValues } from '../../segments/domain/sql-values.js';
import type { CountedGoal, CountPlan } from '../domain/count-plan.js';
import { amountSql, filtersOf } from '../domain/goal-outcomes.js';
import { testedSql } from './tested.js';

/** What a contribution is counted at. `timeZone`: of people without one, for filters on calendar days. */
export interface CountMoment { now: Date; timeZone: string }

/** The columns that name a cell, in the order of its key. */
export const CELL_COLUMNS = ['measure', 'version_id', 'step_id', 'experiment_id', 'variant', 'channel', 'language', 'detail', 'further', 'bucket'] as const;
const columns = (of: string) => CELL_COLUMNS.map((column) => `${of}.${column}`).join(', ');

/** The cell that a row `r` belongs to. Bucketed by UTC quarters of an hour: the borders of days of every zone in use. */
export const KEY = `md5(concat_ws('|', ${CELL_COLUMNS.map((column) => (column === 'bucket' ? `coalesce(extract(epoch from r.bucket)::text, '')` : `coalesce(r.${column}::text, '~')`)).join(', ')}))::uuid`;

const quarter = (instant: string) => `date_bin('15 minutes', ${instant}, '2000-01-01T00:00:00Z'::timestamptz)`;

/** One kind of rows: what it names of a cell; everything else is null. */
function rowsOf(cell: Partial<Record<(typeof CELL_COLUMNS)[number], string>>, from: string, amount = 'null::numeric'): string {
  const types: Record<string, string> = { version_id: 'uuid', experiment_id: 'uuid', bucket: 'timestamptz' };
  const named = CELL_COLUMNS.map((column) => `${cell[column] ?? 'null'}::${types[column] ?? 'text'} as ${column}`);
  return `select x.person_id, ${named.join(', ')}, ${amount} as amount from ${from}`;
}

const VERDICT = (rank: string) => `case ${rank} when 0 then 'human' when 1 then 'unknown' else 'machine' end`;
const AT = { version_id: 'x.version_id', step_id: 'x.step_id' };
const ARM = { ...AT, experiment_id: 'x.experiment_id', variant: 'x.variant', channel: 'x.channel', language: 'x.language' };
const IS_SENT = `x.state in ('sent', 'delivered', 'bounced')`;

/** Everything that steps, gates and messages add. */
const LEDGER = [
  rowsOf({ measure: `'run'`, version_id: 'x.version_id', detail: 'x.state' }, 'run as x'),
  rowsOf({ measure: `'entered'`, version_id: 'x.version_id', bucket: quarter('x.entered_at') }, 'run as x'),
  rowsOf({ measure: `'visit'`, ...AT, language: 'x.language' }, 'visit as x'),
  rowsOf({ measure: `'waiting'`, ...AT, language: 'x.language' }, 'visit as x where x.left_at is null'),
  rowsOf({ measure: `'refused_entry'`, version_id: 'x.version_id', detail: 'x.code' }, `refusal as x where x.stage = 'entry'`),
  rowsOf({ measure: `'refused_step'`, ...AT, language: `''`, detail: 'x.code' }, `(
    select distinct r.person_id, r.version_id, r.step_id, r.code, r.enrollment_id from refusal as r
     where r.stage in ('step', 'exit') and r.next_check_at is null
       and (r.enrollment_id, r.step_id) not in (select s.enrollment_id, s.step_id from sent as s)
       and ((r.enrollment_id, r.step_id) in (select v.enrollment_id, v.step_id from visit as v)) is true) as x`),
  rowsOf({ measure: `'delivery'`, ...ARM, detail: 'x.state', further: 'x.reason' }, 'sent as x'),
  rowsOf({ measure: `'sent'`, ...ARM, bucket: quarter('coalesce(x.sent_at, x.settled_at)') }, `sent as x where ${IS_SENT} and coalesce(x.sent_at, x.settled_at) is not null`),
  rowsOf({ measure: `'reached'`, ...ARM }, `(
    select distinct on (s.person_id, s.version_id, s.step_id, s.variant) s.* from sent as s
     where not s.is_control and (s.state = 'delivered' or (s.channel = 'email' and s.state = 'sent'))
     order by s.person_id, s.version_id, s.step_id, s.variant, s.queued_at, s.id) as x`),
  rowsOf({ measure: `'bounce'`, ...ARM, detail: `'hard'` }, `reaction as x where x.kind = 'bounce' and x.state = 'bounced' and x.hard`),
  rowsOf({ measure: `'reaction'`, ...ARM, detail: 'x.kind', further: VERDICT('x.rank') }, 'reaction as x where not x.is_control'),
  rowsOf({ measure: `'reaction'`, ...ARM, detail: 'x.kind', further: VERDICT('x.rank'), bucket: quarter('x.first_at') }, 'reaction as x where not x.is_control'),
  rowsOf({ measure: `'assigned'`, ...ARM }, 'cohort as x'),
  rowsOf({ measure: `'chosen'`, ...ARM }, 'placed as x where x.chosen'),
  rowsOf({ measure: `'tested'`, experiment_id: 'x.experiment_id', variant: 'x.variant', detail: `'assigned'` }, 'tested as x'),
  rowsOf({ measure: `'tested'`, experiment_id: 'x.experiment_id', variant: 'x.variant', detail: `'eligible'` }, 'tested as x where x.eligible'),
];

/** Everything that goals add: at each place of each version, and per experiment for lists of the people of its verdict. */
const GOALS = [
  rowsOf({ measure: `'goal'`, ...ARM, detail: 'x.goal', further: `'converted'` }, 'scored as x where x.converted', 'x.amount'),
  rowsOf({ measure: `'goal'`, ...ARM, detail: 'x.goal', further: `'matured'` }, 'scored as x where x.matured'),
  rowsOf({ measure: `'goal'`, ...ARM, detail: 'x.goal', further: `'matured_converted'` }, 'scored as x where x.matured and x.converted', 'x.amount'),
  rowsOf({ measure: `'goal'`, ...ARM, detail: 'x.goal', further: `'converted'`, bucket: quarter('x.first_at') }, 'scored as x where x.converted', 'x.amount'),
  rowsOf({ measure: `'tested'`, experiment_id: 'x.experiment_id', variant: 'x.variant', detail: 'x.goal', further: `'matured'` }, 'judged as x where x.matured'),
  rowsOf({ measure: `'tested'`, experiment_id: 'x.experiment_id', variant: 'x.variant', detail: 'x.goal', further: `'converted'` }, 'judged as x where x.matured and x.converted', 'x.amount'),
];

/**
 * The common table expressions that answer, for some people of one campaign, what each of them adds to its numbers:
 * `contribution (person_id, key, the columns of a cell, n, amount)`, one row a cell, and `moment (person_id, entered_at, next_at)`:
 * when the person first came in, and the next moment at which the passing of time alone changes what they add. `verdict_row` and `verdict_goal` are
 * what they add to verdicts (`tested.ts`). A pure
 * function of the ledger and `now`: whoever is counted again adds what they would have added had they been counted first today.
 *
 * @param people SQL of an array of their ids
 */
export function contributions(plan: CountPlan, people: string, at: CountMoment, values: SqlValues): string {
  const campaign = values.bind(plan.campaignId, 'uuid');
  const now = values.bind(at.now, 'timestamptz');
  const places = values.bind(JSON.stringify(plan.places), 'jsonb');
  const outcomes = plan.goals.map((goal) => outcomeSql(goal, plan, { now, zone: at.timeZone }, values));
  return `
  pair as materialized (select distinct u.id as person_id from unnest(${people}) as u (id)),
  place as materialized (
    select * from jsonb_to_recordset(${places}) as l ("versionId" uuid, "stepId" text, "experimentId" uuid, external boolean, gated boolean)),
  run as materialized (
    select e.id, e.person_id, e.version_id, e.state, e.entered_at from pair as q join enrollment as e on e.person_id = q.person_id and e.campaign_id = ${campaign}),
  sent as materialized (
    select d.id, d.person_id, d.version_id, d.step_id, d.enrollment_id, d.experiment_id, d.channel, coalesce(d.language, '') as language, d.variant, d.is_control,
           case d.state when 'sending' then 'queued' else d.state end as state, d.reason, d.queued_at, d.sent_at, d.settled_at
      from pair as q join delivery as d on d.person_id = q.person_id and d.campaign_id = ${campaign}),
  visit as materialized (
    -- Grouped, not joined: the planner takes a join of few for one of none, and would compare everybody with everybody.
    select m.enrollment_id, m.person_id, m.version_id, m.step_id, max(m.left_at) as left_at, coalesce((array_agg(m.language order by m.queued_at, m.id) filter (where not m.came))[1], '') as language
      from (select v.enrollment_id, v.person_id, v.version_id, v.step_id, v.left_at, true as came, null::text as language, null::timestamptz as queued_at, null::uuid as id
              from run as r join step_visit as v on v.enrollment_id = r.id and v.person_id = r.person_id and v.campaign_id = ${campaign}
            union all
            select s.enrollment_id, s.person_id, s.version_id, s.step_id, null, false, s.language, s.queued_at, s.id from sent as s) as m
     group by m.enrollment_id, m.person_id, m.version_id, m.step_id having bool_or(m.came)),
  refusal as materialized (
    select c.person_id, c.version_id, c.step_id, c.enrollment_id, c.stage, c.code, c.next_check_at
      from pair as q join decision as c on c.person_id = q.person_id and c.campaign_id = ${campaign} and c.at >= ${values.bind(plan.since, 'timestamptz')} and c.stage in ('entry', 'step', 'exit')),
  reaction as materialized (
    select s.id, s.person_id, s.version_id, s.step_id, s.experiment_id, s.variant, s.channel, s.language, s.is_control, s.state,
           s.queued_at, e.kind, min(e.at) filter (where e.verdict <> 'machine') as human_at, min(e.at) filter (where e.verdict = 'machine') as machine_at, min(case e.verdict when 'human' then 0 when 'unknown' then 1 else 2 end) as rank, min(e.at) as first_at, bool_or(coalesce(e.data ->> 'kind', 'hard') = 'hard') as hard
      from sent as s join delivery_event as e on e.delivery_id = s.id and e.person_id = s.person_id
     group by s.id, s.person_id, s.version_id, s.step_id, s.experiment_id, s.variant, s.channel, s.language, s.is_control, s.state, s.queued_at, e.kind),
  given as materialized (
    select a.experiment_id, a.person_id, a.variant, a.is_control, a.assigned_at, a.source in ('choice', 'override') as chosen, a.source in ('hash', 'external') as drawn from pair as q join assignment as a on a.person_id = q.person_id and a.campaign_id = ${campaign}),
  first_sent as materialized (
    select distinct on (s.person_id, s.version_id, s.step_id) s.person_id, s.version_id, s.step_id, s.channel, s.language from sent as s order by s.person_id, s.version_id, s.step_id, s.queued_at, s.id),
  placed as materialized (
    select g.person_id, g.experiment_id, g.variant, g.assigned_at, g.chosen, l."versionId" as version_id, l."stepId" as step_id, coalesce(f.channel, '') as channel, coalesce(f.language, '') as language
      from given as g join place as l on l."experimentId" = g.experiment_id
      left join first_sent as f on f.person_id = g.person_id and f.version_id = l."versionId" and f.step_id = l."stepId"
     where l.external or (g.person_id, l."versionId", l."stepId") in (select v.person_id, v.version_id, v.step_id from visit as v)),
  -- Who got an arm because it was chosen, or to try it out, was not drawn, and is compared with nobody.
  cohort as materialized (select p.* from placed as p where not p.chosen),
  tested as materialized (
    select g.*, not l.gated or (g.person_id, g.experiment_id) in (select s.person_id, s.experiment_id from sent as s where s.experiment_id is not null) as eligible
      from given as g join (select p."experimentId" as experiment_id, bool_or(p.gated) as gated from place as p group by p."experimentId") as l on l.experiment_id = g.experiment_id where not g.chosen),
  outcome as materialized (${outcomes.length === 0 ? NO_OUTCOME : outcomes.join('\n    union all ')}),
  ${scoredSql(plan, now, values)},
  ${testedSql(plan, values)},
  counted as (${[...LEDGER, ...GOALS].join('\n    union all ')}),
  contribution as materialized (
    select r.person_id, ${KEY} as key, ${columns('r')}, count(*)::int as n, sum(r.amount) as amount from counted as r group by r.person_id, ${columns('r')}),
  moment as materialized (
    select t.person_id, min(t.entered_at) as entered_at, min(t.next_at) as next_at from (
      select r.person_id, r.entered_at, null::timestamptz as next_at from run as r
      union all select g.person_id, g.assigned_at, null from given as g
      union all select j.person_id, null, j.ends_at from judged as j where not j.matured
      union all select c.person_id, null, c.ends_at from scored as c where not c.matured
      union all select o.person_id, null, o.next_at from outcome as o) as t group by t.person_id)`;
}

const NO_OUTCOME = 'select null::text as goal, null::uuid as person_id, null::uuid as experiment_id, false as converted, null::numeric as amount, null::numeric as whole, null::timestamptz as first_at, null::timestamptz as next_at where false';

/** People and the goals they are counted by: at each place of their cohort, and once an experiment. */
function scoredSql(plan: CountPlan, now: string, values: SqlValues): string {
  const windows = values.bind(JSON.stringify(plan.goals.map(({ id, windowMillis }) => ({ goal: id, length: windowMillis }))), 'jsonb');
  const asked = values.bind(JSON.stringify([...plan.goalsOf].flatMap(([version, { published, current }]) => [...new Set([...published, ...current])].map((goal) => ({ version, goal })))), 'jsonb');
  const scores = `w.goal, c.assigned_at + w.length * interval '1 millisecond' as ends_at, c.assigned_at + w.length * interval '1 millisecond' <= ${now} as matured,
           coalesce(o.converted, false) as converted, o.amount, o.first_at`;
  return `goal_window as materialized (select * from jsonb_to_recordset(${windows}) as w (goal text, length float8)),
  goal_asked as materialized (select * from jsonb_to_recordset(${asked}) as k (version uuid, goal text)),
  scored as materialized (
    select c.*, ${scores}
      from cohort as c join goal_asked as k on k.version = c.version_id join goal_window as w on w.goal = k.goal
      left join outcome as o on o.goal = w.goal and o.person_id = c.person_id and o.experiment_id = c.experiment_id),
  judged as materialized (
    select c.*, ${scores}
      from tested as c
      join (select distinct p."experimentId" as experiment_id, k.goal from place as p join goal_asked as k on k.version = p."versionId") as k on k.experiment_id = c.experiment_id
      join goal_window as w on w.goal = k.goal
      left join outcome as o on o.goal = w.goal and o.person_id = c.person_id and o.experiment_id = c.experiment_id
     where c.eligible)`;
}

/** What came of one goal in [assigned, assigned + window), per person and experiment; `whole` with what is dated after now, `next_at` the next such. */
function outcomeSql(goal: CountedGoal, plan: CountPlan, at: { now: string; zone: string }, values: SqlValues): string {
  const versions = [...plan.goalsOf].filter(([, { published, current }]) => published.includes(goal.id) || current.includes(goal.id)).map(([id]) => id);
  const tests = plan.tests.filter(({ goals }) => goals.some(({ id }) => id === goal.id));
  const experiments = [...new Set([...plan.places.filter(({ versionId }) => versions.includes(versionId)), ...tests].map(({ experimentId }) => experimentId))];
  const length = `${values.bind(goal.windowMillis, 'float8')} * interval '1 millisecond'`;
  const inWindow = (column: string) => `${column} >= g.assigned_at and ${column} < g.assigned_at + ${length}`;
  const from = `given as g`;
  const of = `g.experiment_id = any(${values.bind(experiments, 'uuid[]')})`;
  const head = `select ${values.bind(goal.id, 'text')} as goal, g.person_id, g.experiment_id`;
  const marks = (column: string) => `min(${column}) filter (where ${column} <= ${at.now}) as first_at, min(${column}) filter (where ${column} > ${at.now}) as next_at`;
  if ('segmentId' in goal.by) {
    return `${head}, bool_or(m.at <= ${at.now}) as converted, null::numeric as amount, null::numeric as whole, ${marks('m.at')}
      from ${from} join membership_change as m on m.person_id = g.person_id and m.segment_id = ${values.bind(goal.by.segmentId, 'uuid')} and m.entered and ${inWindow('m.at')}
     where ${of} group by g.person_id, g.experiment_id`;
  }
  const { event, where, valueProperty } = goal.by;
  const filters = filtersOf(where, values, at);
  const whole = valueProperty === null ? 'null::numeric' : amountSql(values.bind(valueProperty, 'text'));
  const amount = valueProperty === null ? whole : `${whole} filter (where e.occurred_at <= ${at.now})`;
  return `${head}, bool_or(e.occurred_at <= ${at.now}) as converted, ${amount} as amount, ${whole} as whole, ${marks('e.occurred_at')}
      from ${from} join event as e on e.person_id = g.person_id and e.name = ${values.bind(event, 'text')} and ${inWindow('e.occurred_at')}${filters.length > 0 ? ' join person as p on p.id = g.person_id' : ''}
     where ${[of, ...filters].join(' and ')} group by g.person_id, g.experiment_id`;
}
