import type { Place } from '../../../delivery/rules/domain/caps.js';
import type { Slot } from '../../../delivery/rules/domain/frequency.js';
import { instant, type Walk } from './walk.js';

/** Messages that take a place with the person at a moment: what other campaigns really sent or kept by then, and those of the simulation. */
export function placesAt(walk: Walk, at: number): Place[] {
  const others = walk.person.others.flatMap(({ keptFrom, sentAt, dueAt, endedAt, ...message }): Place[] => {
    if (sentAt !== null && sentAt <= at) return [{ ...message, at: instant(sentAt), kept: false }];
    return keptFrom !== null && keptFrom <= at && endedAt > at ? [{ ...message, at: instant(sentAt ?? dueAt), kept: true }] : [];
  });
  const own = walk.sent.flatMap(({ id, stepId, channel, topic, sentAt }): Place[] => (channel === 'email' || channel === 'in_app'
    ? [{ campaignId: walk.plan.version.campaignId, stepId, deliveryId: id, channel, topic, transactional: walk.plan.topics.get(topic)?.transactional ?? false, class: walk.plan.pacing.class, at: instant(sentAt!), kept: false }] : []));
  return [...others, ...own];
}

/** The marketing e-mail that took the slot of somebody who wants few: the last one by then. */
export function slotAt(walk: Walk, at: number): Slot | null {
  const sent = placesAt(walk, at).filter((place) => place.channel === 'email' && !place.transactional && !place.kept && place.deliveryId !== null);
  const last = sent.toSorted((one, other) => other.at!.getTime() - one.at!.getTime())[0];
  return last ? { deliveryId: last.deliveryId!, campaignId: last.campaignId, stepId: last.stepId, at: last.at } : null;
}
