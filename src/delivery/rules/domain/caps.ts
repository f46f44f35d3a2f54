import { CLASS_RANK, type FrequencyCap, type MessageClass } from '../../../contract/pacing.js';
import { calendarPeriod, windowMillis } from '../../../kernel/local-time.js';

/** What a message is to caps. */
export interface CappedMessage {
  channel: string;
  /** Null: not known, so any. */
  topic: string | null;
  transactional: boolean;
  class: MessageClass;
}

/** A message that takes a place, or for which one is kept. */
export interface Place extends CappedMessage {
  campaignId: string;
  stepId: string | null;
  deliveryId: string | null;
  /** When it went, or (kept) is to go; null: it is on its way. */
  at: Date | null;
  /** It has not been sent: a place is kept for it. */
  kept: boolean;
}

/** Why a message waits, and the message that took its place. */
export interface Capped { until: Date; facts: { rule: 'cap'; cap: string; limit: number; window: string; winner: Winner } }
export interface Winner { campaignId: string; stepId: string | null; deliveryId: string | null; at: string | null; kept: boolean }

/** How long a place is taken by what is on its way: how it ends is known soon. */
export const ON_ITS_WAY_MS = 5 * 60_000;
/** When a kept place is asked about again once its moment has come. */
const KEPT_MS = 60_000;

/** Whether a cap counts a message. */
export function concerns({ channels, topics, classes }: FrequencyCap, message: CappedMessage): boolean {
  if (channels.length > 0 && !channels.some((channel) => channel === message.channel)) return false;
  if (topics.length === 0 ? message.transactional : message.topic !== null && !topics.includes(message.topic)) return false;
  return classes.length === 0 ? message.class !== 'essential' : classes.includes(message.class);
}

/** How far back a cap looks, at most, in milliseconds; a calendar month has 31 days and its clocks may go back. */
export const looksBack = ({ window }: FrequencyCap): number =>
  window.kind === 'rolling' ? windowMillis(window.for) : { day: 25, week: 7 * 24 + 1, month: 31 * 24 + 1 }[window.unit] * 3_600_000;

const said = ({ window }: FrequencyCap): string => (window.kind === 'calendar' ? window.unit : Object.entries(window.for).map(([unit, count]) => `${count} ${unit}`).join(' '));

interface Question { now: Date; zone: string; message: CappedMessage; places: readonly Place[] }

/**
 * What caps say against sending a message now: the one that makes it wait longest, or null. Places kept for messages count only
 * against those of a lower class. A window is half-open: what went exactly its length ago is out of it.
 *
 * @param zone of the person
 */
export function judgeCaps(caps: readonly FrequencyCap[], asked: Question): Capped | null {
  let longest: Capped | null = null;
  for (const cap of caps) {
    if (!cap.on || !concerns(cap, asked.message)) continue;
    const capped = judgeCap(cap, asked);
    if (capped && (!longest || capped.until > longest.until)) longest = capped;
  }
  return longest;
}

function judgeCap(cap: FrequencyCap, { now, zone, message, places }: Question): Capped | null {
  const counted = places.filter((place) => concerns(cap, place) && (!place.kept || CLASS_RANK[place.class] > CLASS_RANK[message.class]));
  const found = cap.window.kind === 'rolling' ? rolling(cap.limit, windowMillis(cap.window.for), counted, now) : calendar(cap.limit, calendarPeriod(now, cap.window.unit, zone), counted, now);
  if (!found) return null;
  const { campaignId, stepId, deliveryId, at, kept } = found.winner;
  return { until: found.until, facts: { rule: 'cap', cap: cap.key, limit: cap.limit, window: said(cap), winner: { campaignId, stepId, deliveryId, at: at?.toISOString() ?? null, kept } } };
}

interface Found { until: Date; winner: Place }

/** Until when a place that has no end of its own is taken. */
const soon = (place: Place, now: Date): Date => new Date(now.getTime() + (place.kept ? KEPT_MS : ON_ITS_WAY_MS));

/** On its way, or kept for a moment that has come: it takes a place now, and when it goes is not known. */
const isNow = (place: Place, now: Date): boolean => place.at === null || (place.kept && place.at <= now);

const oldestFirst = (now: Date) => (one: Place, other: Place) => (isNow(one, now) ? now : one.at!).getTime() - (isNow(other, now) ? now : other.at!).getTime();

function rolling(limit: number, length: number, counted: readonly Place[], now: Date): Found | null {
  const inWindow = (at: Date) => ({ place: other }: { place: Place }) => isNow(other, now) || other.at!.getTime() > at.getTime() - length;
  const taken = counted.filter((place) => (place.kept ? isNow(place, now) : inWindow(now)({ place }))).toSorted(oldestFirst(now));
  const certain = taken.filter(({ kept }) => !kept);
  const leaving = certain[certain.length - limit];
  // A message that is late may still not come: asked again soon.
  const late = taken.find(({ kept }) => kept);
  if (!leaving && taken.length >= limit) return { until: soon(late!, now), winner: late! };
  if (leaving) return { until: isNow(leaving, now) ? soon(leaving, now) : new Date(leaving.at!.getTime() + length), winner: leaving };
  const coming = counted.filter((place) => place.kept && !isNow(place, now) && place.at!.getTime() < now.getTime() + length).toSorted(oldestFirst(now));
  for (const [index, winner] of coming.entries()) {
    // Everything that lies in the window which ends with it, this message among them.
    const then = taken.filter((place) => inWindow(winner.at!)({ place })).length + coming.slice(0, index + 1).filter((place) => inWindow(winner.at!)({ place })).length + 1;
    if (then > limit) return { until: winner.at!, winner };
  }
  return null;
}

function calendar(limit: number, { start, end }: { start: Date; end: Date }, counted: readonly Place[], now: Date): Found | null {
  const taken = counted.filter((place) => (place.kept ? isNow(place, now) : isNow(place, now) || place.at! >= start)).toSorted(oldestFirst(now));
  const coming = counted.filter((place) => place.kept && !isNow(place, now) && place.at! < end).toSorted(oldestFirst(now));
  if (taken.length + coming.length < limit) return null;
  const settled = taken.filter((place) => !isNow(place, now));
  if (settled.length >= limit) return { until: end, winner: settled[limit - 1]! };
  const [winner] = taken.length >= limit ? taken.filter((place) => isNow(place, now)) : coming;
  const until = isNow(winner!, now) ? soon(winner!, now) : winner!.at!;
  return { until: until < end ? until : end, winner: winner! };
}
