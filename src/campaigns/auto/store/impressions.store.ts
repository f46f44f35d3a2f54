import { insertDeliveryEvents } from '../../../delivery/tracking/store/delivery-events.store.js';
import type { RenderedInApp } from '../../../delivery/content/compiled.js';
import { rows, type Db } from '../../../platform/database/db.js';
import { keepPlan } from '../../../platform/database/kept-plans.js';
import { write } from '../../../platform/database/in-turn.js';
import { savingArrivals } from '../../store/enrollments.store.js';
import type { ClaimedArm, DisplayClaim } from './claims.store.js';

export interface Impression {
  enrollmentId: string;
  claim: DisplayClaim & { versionId: string; arm: ClaimedArm };
  stepId: string;
  topic: string;
  experimentId: string;
}

const HOUR_MS = 3_600_000;

const RUN = keepPlan(`
  insert into enrollment (id, person_id, campaign_id, version_id, state, step_id, step_arrived_at, entered_at, left_at, entry)
  values ($1, $2, $3, $4, 'completed', $5, $6::timestamptz, $6::timestamptz, $6::timestamptz, $7::jsonb)`);
const DELIVERY = keepPlan(`
  insert into delivery (id, person_id, campaign_id, version_id, step_id, enrollment_id, channel, content_id, experiment_id, variant, is_control, topic, language, state, reason, due_at, queued_at, sent_at, settled_at, class)
  values ($1, $2, $3, $4, $5, $6, 'in_app', $7, $8, $9, $10, $11, $12, $13, $14, $15::timestamptz, $15::timestamptz, $16::timestamptz, $17::timestamptz, $18)`);
// Seen, and not to be displayed from the inbox: another display is another run with a message of its own.
const MESSAGE = keepPlan(`
  insert into in_app_message (delivery_id, person_id, campaign_id, content, created_at, expires_at, seen_at, stopped_at)
  values ($1, $2, $3, $4::jsonb, $5::timestamptz, $6::timestamptz, $5::timestamptz, $5::timestamptz)`);

/**
 * Writes a run that is complete: the person came to the message, it was displayed, and they went on. Of a control the same rows
 * say that it would have been: the ghost of a delivery, no message and no impression. The delivery's id is the claim's, so none
 * can be written twice. It never was queued, so no worker can pick it up.
 *
 * @returns whether somebody reads impressions: wake `segments.membership` after commit
 */
export async function insertImpression(tx: Db, { enrollmentId, claim, stepId, topic, experimentId }: Impression, now: Date): Promise<boolean> {
  const { personId, campaignId, versionId, deliveryId, arm, visit, createdAt } = claim;
  const entry = { kind: 'display', at: now.toISOString(), visit, class: claim.class };
  await rows(tx, RUN, [enrollmentId, personId, campaignId, versionId, stepId, now, JSON.stringify(entry)]);
  await write(tx, savingArrivals([{ enrollmentId, personId, stepId, campaignId, versionId, arrivedAt: now, leftAt: now, outcome: 'displayed' }]));
  await rows(tx, DELIVERY, [
    deliveryId, personId, campaignId, versionId, stepId, enrollmentId, arm.contentId, experimentId, arm.variant, arm.isControl, topic, arm.language,
    arm.isControl ? 'ghost' : 'delivered', arm.isControl ? 'EXPERIMENT_CONTROL' : null, createdAt, arm.isControl ? null : now, now, claim.class]);
  if (arm.isControl) return false;
  const content = claim.content as RenderedInApp;
  const expiresAt = content.expiresAfterHours === undefined ? null : new Date(now.getTime() + content.expiresAfterHours * HOUR_MS);
  await rows(tx, MESSAGE, [deliveryId, personId, campaignId, JSON.stringify(content), now, expiresAt]);
  return insertDeliveryEvents(tx, [{ deliveryId, personId, campaignId, kind: 'impression', eventKey: 'impression', at: now, verdict: 'human', evidence: { source: 'display' }, data: claim.dwellMs === null ? {} : { dwell: claim.dwellMs } }]);
}
