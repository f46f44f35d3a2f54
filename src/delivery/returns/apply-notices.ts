import { announceEngagement } from '../../people/store/change.store.js';
import type { Db } from '../../platform/database/db.js';
import { addressHash } from '../preferences/domain/address.js';
import { listTopics, putConsents } from '../preferences/store/preferences.store.js';
import { suppressFor } from '../preferences/store/suppression.store.js';
import { believable, deliveryNamed } from './domain/attribution.js';
import { effectOf, type Applied, type Effect, type Outcome } from './domain/effect.js';
import type { ReturnNotice } from './notice.js';
import { addReturnEvents, lockReturned, moveOn, type Returned, type ReturnEvent, type StateChange } from './store/returned.store.js';
import { countSoftRefusal, forgetSoftRefusals } from './store/softness.store.js';

export type { Applied };

interface Step { notice: ReturnNotice; delivery: Returned; effect: Effect; applied: Applied }

/**
 * Lets notices change what they are about: the state of the delivery (only upwards), its events, the address we wrote to and the
 * consents of the person. Idempotent: the same notice again changes nothing. Attributed by a proven delivery id, else by our
 * Message-ID together with the address; never by a recipient alone. Wake `segments.membership` after commit.
 *
 * @returns one answer a notice, in their order
 */
export async function applyNotices(tx: Db, notices: readonly ReturnNotice[], now: Date): Promise<Applied[]> {
  const named = new Map(notices.map((notice) => [notice, deliveryNamed(notice)]));
  const ids = [...new Set([...named.values()].filter((id) => id !== null))];
  const { locked, busy } = await lockReturned(tx, ids);
  const believed = new Set(ids.flatMap((id) => [...believable(notices.filter((notice) => named.get(notice) === id), locked.get(id)?.address ?? null)]));
  const steps: Step[] = [];
  const answers = notices.map((notice): Applied => {
    const id = named.get(notice) ?? null;
    const delivery = id === null ? undefined : locked.get(id);
    const applied: Applied = { notice, outcome: 'noted', deliveryId: delivery?.id ?? null, isErased: delivery?.isErased ?? false };
    if (!delivery) applied.outcome = withoutDelivery(notice, id, busy);
    else if (!believed.has(notice)) applied.outcome = 'other_recipient';
    else {
      const effect = effectOf(delivery.state, notice);
      applied.outcome = effect.outcome;
      delivery.state = effect.state ?? delivery.state;
      if (effect.outcome === 'applied') steps.push({ notice, delivery, effect, applied });
    }
    return applied;
  });
  await carryOut(tx, steps, now);
  return answers;
}

function withoutDelivery({ kind }: ReturnNotice, id: string | null, busy: ReadonlySet<string>): Outcome {
  if (kind === 'unknown') return 'not_understood';
  if (kind === 'delayed' || kind === 'auto_reply') return 'noted';
  if (id === null) return 'unattributed';
  return busy.has(id) ? 'too_early' : 'unknown_message';
}

async function carryOut(tx: Db, steps: readonly Step[], now: Date): Promise<void> {
  await moveOn(tx, finalStates(steps, now), now);
  const added = await addReturnEvents(tx, steps.flatMap(eventOf));
  /** Addresses that took a message and have not refused one since. */
  const accepted = new Set<string>();
  for (const step of steps) {
    const { event } = step.effect;
    const isNew = step.effect.state !== undefined || (event !== undefined && added.has(`${step.delivery.id} ${event.kind} ${event.key}`));
    if (!isNew) step.applied.outcome = 'known';
    else await judgeAddress(tx, step, accepted, now);
  }
  await forgetSoftRefusals(tx, accepted);
  for (const step of steps) if (step.effect.unsubscribe && step.applied.outcome === 'applied') await unsubscribe(tx, step, now);
  // A message that came back was received by nobody, and one that was in doubt may have been.
  await announceEngagement(tx, steps.filter(({ effect }) => effect.state !== undefined).map(({ delivery }) => delivery), now);
}

/** One change a delivery: the last is the highest. */
function finalStates(steps: readonly Step[], now: Date): StateChange[] {
  const changes = new Map<string, StateChange>();
  for (const { notice, delivery, effect } of steps) {
    if (effect.state) changes.set(delivery.id, { id: delivery.id, personId: delivery.personId, state: effect.state, at: happenedAt(notice, now), detail: notice.diagnostic.slice(0, 500) });
  }
  return [...changes.values()];
}

/** By the reporter's clock, which is believed only about the past. */
const happenedAt = (notice: ReturnNotice, now: Date): Date => (notice.at.getTime() > now.getTime() || Number.isNaN(notice.at.getTime()) ? now : notice.at);

function eventOf({ notice, delivery, effect }: Step): ReturnEvent[] {
  if (!effect.event) return [];
  const { kind, key } = effect.event;
  const verdict = kind === 'bounce' ? 'machine' : 'human';
  return [{
    deliveryId: delivery.id, personId: delivery.personId, kind, key, at: happenedAt(notice, notice.at), verdict,
    evidence: { reply: notice.diagnostic, recipient: notice.recipient }, data: { kind: notice.kind, class: notice.category, status: notice.status },
  }];
}

async function judgeAddress(tx: Db, { notice, delivery, effect }: Step, accepted: Set<string>, now: Date): Promise<void> {
  const { address } = delivery;
  const hash = address === null ? null : addressHash(address);
  if (address === null || hash === null) return;
  const evidence = { deliveryId: delivery.id, category: notice.category, status: notice.status };
  if (effect.suppress) await suppressFor(tx, { addressHash: hash, reason: effect.suppress, at: now, detail: notice.diagnostic, until: null, evidence });
  if (effect.softness === 'accepted') accepted.add(hash);
  if (effect.softness !== 'refused') return;
  if (accepted.delete(hash)) await forgetSoftRefusals(tx, [hash]);
  const consequence = await countSoftRefusal(tx, { hash, address, deliveryId: delivery.id, sentAt: delivery.sentAt ?? happenedAt(notice, now) }, now);
  if (consequence) await suppressFor(tx, { addressHash: hash, ...consequence, at: now, detail: notice.diagnostic, evidence });
}

/** Takes the person off everything that is advertising: whoever calls one message unwanted is not asked which. */
async function unsubscribe(tx: Db, { notice, delivery }: Step, now: Date): Promise<void> {
  const topics = (await listTopics(tx)).filter(({ kind }) => kind === 'marketing');
  const given = { source: `${notice.kind}:${delivery.id}`, method: notice.kind === 'complaint' ? 'complaint' as const : 'provider_unsubscribe' as const, actor: 'provider', deliveryId: delivery.id, now };
  await putConsents(tx, delivery.personId, topics.map(({ key }) => ({ channel: 'email', topic: key, state: 'unsubscribed' as const })), given);
}
