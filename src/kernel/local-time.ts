import { Temporal } from 'temporal-polyfill';
import { isSure, spanAt } from './zone-spans.js';

/** A length of time as marketers say it. Days and weeks are calendar units of a time zone; hours and less are exact. */
export interface Duration {
  weeks?: number;
  days?: number;
  hours?: number;
  minutes?: number;
  seconds?: number;
}

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Asking the runtime costs tens of microseconds, and people share few zones. */
const asked = new Map<string, boolean>();
const MOST_ASKED = 2_000;

/** True when the name is an IANA zone this runtime knows ("Asia/Seoul"). */
export function isTimeZone(zone: string): boolean {
  const before = asked.get(zone);
  if (before !== undefined) return before;
  const known = isKnown(zone);
  if (asked.size < MOST_ASKED && zone.length <= 64) asked.set(zone, known);
  return known;
}

function isKnown(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return !/^[+-]/.test(zone);
  } catch {
    return false;
  }
}

/**
 * DST rule, decided here once ("compatible", RFC 5545): a local time that a spring-forward skips is moved forward by the
 * gap (02:30 becomes 03:30); a local time that occurs twice in autumn is the first of the two.
 */
const DST = { disambiguation: 'compatible' } as const;

const DAY_MS = 86_400_000;
const zoned = (at: Date, zone: string) => Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);
const instant = (value: Temporal.ZonedDateTime) => new Date(value.epochMilliseconds);

/** `at` plus a duration: calendar days in `zone` first (same wall-clock time), then exact hours, minutes, seconds. */
export function addDuration(at: Date, duration: Duration, zone: string): Date {
  const { weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0 } = duration;
  const exact = ((hours * 60 + minutes) * 60 + seconds) * 1000;
  const span = spanAt(zone, at.getTime());
  const later = at.getTime() + (weeks * 7 + days) * DAY_MS;
  if (span && isSure(span, later)) return new Date(later + exact);
  return new Date(instant(zoned(at, zone).add({ weeks, days })).getTime() + exact);
}

/** The first instant at or after `at` whose local time in `zone` is `time` ("09:00") on one of `weekdays` (any day when empty). */
export function nextLocalTime(at: Date, time: string, zone: string, weekdays: readonly Weekday[] = []): Date {
  const soon = nextInSpan(at.getTime(), time, zone, weekdays);
  if (soon !== null) return new Date(soon);
  const start = zoned(at, zone);
  const wanted = Temporal.PlainTime.from(time);
  for (let ahead = 0; ahead <= 8; ahead += 1) {
    const date = start.toPlainDate().add({ days: ahead });
    if (weekdays.length > 0 && !weekdays.includes(WEEKDAYS[date.dayOfWeek - 1]!)) continue;
    const candidate = instant(date.toPlainDateTime(wanted).toZonedDateTime(zone, DST));
    if (candidate.getTime() >= at.getTime()) return candidate;
  }
  throw new RangeError(`no ${time} on ${weekdays.join(', ')} within eight days`);
}

/**
 * The first instant after `at` at which the clocks of `zone` come to `time`: they show it, a second time too where it is there twice, or
 * are put forward past it. For the end of hours that `at` lies in; a time to meet at is {@link nextLocalTime}.
 */
export function nextPassing(at: Date, time: string, zone: string): Date {
  const soon = nextInSpan(at.getTime(), time, zone, []);
  if (soon !== null && soon > at.getTime()) return new Date(soon);
  const today = zoned(at, zone).toPlainDate();
  const wanted = Temporal.PlainTime.from(time);
  for (let ahead = 0; ahead <= 2; ahead += 1) {
    const local = today.add({ days: ahead }).toPlainDateTime(wanted);
    const [first, second] = (['earlier', 'later'] as const).map((disambiguation) => local.toZonedDateTime(zone, { disambiguation })) as [Temporal.ZonedDateTime, Temporal.ZonedDateTime];
    // In a gap neither of them shows it: the clocks leave it out at the change between them.
    const passes = first.toPlainDateTime().equals(local) ? [first, second] : [first.getTimeZoneTransition('next') ?? second];
    const found = passes.find((each) => each.epochMilliseconds > at.getTime());
    if (found) return instant(found);
  }
  throw new RangeError(`no ${time} within two days`);
}

const WHOLE_MINUTES = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** The same by plain arithmetic, where the clocks are left alone around the answer; null where they may not be. */
function nextInSpan(at: number, time: string, zone: string, weekdays: readonly Weekday[]): number | null {
  const [, hours, minutes] = WHOLE_MINUTES.exec(time) ?? [];
  const span = hours === undefined ? null : spanAt(zone, at);
  if (!span) return null;
  const today = Math.floor((at + span.offset) / DAY_MS);
  for (let day = today; day <= today + 8; day += 1) {
    // 1 January 1970 was a Thursday.
    if (weekdays.length > 0 && !weekdays.includes(WEEKDAYS[(((day + 3) % 7) + 7) % 7]!)) continue;
    const candidate = day * DAY_MS + (Number(hours) * 60 + Number(minutes)) * 60_000 - span.offset;
    if (!isSure(span, candidate)) return null;
    if (candidate >= at) return candidate;
  }
  return null;
}

