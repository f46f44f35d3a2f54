import { newId } from '../../kernel/ids.js';
import { enqueueDeliveries, type NewDelivery } from '../../delivery/sending/store/deliveries.store.js';
import { refusals } from '../../delivery/preferences/store/reachability.store.js';
import { fallbackStep, type Step } from '../../contract/campaign.js';
import { firstRefusal, type Refusal } from '../domain/gates.js';
import { assignVariants, type Assigned } from '../store/assignments.store.js';
import type { Run } from '../store/enrollments.store.js';
import type { BatchContext, StepGroup, StepResult } from './batch.js';
import { endingsOf } from './endings.js';

const HOUR_MS = 3_600_000;

type MessageStep = Extract<Step, { type: 'message' }>;

/**
 * Each arrival becomes exactly one delivery row or one decision row with the code of the gate that refused; a refused
 * message does not end the run, a reached goal or exit rule does.
 */
export async function runMessageStep(context: BatchContext, group: StepGroup<MessageStep>): Promise<StepResult[]> {
  const { tx, now } = context;
  const { version, step, runs } = group;
  const personIds = runs.map((run) => run.personId);
  const experiment = version.published.experiments[step.id]!;
  const assigned = await assignVariants(tx, { experiment, campaignId: version.campaignId, personIds, now });
  const endings = await endingsOf(tx, version, runs, { now, zone: context.zone });
  const unreachable = await refusals(tx, { personIds, channel: step.channel, topic: step.topic, now });
  const deliveries: NewDelivery[] = [];
  const results = runs.map((run): StepResult => {
    const arm = assigned.get(run.personId)!;
    const refusal = firstRefusal({ now, exit: endings.get(run.personId) ?? { goals: [], rules: [] }, reach: { code: unreachable.get(run.personId) ?? null } });
    if (!refusal) {
      const delivery = deliveryOf(run, arm, group, now);
      deliveries.push(delivery);
      const fallback = arm.isControl ? null : fallbackFor(delivery, group, now);
      if (fallback) {
        deliveries.push(fallback);
        context.scheduled.push({ enrollmentId: run.id, personId: run.personId, stepId: fallback.stepId, campaignId: fallback.campaignId, versionId: fallback.versionId, arrivedAt: now, leftAt: now, outcome: 'queued' });
      }
      return { run, kind: 'move', outcome: 'queued', next: step.next };
    }
    if (refusal.code === 'PERSON_DELETED') return { run, kind: 'hold' };
    context.decisions.push(decisionOf(run, arm, group, refusal));
    if (refusal.gate === 'exit') return { run, kind: 'end', code: refusal.code };
    return { run, kind: 'move', outcome: refusal.code, next: step.next };
  });
  await enqueueDeliveries(tx, deliveries, now);
  return results;
}

/** Control is rendered too, with its first variant's content, so that both sides pass the same gates. */
function deliveryOf(run: Run, arm: Assigned, { version, step }: StepGroup<MessageStep>, now: Date): NewDelivery {
  const contents = version.published.contents[step.id]!;
  return {
    id: newId(), personId: run.personId, campaignId: version.campaignId, versionId: version.id, stepId: step.id, enrollmentId: run.id, channel: step.channel,
    contentId: contents[arm.isControl ? step.variants[0]!.key : arm.variant] ?? contents[step.variants[0]!.key] ?? null,
    experimentId: version.published.experiments[step.id]!.experimentId, variant: arm.variant, isControl: arm.isControl, topic: step.topic, dueAt: now,
    endpointId: endpointOf(step, arm),
  };
}

/** The e-mail for who does not see it, queued with it for later: whether it is needed is asked when it falls due. */
function fallbackFor(inApp: NewDelivery, { version, step }: StepGroup<MessageStep>, now: Date): NewDelivery | null {
  if (step.channel !== 'in_app' || !step.fallback) return null;
  const stepId = fallbackStep(step.id);
  const { afterHours } = step.fallback;
  return {
    ...inApp, id: newId(), stepId, channel: 'email', contentId: version.published.contents[stepId]![step.variants[0]!.key]!,
    dueAt: new Date(now.getTime() + afterHours * HOUR_MS), fallback: { of: inApp.id, hours: afterHours },
  };
}

/** Where a webhook or chat notice goes is said in its content; a control's row keeps to the queue of the first variant. */
function endpointOf(step: MessageStep, arm: Assigned): string | null {
  if (step.channel !== 'webhook' && step.channel !== 'chat') return null;
  const variants: readonly { key: string; content: { endpointId: string } }[] = step.variants;
  return (variants.find(({ key }) => !arm.isControl && key === arm.variant) ?? variants[0]!).content.endpointId;
}

function decisionOf(run: Run, arm: Assigned, { version, step }: StepGroup<MessageStep>, refusal: Refusal) {
  return {
    personId: run.personId, campaignId: version.campaignId, versionId: version.id, stepId: step.id, enrollmentId: run.id, variant: arm.variant,
    stage: 'step' as const, code: refusal.code, facts: { ...refusal.facts, gate: refusal.gate, channel: step.channel, topic: step.topic }, nextCheckAt: refusal.nextCheckAt,
  };
}
