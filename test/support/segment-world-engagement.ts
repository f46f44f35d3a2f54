import { newId } from '../../src/kernel/ids.js';
import { rows, type Db } from '../../src/platform/database/db.js';
import { storeCampaigns } from './segment-campaigns.js';

export interface WorldReaction { kind: 'open' | 'click' | 'impression'; verdict: 'human' | 'machine' | 'unknown'; at: Date }
export interface WorldDelivery { id: string; campaignId: string; stepId: string; variant: string; channel: 'email' | 'in_app'; isControl: boolean; /** A notice of consents, which is of no campaign. */ isNotice: boolean; state: string; sentAt: Date | null; settledAt: Date | null; reactions: WorldReaction[] }
/** `visits` are the versions in which the person came to the step of the test. */
export interface WorldAssignment { experimentId: string; campaignId: string; stepId: string; variant: string; isControl: boolean; at: Date; visits: string[]; runId: string }
export interface WorldHoldout { id: string; campaignId: string; at: Date }
/** What campaigns did to one person. */
export interface WorldEngagement { deliveries: WorldDelivery[]; assignments: WorldAssignment[]; holdouts: WorldHoldout[] }

export const noEngagement = (): WorldEngagement => ({ deliveries: [], assignments: [], holdouts: [] });
/** All tables that {@link storeEngagement} writes for people. */
export const ENGAGEMENT_TABLES = ['delivery', 'delivery_event', 'assignment', 'decision', 'enrollment', 'step_visit'];

/** Writes what campaigns did to these people, as it is now. */
export async function storeEngagement(db: Db, people: readonly { id: string; engagement: WorldEngagement }[]): Promise<void> {
  const known = people.filter(({ engagement }) => engagement.deliveries.length + engagement.assignments.length + engagement.holdouts.length > 0);
  if (known.length === 0) return;
  await storeCampaigns(db);
  const ids = known.map(({ id }) => id);
  for (const table of ENGAGEMENT_TABLES) await rows(db, `delete from ${table} as t where t.person_id = any($1::uuid[])`, [ids]);
  const each = <T>(of: (engagement: WorldEngagement) => T[]) => known.flatMap(({ id, engagement }) => of(engagement).map((one) => ({ ...one, person: id })));
  const deliveries = each(({ deliveries: all }) => all);
  await rows(db, `
    insert into delivery (id, person_id, campaign_id, version_id, step_id, enrollment_id, channel, variant, is_control, topic, state, due_at, queued_at, sent_at, settled_at)
    select d.id, d.person, d."campaignId", d."campaignId", d."stepId", d.id, d.channel, d.variant, d."isControl", case when d."isNotice" then '$notices' else 'account' end, d.state, '2026-01-01Z', '2026-01-01Z', d."sentAt", d."settledAt"
      from jsonb_to_recordset($1::jsonb) as d (id uuid, person uuid, "campaignId" uuid, "stepId" text, channel text, variant text, "isControl" boolean, "isNotice" boolean, state text, "sentAt" timestamptz, "settledAt" timestamptz)`, [JSON.stringify(deliveries)]);
  const reactions = deliveries.flatMap(({ id, person, reactions: all }) => all.map((one) => ({ ...one, delivery: id, person, key: newId() })));
  await rows(db, `
    insert into delivery_event (delivery_id, person_id, kind, event_key, at, verdict)
    select r.delivery, r.person, r.kind, r.key, r.at, r.verdict from jsonb_to_recordset($1::jsonb) as r (delivery uuid, person uuid, kind text, key text, at timestamptz, verdict text)`, [JSON.stringify(reactions)]);
  const assignments = each(({ assignments: all }) => all);
  await rows(db, `
    insert into assignment (experiment_id, person_id, campaign_id, variant, is_control, source, assigned_at)
    select a."experimentId", a.person, a."campaignId", a.variant, a."isControl", 'hash', a.at
      from jsonb_to_recordset($1::jsonb) as a ("experimentId" uuid, person uuid, "campaignId" uuid, variant text, "isControl" boolean, at timestamptz)`, [JSON.stringify(assignments)]);
  const visits = assignments.flatMap((one) => one.visits.map((version, index) => ({ ...one, version, run: index === 0 ? one.runId : newId() })));
  await rows(db, `
    with v as (select v.* from jsonb_to_recordset($1::jsonb) as v (run uuid, person uuid, "campaignId" uuid, version uuid, "stepId" text, at timestamptz)),
    run as (
      insert into enrollment (id, person_id, campaign_id, version_id, state, entered_at) select v.run, v.person, v."campaignId", v.version, 'completed', v.at from v)
    insert into step_visit (enrollment_id, person_id, step_id, campaign_id, version_id, arrived_at) select v.run, v.person, v."stepId", v."campaignId", v.version, v.at from v`, [JSON.stringify(visits)]);
  await rows(db, `
    insert into decision (id, person_id, at, campaign_id, stage, code)
    select h.id, h.person, h.at, h."campaignId", 'entry', 'HOLDOUT' from jsonb_to_recordset($1::jsonb) as h (id uuid, person uuid, "campaignId" uuid, at timestamptz)`, [JSON.stringify(each(({ holdouts }) => holdouts))]);
}
