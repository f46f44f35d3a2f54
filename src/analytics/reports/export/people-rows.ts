import { windowMillis } from '../../../kernel/local-time.js';
import { SqlValues } from '../../../segments/domain/sql-values.js';
import type { Goal } from '../../../contract/campaign-goals.js';
import type { VersionFacts } from '../../reads/campaign.read.js';
import { metBy } from '../../reads/goal-of.js';
import { outcomeSql } from '../../reads/goals.read.js';
import type { AskedCampaign, Column } from '../report.js';
import type { RowQuestion } from './raw-rows.js';

const OWN: Column[] = [
  ...['person_id', 'external_id', 'experiment_id', 'step', 'variant'].map((name): Column => ({ name, type: 'text' })), { name: 'is_control', type: 'boolean' }, { name: 'source', type: 'text' }, { name: 'account_draw', type: 'text' },
  { name: 'assigned_at', type: 'instant' }, { name: 'eligible', type: 'boolean' }, { name: 'messages', type: 'integer' }, { name: 'delivered', type: 'boolean' }, { name: 'opened', type: 'boolean' }, { name: 'clicked', type: 'boolean' },
  { name: 'runs', type: 'integer' }, { name: 'entered_at', type: 'instant' }, { name: 'run_state', type: 'text' }, { name: 'exit_code', type: 'text' },
];

/** The newest version of each experiment: its goals are the ones that count for whoever was assigned in it. */
function experimentsOf(versions: readonly VersionFacts[]): Map<string, VersionFacts> {
  return new Map(versions.flatMap((version) => Object.values(version.definition.experiments).map(({ experimentId }): [string, VersionFacts] => [experimentId, version])));
}

const named = (goal: Goal) => ({ met: `${goal.key}_met`, at: `${goal.key}_met_at`, value: `${goal.key}_value`, matured: `${goal.key}_matured` });

/** Goals of all versions, each key once: the newest one's. */
function allGoals(versions: readonly VersionFacts[]): Goal[] {
  return [...new Map(versions.flatMap(({ definition }) => definition.goals.map((goal): [string, Goal] => [goal.key, goal]))).values()];
}

/** One row a person and test: arm, (of tests by account) what was drawn for their account, which people of one have in common, what they got and did, their newest run, and each goal: met, when first, the exact sum of its amounts, and whether its window is over. */
export const peopleColumns = (versions: readonly VersionFacts[]): Column[] => [
  ...OWN,
  ...allGoals(versions).flatMap((goal): Column[] => {
    const { met, at, value, matured } = named(goal);
    return [{ name: met, type: 'boolean' }, { name: at, type: 'instant' }, { name: value, type: 'decimal' }, { name: matured, type: 'boolean' }];
  }),
];

export function peopleRows({ campaign, versions, now, timeZone }: AskedCampaign): RowQuestion[] {
  return [...experimentsOf(versions)].map(([experimentId, version]) => {
    const values = new SqlValues();
    const [experiment, campaignId] = [values.bind(experimentId, 'uuid'), values.bind(campaign.id, 'uuid')];
    const goals = version.definition.goals.map((goal, index) => {
      const by = metBy(version, goal);
      return { ...named(goal), alias: `goal_${index}`, ...(by ? outcomeSql({ by, windowMillis: windowMillis(goal.window), now, timeZone }, values) : null) };
    }).filter((goal) => goal.outcomes !== undefined);
    const quoted = (name: string) => `"${name}"`;
    return {
      sql: `
      with cohort as materialized (select a.person_id, a.variant, a.is_control, a.source, a.unit::text as account_draw, a.assigned_at from assignment as a where a.experiment_id = ${experiment}),
      message as materialized (
        select d.person_id, count(*) filter (where not d.is_control)::int as messages, bool_or(d.state = 'delivered' or (d.state = 'sent' and d.channel <> 'in_app')) as delivered,
               bool_or(r.opened) as opened, bool_or(r.clicked) as clicked
          from delivery as d left join lateral (
            select bool_or(e.kind = 'open' and e.verdict = 'human') as opened, bool_or(e.kind = 'click' and e.verdict = 'human') as clicked from delivery_event as e
             where e.delivery_id = d.id and e.person_id = d.person_id and e.kind in ('open', 'click')) as r on true
         where d.campaign_id = ${campaignId} and d.experiment_id = ${experiment} group by d.person_id)
      ${goals.map(({ alias, outcomes }) => `, ${alias} as materialized (${outcomes!})`).join('')}
      select c.person_id, p.external_id, ${experiment} as experiment_id, x.step_id as step, c.variant, c.is_control, c.source, c.account_draw, c.assigned_at, m.person_id is not null as eligible, coalesce(m.messages, 0) as messages,
             coalesce(m.delivered, false) as delivered, coalesce(m.opened, false) as opened, coalesce(m.clicked, false) as clicked, coalesce(e.runs, 0) as runs, e.entered_at, e.state as run_state, e.exit_code
             ${goals.map(({ alias, met, at, value, matured, length, now: asked }) => `, ${alias}.person_id is not null as ${quoted(met)}, ${alias}.at as ${quoted(at)}, ${alias}.value::text as ${quoted(value)}, c.assigned_at + ${length!} <= ${asked!} as ${quoted(matured)}`).join('')}
        from cohort as c
        join experiment as x on x.id = ${experiment}
        left join person as p on p.id = c.person_id
        left join message as m on m.person_id = c.person_id
        left join lateral (
          select count(*) over ()::int as runs, n.entered_at, n.state, n.exit_code from enrollment as n where n.person_id = c.person_id and n.campaign_id = ${campaignId} order by n.entered_at desc, n.id desc limit 1) as e on true
        ${goals.map(({ alias }) => `left join ${alias} on ${alias}.person_id = c.person_id`).join('\n        ')}
       order by c.person_id`,
      values: values.list,
    };
  });
}
