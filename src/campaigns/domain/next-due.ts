import { addDuration, localDate, localInstant, nextLocalTime, type Duration, type Weekday } from '../../kernel/local-time.js';

export interface WaitRule {
  for?: Duration;
  until?: { time: string; weekdays: readonly Weekday[] };
}

/** When a wait that begins at `from` ends: after its duration, then at the next such local time. */
export function waitEnds({ for: duration, until }: WaitRule, from: Date, zone: string): Date {
  const after = duration ? addDuration(from, duration, zone) : from;
  return until ? nextLocalTime(after, until.time, zone, until.weekdays) : after;
}

export interface DateRule {
  /** Days after (negative: before) the date. */
  days: number;
  /** "09:00", in the person's zone. */
  time: string;
  /** At each anniversary of the date instead. */
  every?: 'year';
}

/** A stored date: the instant, and the text it was told as. */
export interface DateValue { text: string | null; at: Date }

const DAY_MS = 86_400_000;
const DAY_ONLY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The instant at which a date attribute lets a person in. A value without time ("2026-03-29") is that calendar day
 * everywhere; an instant is the calendar day it falls on in the person's zone.
 */
export function dateEntryAt(value: DateValue, rule: DateRule, zone: string): Date {
  return onDay(dayOf(value, zone), rule, zone);
}

const dayOf = ({ text, at }: DateValue, zone: string): string => (text !== null && DAY_ONLY.test(text) ? text : localDate(at, zone));

function onDay(day: string, { days, time }: Pick<DateRule, 'days' | 'time'>, zone: string): Date {
  // Beyond the years 0 to 9999 a day has a sign and six digits of a year: "9999-12-31", said of what never ends, is at its edge.
  const shifted = new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, -'T00:00:00.000Z'.length);
  const at = localInstant(shifted, time, zone);
  return at.getTime() > LAST_MS ? new Date(LAST_MS) : at;
}

/** The last moment that the database reads as JavaScript writes it; whoever waits for a later one waits for this. */
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59);

/** The same day of another year; of 29 February the 28th where there is none, as segments have it. */
const inYear = (day: string, year: number): string => {
  const named = `${String(year).padStart(4, '0')}${day.slice(-6)}`;
  return day.slice(-5) === '02-29' && new Date(`${named}T00:00:00Z`).getUTCDate() !== 29 ? `${String(year).padStart(4, '0')}-02-28` : named;
};

/** The instants in (from, to] at which a date lets a person in: one at most, or one for each anniversary, the first a year after the date. */
export function dateEntriesIn(value: DateValue, rule: DateRule, zone: string, { from, to }: { from: Date; to: Date }): Date[] {
  const isIn = (at: Date) => at > from && at <= to;
  if (rule.every !== 'year') return [dateEntryAt(value, rule, zone)].filter(isIn);
  const day = dayOf(value, zone);
  const year = (at: Date, margin: number) => new Date(at.getTime() - rule.days * DAY_MS + margin).getUTCFullYear();
  const first = Math.max(Number(day.slice(0, -6)) + 1, year(from, -REACH_MS));
  const last = year(to, REACH_MS);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => onDay(inYear(day, first + index), rule, zone)).filter(isIn);
}

/** Zones reach from UTC−12 to UTC+14 and a day has 24 hours: a local time on a date's day lies within this of the date itself. */
const REACH_MS = 39 * 3_600_000;

/** Stored instants of the date whose entry instant can lie in (from, to]: a superset, half-open, exact filtering follows. */
export function dateWindow(from: Date, to: Date, rule: DateRule): { from: Date; to: Date } {
  const days = rule.days * DAY_MS;
  return { from: new Date(from.getTime() - days - REACH_MS), to: new Date(to.getTime() - days + REACH_MS) };
}

const MINUTE = 60_000;

/** Start of the minute: entry times are whole minutes in every zone, so nothing becomes due inside one. */
export const minuteOf = (at: Date): Date => new Date(Math.floor(at.getTime() / MINUTE) * MINUTE);
