import { windowMillis } from '../../../src/kernel/local-time.js';
import { rows, type Db } from '../../../src/platform/database/db.js';
import type { Exported, RecountGoal, RecountPlace } from './recount.js';

/** Rows of one of `slices` shares of the people of a campaign, so that a million fit into memory. */
export async function exportRows(db: Db, campaignId: string, slice: number, slices: number): Promise<Exported> {
  const mine = (alias: string) => `abs(hashtext(${alias}.person_id::text)) % $2 = $3`;
  const of = <T>(sql: string) => rows<T>(db, sql, [campaignId, slices, slice]);
  return {
    runs: await of(`select e.id, e.person_id as person, e.state from enrollment as e where e.campaign_id = $1 and ${mine('e')}`),
    visits: await of(`select v.enrollment_id as run, v.person_id as person, v.version_id as version, v.step_id as step, v.left_at is not null as left from step_visit as v where v.campaign_id = $1 and ${mine('v')}`),
    decisions: await of(`select d.person_id as person, d.version_id as version, d.step_id as step, d.enrollment_id as run, d.stage, d.code, d.next_check_at is not null as again from decision as d where d.campaign_id = $1 and ${mine('d')}`),
    deliveries: await of(`select d.id, d.person_id as person, d.version_id as version, d.step_id as step, d.enrollment_id as run, d.channel, d.language, d.variant, d.is_control as "isControl", d.state, d.reason from delivery as d where d.campaign_id = $1 and ${mine('d')}`),
    reactions: await of(`select e.delivery_id as delivery, e.person_id as person, e.kind, e.verdict, e.data ->> 'kind' as bounce from delivery_event as e where ${mine('e')} and e.delivery_id in (select d.id from delivery as d where d.campaign_id = $1)`),
    assignments: await of(`select a.experiment_id as experiment, a.person_id as person, a.variant, (extract(epoch from a.assigned_at) * 1000)::float8 as at from assignment as a where a.campaign_id = $1 and ${mine('a')}`),
    events: await of(`select e.person_id as person, e.name, (extract(epoch from e.occurred_at) * 1000)::float8 as at, round((e.properties ->> 'total')::numeric * 100)::float8 as cents from event as e where e.name = 'Order' and ${mine('e')} and $1::uuid is not null`),
    flips: await of(`select m.segment_id as segment, m.person_id as person, (extract(epoch from m.at) * 1000)::float8 as at from membership_change as m join segment as s on s.id = m.segment_id and s.owner_id = $1 where m.entered and ${mine('m')}`),
  };
}

interface Version { id: string; number: number; definition: { goals: { key: string; window: object; event?: { name: string; where: { value: number }[] }; value?: object }[]; steps: Record<string, { type: string; channel?: string }>; experiments: Record<string, { experimentId: string; arms: { key: string }[] }>; conditions: Record<string, string> } }

/** Where and by which goals a campaign is counted, read from its published versions. */
export async function placesOf(db: Db, campaignId: string, goalsOf: 'as_published' | 'current'): Promise<RecountPlace[]> {
  const versions = await rows<Version>(db, 'select v.id, v.number, v.definition from campaign_version as v where v.campaign_id = $1 order by v.number', [campaignId]);
  return versions.flatMap(({ id, number, definition }) => {
    const { definition: source } = goalsOf === 'current' ? versions.at(-1)! : { definition };
    const goals = source.goals.map((goal): RecountGoal => ({
      key: goal.key, windowMs: windowMillis(goal.window), hasValue: goal.value !== undefined, segment: source.conditions[`goal:${goal.key}`],
      ...(goal.event ? { event: { name: goal.event.name, above: goal.event.where[0]?.value } } : {}),
    }));
    const external = Object.keys(definition.steps).length === 0;
    return Object.entries(definition.experiments).filter(([step]) => external || definition.steps[step]?.type === 'message')
      .map(([step, { experimentId, arms }]) => ({ version: number, versionId: id, step, channel: definition.steps[step]?.channel ?? null, experiment: experimentId, external, arms: arms.map(({ key }) => key), goals }));
  });
}
