import { frequencyWait, moreFirst, type FrequencyAsk } from '../../../delivery/rules/frequency.js';
import { NIGHT } from '../../../delivery/preferences/domain/consent.js';
import { quietWait } from '../../../delivery/rules/quiet.js';
import { judgeFallback, type FallbackFacts } from '../../../delivery/inbox/domain/fallback.js';
import { firstRefusal, GATE_OF, isDeferral, type GateFacts, type Refusal } from '../../../kernel/gates.js';
import type { ReasonCode } from '../../../kernel/reason-codes.js';
import { bucketOf, BUCKETS } from '../../../kernel/bucket.js';
import { pacingAt } from '../../domain/published.js';
import { hadSuccess, tellOf } from './ladders.js';
import { consentOf, reachOf } from './message.js';
import { placesAt, slotAt } from './places.js';
import type { Touch } from './sim-person.js';
import { instant, type Asking, type SimDelivery, type Walk } from './walk.js';

/** As the senders are woken: somebody may be looking at the page. */
const ORDER = ['in_app', 'email', 'webhook', 'chat'] as const;

/** Asks every gate once more for what is due, and sends what they let pass: the order of `GatedQueue`. */
export function* send(walk: Walk, at: number): Asking<void> {
  if (walk.queue.every(({ dueAt }) => dueAt > at)) return;
  for (const channel of ORDER) {
    const due = walk.queue.filter((delivery) => delivery.channel === channel && delivery.dueAt <= at);
    const left: { delivery: SimDelivery; facts: GateFacts }[] = [];
    for (const delivery of due) {
      const ended = delivery.run.state === 'exited';
      const exit = ended ? { goals: [], rules: [] } : yield* walk.endings(delivery.run, at);
      const audience = walk.plan.recheck === null ? {} : { audience: { inside: yield* walk.holds(walk.plan.recheck, at) } };
      const facts: GateFacts = { now: instant(at), ...audience, exit, reach: { code: reachOf(walk, delivery, at) } };
      if (passes(walk, delivery, facts, at) && isNeeded(walk, delivery, at)) left.push({ delivery, facts });
    }
    for (const each of left.map(({ delivery, facts }) => ({ delivery, facts, ask: askOf(walk, delivery, at) })).sort((one, other) => moreFirst(one.ask, other.ask))) paceAndSend(walk, each, at);
  }
}

function paceAndSend(walk: Walk, { delivery, facts, ask }: { delivery: SimDelivery; facts: GateFacts; ask: FrequencyAsk }, at: number): void {
  const { plan, person } = walk;
  const { channel } = delivery;
  const now = instant(at);
  if (channel === 'email' || channel === 'in_app') {
    const atNight = consentOf(walk, channel, NIGHT, at) === 'subscribed';
    const quiet = quietWait(plan.quiet, { ask: { ...ask, sendWindow: pacingAt(plan.version.published, delivery.stepId).sendWindow }, channel, now, atNight }, plan.workspace, true);
    if (quiet && !passes(walk, delivery, { ...facts, quiet }, at)) return;
    if (plan.asksFrequency) {
      const seldom = channel === 'email' && person.seldom && person.seldom.since <= at ? person.seldom.frequency : undefined;
      const asks = seldom !== undefined || plan.settings.caps.some(({ on }) => on);
      const frequency = asks && frequencyWait(ask, { settings: plan.settings, ...(seldom ? { reader: seldom } : {}), slot: seldom ? slotAt(walk, at) : null, places: placesAt(walk, at) }, { channel, now, workspace: plan.workspace });
      if (frequency && !passes(walk, delivery, { ...facts, frequency }, at)) return;
    }
  }
  leave(walk, delivery, at);
}

/** Whether the gates let it pass by these facts; what they say else is done. */
function passes(walk: Walk, delivery: SimDelivery, facts: GateFacts, at: number): boolean {
  const refusal = firstRefusal(facts);
  if (!refusal) return true;
  const winner = winnerOf(refusal);
  const until = isDeferral(refusal.code) ? refusal.nextCheckAt : null;
  if (!until) {
    walk.cancel(delivery, { code: refusal.code, detail: textOf(refusal.facts.detail), winner }, at);
    return false;
  }
  putOff(walk, delivery, { code: refusal.code, rule: textOf(refusal.facts.cap) ?? textOf(refusal.facts.rule) ?? '', until, winner }, at);
  return false;
}

