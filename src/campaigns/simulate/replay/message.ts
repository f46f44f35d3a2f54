import { ADDRESSEE } from '../../../contract/message.js';
import { judgeReach } from '../../../delivery/preferences/domain/reach.js';
import { addDuration } from '../../../kernel/local-time.js';
import type { ReasonCode } from '../../../kernel/reason-codes.js';
import { usableZone } from '../../engine/people.js';
import type { MessageStep } from './sim-plan.js';
import { instant, type SimDelivery, type SimRun, type Walk } from './walk.js';

/** The person's own zone at a moment, else the workspace's. */
export const zoneOf = (walk: Walk, at: number): string => usableZone(walk.state(at).person.timeZone, walk.plan.zone);

/** What somebody had said about a topic by a moment, with what they are supposed to have said. */
export function consentOf(walk: Walk, channel: string, topic: string, at: number): 'subscribed' | 'unsubscribed' | null {
  const supposed = walk.left.get(`${channel} ${topic}`);
  const said = walk.state(at).consents.get(`${channel} ${topic}`);
  const recorded = said && said.at <= at ? said : undefined;
  if (supposed !== undefined && supposed <= at && (!recorded || recorded.at <= supposed)) return 'unsubscribed';
  return (recorded?.state as 'subscribed' | 'unsubscribed' | undefined) ?? null;
}

/** Why the message may not go to the person, in the order of the gates: delivery's own rules over what was known then. */
export function reachOf(walk: Walk, { channel, topic }: Pick<MessageStep, 'channel' | 'topic'>, at: number): ReasonCode | null {
  if (ADDRESSEE[channel] !== 'person') return null;
  const known = walk.plan.topics.get(topic);
  const { email } = walk.state(at).person;
  const hash = channel !== 'email' || email === null ? null : walk.hashOf(email);
  const block = hash === null ? undefined : walk.person.suppressed.get(hash)?.find((one) => one.at <= at && (one.until === null || one.until > at));
  return judgeReach({
    kind: 'user', topicKind: known ? (known.transactional ? 'transactional' : 'marketing') : null, optIn: known?.optIn ?? null, consent: consentOf(walk, channel, topic, at),
    addressMissing: channel === 'email' && hash === null, blockedBy: block?.reason ?? null,
  });
}

/** The message as the step decides it; control has the first variant's content (engine/message-step.ts). */
export function deliveryOf(walk: Walk, run: SimRun, step: MessageStep, arm: { variant: string; isControl: boolean }, at: number): SimDelivery {
  const contents = walk.plan.version.published.contents[step.id] ?? {};
  const first = step.variants[0]!.key;
  const { expiresAfter } = walk.plan.pacing;
  return {
    id: uuidOf(walk, run, step.id), run, stepId: step.id, variant: arm.variant, isControl: arm.isControl, channel: step.channel, topic: step.topic, contentId: contents[arm.isControl ? first : arm.variant] ?? contents[first] ?? null,
    queuedAt: at, dueAt: at, expiresAt: expiresAfter ? addDuration(instant(at), expiresAfter, 'UTC').getTime() : null, reason: null, fallback: null, reactions: [], touches: [], stopped: null, sentAt: null, seenAt: null, over: false,
  };
}

/** An id that no stored row has: the number of the message among those of the person. */
function uuidOf(walk: Walk, run: SimRun, stepId: string): string {
  const place = Object.keys(walk.plan.version.published.steps).indexOf(stepId) + run.id * 1_000;
  return `00000000-0000-8000-8000-${place.toString(16).padStart(12, '0')}`;
}
