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
}

const DAY_ONLY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The instant at which a date attribute lets a person in. A value without time ("2026-03-29") is that calendar day
 * everywhere; an instant is the calendar day it falls on in the person's zone.
 */
export function dateEntryAt(value: { text: string | null; at: Date }, rule: DateRule, zone: string): Date {
  const day = value.text !== null && DAY_ONLY.test(value.text) ? value.text : localDate(value.at, zone);
  const shifted = new Date(Date.parse(`${day}T00:00:00Z`) + rule.days * 86_400_000).toISOString().slice(0, 10);
  return localInstant(shifted, rule.time, zone);
}

/** Zones reach from UTC−12 to UTC+14 and a day has 24 hours: a local time on a date's day lies within this of the date itself. */
const REACH_MS = 39 * 3_600_000;

/** Stored instants of the date whose entry instant can lie in (from, to]: a superset, half-open, exact filtering follows. */
export function dateWindow(from: Date, to: Date, rule: DateRule): { from: Date; to: Date } {
  const days = rule.days * 86_400_000;
  return { from: new Date(from.getTime() - days - REACH_MS), to: new Date(to.getTime() - days + REACH_MS) };
}

const MINUTE = 60_000;

/** Start of the minute: entry times are whole minutes in every zone, so nothing becomes due inside one. */
export const minuteOf = (at: Date): Date => new Date(Math.floor(at.getTime() / MINUTE) * MINUTE);