function putOff(walk: Walk, delivery: SimDelivery, { code, rule, until, winner }: { code: ReasonCode; rule: string; until: Date; winner: { campaignId: string; kept: boolean } | null }, at: number): void {
  delivery.dueAt = until.getTime();
  delivery.reason = code;
  walk.lines.push({ kind: 'deferred', at, stepId: delivery.stepId, variant: delivery.variant, code, rule, until: delivery.dueAt, winner });
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function winnerOf({ facts }: Refusal): { campaignId: string; kept: boolean } | null {
  const winner = facts.winner as { campaignId: string; kept: boolean } | undefined;
  return winner ? { campaignId: winner.campaignId, kept: winner.kept } : null;
}

/** What the pacers ask: whether it stands in for a message that was seen, and whether it may still go. */
function isNeeded(walk: Walk, delivery: SimDelivery, at: number): boolean {
  const { fallback, expiresAt, reason } = delivery;
  if (fallback) {
    const verdict = judgeFallback(standingIn(fallback, at), instant(at));
    if (verdict === 'never') {
      walk.cancel(delivery, { code: 'NO_LONGER_ELIGIBLE', detail: 'What it stands in for had success, was taken back or never went.', winner: null }, at);
      return false;
    }
    if (verdict !== 'go') {
      putOff(walk, delivery, { code: fallback.of.reason === 'QUIET_HOURS_DEFERRED' ? 'QUIET_HOURS_DEFERRED' : 'CAP_DEFERRED', rule: 'fallback', until: verdict.until, winner: null }, at);
      return false;
    }
  }
  if (expiresAt === null || expiresAt > at) return true;
  walk.cancel(delivery, { code: reason === 'CAP_DEFERRED' ? 'CAP_DROPPED' : 'EXPIRED', detail: `It could go until ${instant(expiresAt).toISOString()}.`, winner: null }, at);
  return false;
}

/** What it stands in for, as it is by then; of a control only that it is one. */
function standingIn(fallback: NonNullable<SimDelivery['fallback']>, at: number): FallbackFacts {
  const { of, hours, seconds } = fallback;
  const began = of.sentAt === null || of.isControl ? null : instant(of.sentAt);
  const seenAt = of.seenAt !== null && of.seenAt <= at ? instant(of.seenAt) : null;
  return {
    hours, seconds, state: of.stopped ? (isMade(of) ? 'cancelled' : 'failed') : of.sentAt === null ? 'queued' : of.isControl ? 'ghost' : 'sent', reason: of.stopped ?? of.reason, dueAt: instant(of.dueAt), sentAt: began,
    createdAt: of.channel === 'in_app' ? began : null, seenAt, recalledAt: null,
    hasSuccess: hadSuccess(fallback, at),
  };
}

const isMade = ({ stopped }: SimDelivery): boolean => GATE_OF[stopped!] !== 'render';

function askOf(walk: Walk, delivery: SimDelivery, at: number): FrequencyAsk {
  const { plan, person } = walk;
  return {
    id: delivery.id, personId: person.id, campaignId: plan.version.campaignId, stepId: delivery.stepId, topic: delivery.topic, class: plan.pacing.class, priority: plan.pacing.priority,
    transactional: plan.topics.get(delivery.topic)?.transactional ?? false, timeZone: walk.state(at).person.timeZone, queuedAt: instant(delivery.queuedAt), dueAt: instant(delivery.dueAt), expiresAt: delivery.expiresAt === null ? null : instant(delivery.expiresAt),
  };
}

/** Makes the message, takes it as sent, and supposes what comes of it. Nothing leaves. */
function leave(walk: Walk, delivery: SimDelivery, at: number): void {
  const { stepId, variant, channel } = delivery;
  const made = walk.maker.make(delivery, walk.person.id, walk.state(at), delivery.run.entry.properties ?? null);
  if ('code' in made) {
    walk.cancel(delivery, { ...made, winner: null }, at, 'failed');
    return;
  }
  delivery.over = true;
  delivery.sentAt = at;
  walk.queue = walk.queue.filter((other) => other !== delivery);
  walk.sent.push(delivery);
  walk.lines.push({ kind: delivery.isControl ? 'ghost' : 'sent', at, stepId, variant, channel, language: made.language });
  if (!delivery.isControl && (channel === 'email' || channel === 'in_app')) suppose(walk, delivery, at);
}

const HOUR_MS = 3_600_000;

/** What came of the very message that was really sent then; else what the run supposes of messages that never were. */
function suppose(walk: Walk, delivery: SimDelivery, at: number): void {
  const { plan, person } = walk;
  const { id, stepId, variant, channel, topic } = delivery;
  const real = person.real.find((message) => message.stepId === stepId && message.sentAt === at);
  const reactions = real ? [...real.reactions] : [];
  const touches: Touch[] = real ? [...real.touches] : [];
  if (real) delivery.seenAt = real.seenAt;
  else if (plan.reactions === 'worst_case') leaveTopic(walk, delivery, at);
  else if (plan.reactions === 'observed_rate') {
    const rates = plan.rates.get(channel);
    const happens = (what: string, rate = 0): boolean => bucketOf(`simulate:${what}:${stepId}:${delivery.run.id}`, person.id) < rate * BUCKETS;
    const later = at + HOUR_MS;
    if (happens('seen', rates?.seen)) {
      delivery.seenAt = later;
      touches.push({ kind: 'impression', at: later });
    }
    if (channel === 'email' && happens('open', rates?.open)) reactions.push({ kind: 'open', at: later });
    if (happens('click', rates?.click)) reactions.push({ kind: 'click', at: later });
    if (happens('unsubscribe', rates?.unsubscribe)) leaveTopic(walk, delivery, later);
  }
  delivery.reactions = reactions;
  tellOf(walk, delivery, real ? touches : [...touches, ...reactions]);
  for (const { kind, at: when } of reactions) {
    if (!real) walk.lines.push({ kind: 'reacted', at: when, stepId, reaction: kind });
    if (plan.readsOwnEngagement) walk.news.push(when);
  }
  if (plan.readsOwnEngagement) {
    walk.supposed.push({ id, stepId, variant, channel, topic, isControl: false, at: instant(at), reactions: reactions.map((reaction) => ({ kind: reaction.kind, at: instant(reaction.at) })) });
    walk.news.push(at);
  }
}

/** Marketing alone can be left. */
function leaveTopic(walk: Walk, { stepId, channel, topic }: SimDelivery, at: number): void {
  if (walk.plan.topics.get(topic)?.transactional) return;
  walk.left.set(`${channel} ${topic}`, at);
  walk.lines.push({ kind: 'reacted', at, stepId, reaction: 'unsubscribe' });
}
