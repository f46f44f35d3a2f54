import type { SqlValues } from '../../segments/domain/sql-values.js';
import type { CountPlan } from '../domain/count-plan.js';

/** Bits of `result_tested.reactions`. */
export const REACTIONS = { bounced: 1, unsubscribed: 2, complained: 4, opened: 8, machine: 16, clicked: 32 } as const;

const bit = (name: keyof typeof REACTIONS, condition: string) => `coalesce(bool_or(f.mine and ${condition}), false)::int * ${REACTIONS[name]}`;
const early = (column: string) => `f.${column} < f.began + f.length`;

/**
 * The common table expressions `verdict_row` and `verdict_goal`: what the people of `given` add to verdicts, one row each an experiment, and one
 * more for each goal that an eligible person met. They say nothing of the clock: who has matured follows from when they were assigned.
 * Rows that belong together are found by windows and groupings, never joined, for the reason given in `contributions.ts`.
 */
export function testedSql({ tests }: CountPlan, values: SqlValues): string {
  const of = values.bind(JSON.stringify(tests.map(({ experimentId, gated, reactionMillis }) => ({ id: experimentId, gated, length: reactionMillis }))), 'jsonb');
  const goals = values.bind(JSON.stringify(tests.flatMap(({ experimentId, goals: counted }) => counted.map(({ id, cap }) => ({ experiment: experimentId, goal: id, cap })))), 'jsonb');
  const belongs = (alias: string) => `join test as t on ${alias}.experiment_id = t.id or not t.gated`;
  const mine = (alias: string) => `not ${alias}.is_control and (not t.gated or ${alias}.experiment_id = t.id)`;
  return `test as materialized (select t.id, t.gated, t.length * interval '1 millisecond' as length from jsonb_to_recordset(${of}) as t (id uuid, gated boolean, length float8)),
  test_goal as materialized (select * from jsonb_to_recordset(${goals}) as t (experiment uuid, goal text, cap numeric)),
  test_fact as materialized (
    select u.*, max(u.assigned_at) over (partition by u.person_id, u.experiment_id) as began from (
      select g.person_id, t.id as experiment_id, t.gated, t.length, g.variant, g.is_control, g.assigned_at, null::timestamptz as queued_at, false as got, false as mine, false as bounced,
             null::text as kind, null::timestamptz as first_at, null::timestamptz as human_at, null::timestamptz as machine_at
        from given as g join test as t on t.id = g.experiment_id where g.drawn
      union all
      select s.person_id, t.id, t.gated, t.length, null, null, null, s.queued_at, s.experiment_id is not distinct from t.id, ${mine('s')}, s.state = 'bounced', null, null, null, null from sent as s ${belongs('s')}
      union all
      select r.person_id, t.id, t.gated, t.length, null, null, null, r.queued_at, false, ${mine('r')}, false, r.kind, r.first_at, r.human_at, r.machine_at from reaction as r ${belongs('r')}) as u),
  verdict_row as materialized (
    select f.person_id, f.experiment_id, max(f.variant) as variant, bool_or(f.is_control) as is_control, f.began as assigned_at, not f.gated or bool_or(f.got) as eligible,
           (${bit('bounced', 'f.bounced')} + ${bit('unsubscribed', `f.kind = 'unsubscribe' and ${early('first_at')}`)} + ${bit('complained', `f.kind = 'complaint' and ${early('first_at')}`)}
            + ${bit('opened', `f.kind = 'open' and ${early('human_at')}`)} + ${bit('machine', `f.kind = 'open' and ${early('machine_at')}`)} + ${bit('clicked', `f.kind = 'click' and ${early('human_at')}`)})::smallint as reactions
      from (select o.*, o.gated or o.queued_at >= o.began as timely from test_fact as o where o.began is not null) as f
     where f.timely or f.queued_at is null
     group by f.person_id, f.experiment_id, f.gated, f.began),
  verdict_goal as materialized (
    select m.person_id, m.experiment_id, m.goal, m.variant, m.assigned_at, m.amount from (
      select u.person_id, u.experiment_id, u.goal, u.amount, max(u.variant) over w as variant, max(u.assigned_at) over w as assigned_at, bool_or(u.eligible) over w as eligible from (
        select d.person_id, d.experiment_id, null::text as goal, null::numeric as amount, d.variant, d.assigned_at, d.eligible from verdict_row as d
        union all
        select o.person_id, o.experiment_id, o.goal, least(coalesce(o.whole, 0), g.cap), null, null, null from outcome as o join test_goal as g on g.experiment = o.experiment_id and g.goal = o.goal) as u
      window w as (partition by u.person_id, u.experiment_id)) as m
     where m.goal is not null and m.eligible)`;
}
