import { newId } from '../../kernel/ids.js';
import type { NewDelivery } from '../../delivery/sending/store/deliveries.store.js';
import { refusals } from '../../delivery/preferences/store/reachability.store.js';
import { rungsOf, type Step } from '../../contract/campaign-steps.js';
import { addDuration, windowMillis } from '../../kernel/local-time.js';
import { firstRefusal, type Refusal } from '../../kernel/gates.js';
import type { ReasonCode } from '../../kernel/reason-codes.js';
import { groupedBy } from '../domain/grouped.js';
import { pacingOf } from '../domain/published.js';
import { assignVariants, type Assigned } from '../store/assignments.store.js';
import type { Run } from '../store/enrollments.store.js';
import type { BatchContext, StepGroup, StepResult } from './batch.js';
import { endingsOf } from './endings.js';

const HOUR_MS = 3_600_000;
/** Gates that refuse one channel and may pass another. */
const REACH: ReadonlySet<string> = new Set(['consent', 'reachable', 'suppression']);

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
  context.engaged.push(...personIds.map((personId) => ({ personId, campaignId: version.campaignId })));
  const unreachable = context.unreachable.get(reachKey(step)) ?? (await refusals(tx, { personIds, channel: step.channel, topic: step.topic, now }));
  const deliveries: NewDelivery[] = [];
  const queueRungs = (rungs: readonly NewDelivery[]) => {
    deliveries.push(...rungs);
    context.scheduled.push(...rungs.map(({ enrollmentId, personId, stepId, campaignId, versionId }) => ({ enrollmentId, personId, stepId, campaignId, versionId, arrivedAt: now, leftAt: now, outcome: 'queued' })));
  };
  const results = runs.map((run): StepResult => {
    const arm = assigned.get(run.personId)!;
    const refusal = firstRefusal({ now, exit: endings.get(run.id) ?? { goals: [], rules: [] }, reach: { code: unreachable.get(run.personId) ?? null } });
    if (!refusal) {
      const delivery = deliveryOf(run, arm, group, now);
      deliveries.push(delivery);
      if (!arm.isControl) queueRungs(rungsFor(delivery, group, { now, after: delivery.id }));
      return { run, kind: 'move', outcome: 'queued', next: step.next };
    }
    if (refusal.code === 'PERSON_DELETED') return { run, kind: 'hold' };
    context.decisions.push(decisionOf(run, arm, group, refusal));
    // Whom this channel does not reach is tried over the next.
    if (!arm.isControl && step.channel !== 'webhook' && step.channel !== 'chat' && step.ladder && REACH.has(refusal.gate)) queueRungs(rungsFor(deliveryOf(run, arm, group, now), group, { now, after: null }));
    if (refusal.gate === 'exit') return { run, kind: 'end', code: refusal.code };
    return { run, kind: 'move', outcome: refusal.code, next: step.next };
  });
  context.deliveries.push(...deliveries);
  return results;
}

const reachKey = ({ channel, topic }: MessageStep): string => `${channel} ${topic}`;

/** Asks once for messages of several campaigns over one channel about one topic. */
export async function sharedReach({ tx, now }: BatchContext, groups: readonly StepGroup[]): Promise<Map<string, Map<string, ReasonCode>>> {
  const shared = new Map<string, Map<string, ReasonCode>>();
  const messages = groups.flatMap(({ step, runs }) => (step.type === 'message' ? [{ step, runs }] : []));
  for (const [key, alike] of groupedBy(messages, ({ step }) => reachKey(step))) {
    if (alike.length < 2) continue;
    const { channel, topic } = alike[0]!.step;
    shared.set(key, await refusals(tx, { personIds: [...new Set(alike.flatMap(({ runs }) => runs.map(({ personId }) => personId)))], channel, topic, now }));
  }
  return shared;
}

/** Control is rendered too, with its first variant's content, so that both sides pass the same gates. */
function deliveryOf(run: Run, arm: Assigned, { version, step }: StepGroup<MessageStep>, now: Date): NewDelivery {
  const contents = version.published.contents[step.id]!;
  const { class: messageClass, priority, expiresAfter } = pacingOf(version.published);
  return {
    id: newId(), personId: run.personId, campaignId: version.campaignId, versionId: version.id, stepId: step.id, enrollmentId: run.id, channel: step.channel,
    contentId: contents[arm.isControl ? step.variants[0]!.key : arm.variant] ?? contents[step.variants[0]!.key] ?? null,
    experimentId: version.published.experiments[step.id]!.experimentId, variant: arm.variant, isControl: arm.isControl, topic: step.topic, dueAt: now,
    class: messageClass, priority, expiresAt: expiresAfter ? addDuration(now, expiresAfter, 'UTC') : null,
    endpointId: endpointOf(step, arm),
  };
}

/**
 * What follows a message without success, queued with it for later: whether each is needed is asked when it falls due.
 *
 * @param of `after`: the delivery that the first stands in for; null: there is none, so the first goes now
 */
function rungsFor(message: NewDelivery, { version, step }: StepGroup<MessageStep>, { now, after }: { now: Date; after: string | null }): NewDelivery[] {
  let late = 0;
  let before = after;
  return rungsOf(step).map(({ stepId, channel, content, wait }) => {
    const waits = 'hours' in wait ? wait.hours * HOUR_MS : windowMillis(wait.after);
    late += before === null ? 0 : waits;
    const id = newId();
    const rung: NewDelivery = {
      ...message, id, stepId, channel, contentId: version.published.contents[stepId]![step.variants[0]!.key]!, endpointId: 'endpointId' in content ? content.endpointId : null,
      dueAt: new Date(now.getTime() + late), expiresAt: message.expiresAt ? new Date(message.expiresAt.getTime() + late) : null,
      ...(before === null ? {} : { fallback: 'hours' in wait ? { of: before, hours: wait.hours } : { of: before, seconds: Math.round(waits / 1_000), unless: wait.unless } }),
    };
    before = id;
    return rung;
  });
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