/** The instant of a local date and time in a zone, by the DST rule above. */
export function localInstant(date: string, time: string, zone: string): Date {
  return instant(Temporal.PlainDate.from(date).toPlainDateTime(Temporal.PlainTime.from(time)).toZonedDateTime(zone, DST));
}

export const BUCKET_SIZES = ['hour', 'day', 'week'] as const;
export type BucketSize = (typeof BUCKET_SIZES)[number];

/**
 * Where the hours, calendar days or weeks (from Monday) of a zone begin: from the one that `from` lies in to the end of the
 * one that the last moment before `to` lies in; at most `limit` of them. A day that a change of clocks makes longer or
 * shorter is one day all the same. Hours begin when the zone's clocks show a full hour (in India at :30 of UTC's); clocks that
 * are changed by half an hour make the hour before shorter, or leave a short one behind.
 */
export function bucketStarts(from: Date, to: Date, size: BucketSize, zone: string, limit: number): Date[] {
  const first = zoned(from, zone);
  if (size === 'hour') return hourStarts(fullHour(first), to, limit);
  const begin = first.subtract({ days: size === 'week' ? first.dayOfWeek - 1 : 0 }).startOfDay();
  const starts = [instant(begin)];
  while (starts.at(-1)! < to && starts.length < limit) starts.push(instant(begin.add({ days: size === 'week' ? 7 * starts.length : starts.length }).startOfDay()));
  return starts;
}

const fullHour = (at: Temporal.ZonedDateTime) => at.round({ smallestUnit: 'hour', roundingMode: 'floor' });

function hourStarts(begin: Temporal.ZonedDateTime, to: Date, limit: number): Date[] {
  const starts = [instant(begin)];
  for (let at = begin; starts.at(-1)! < to && starts.length < limit; starts.push(instant(at))) {
    const later = at.add({ hours: 1 });
    const full = fullHour(later);
    // Where clocks go back by half an hour the full hour before is the one we are in: the rest of it is a piece of its own.
    at = Temporal.ZonedDateTime.compare(full, at) > 0 ? full : later;
  }
  return starts;
}

/** The first instant of a local calendar day, whatever its clocks do: 00:00, or later when the day begins after a gap. */
export function startOfDay(date: string, zone: string): Date {
  return instant(Temporal.PlainDate.from(date).toZonedDateTime(zone));
}

/** The local calendar date ("2026-03-29") of an instant in a zone. */
export function localDate(at: Date, zone: string): string {
  return zoned(at, zone).toPlainDate().toString();
}

/** The local time of day ("21:00:00.000") of an instant in a zone; compares as text with a time such as "21:00". */
export function localTimeOfDay(at: Date, zone: string): string {
  const span = spanAt(zone, at.getTime());
  if (span) return new Date(at.getTime() + span.offset).toISOString().slice(-13, -1);
  return zoned(at, zone).toPlainTime().toString({ smallestUnit: 'millisecond' });
}

/** Exact length of the sub-day part plus 24 h days: the meaning of durations in sliding event windows, in milliseconds. */
export function windowMillis(duration: Duration): number {
  const { weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0 } = duration;
  return ((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}

/** The calendar day, week (from Monday) or month of a zone that an instant lies in: from its first moment to before its end. */
export function calendarPeriod(at: Date, unit: 'day' | 'week' | 'month', zone: string): { start: Date; end: Date } {
  const day = zoned(at, zone).toPlainDate();
  const first = unit === 'day' ? day : unit === 'week' ? day.subtract({ days: day.dayOfWeek - 1 }) : day.with({ day: 1 });
  const next = first.add(unit === 'month' ? { months: 1 } : { days: unit === 'week' ? 7 : 1 });
  return { start: instant(first.toZonedDateTime(zone)), end: instant(next.toZonedDateTime(zone)) };
}

/**
 * When a stretch of the local day next is open: null when it is at this moment. Over midnight (`to` not after `from`) it belongs to the day it
 * begins on. Its ends are instants by the DST rule above, so one that a change of clocks swallows whole does not come that day.
 */
export function opensAt(at: Date, { weekdays, from, to }: { weekdays: readonly Weekday[]; from: string; to: string }, zone: string): Date | null {
  const today = zoned(at, zone).toPlainDate();
  for (let ahead = -1; ahead <= 15; ahead += 1) {
    const day = today.add({ days: ahead });
    if (weekdays.length > 0 && !weekdays.includes(WEEKDAYS[day.dayOfWeek - 1]!)) continue;
    const begins = localInstant(day.toString(), from, zone);
    const ends = localInstant((to > from ? day : day.add({ days: 1 })).toString(), to, zone);
    if (begins >= ends || ends <= at) continue;
    return begins <= at ? null : begins;
  }
  throw new RangeError(`never open: ${from} to ${to} on ${weekdays.join(', ')}`);
}
