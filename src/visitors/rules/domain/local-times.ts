import type { Display } from '../../../contract/display.js';
import type { WireExpression } from '../../../contract/visitor-wire.js';
import { WEEKDAYS } from '../../../kernel/local-time.js';

const HOUR = 60;
const DAY = 24 * HOUR;

/**
 * Days and hours of a schedule as expressions over the time as browsers write it, `Sun Nov 22 2026 09:30:00 GMT…`: local, and the same in every
 * language. Hours are [from, to), over midnight too: such a night belongs to the day it began on. Hours that end where they
 * begin are the whole day. None when it runs at all times.
 */
export function localTimes(schedule: Display['schedule']): WireExpression[] {
  const days = WEEKDAYS.flatMap((day, index) => (schedule?.weekdays.includes(day) ? [index] : []));
  const from = minutes(schedule?.hours?.from ?? '00:00');
  const to = minutes(schedule?.hours?.to ?? '00:00');
  if (from < to) return [expression(days, from, to)];
  if (days.length % WEEKDAYS.length === 0 && from === to) return [];
  const evening = expression(days, from, DAY);
  return to === 0 ? [evening] : [evening, expression(days.map((day) => (day + 1) % WEEKDAYS.length), 0, to)];
}

const minutes = (time: string): number => Number(time.slice(0, 2)) * HOUR + Number(time.slice(3));

/** @param days from Monday; none is every day */
function expression(days: readonly number[], from: number, to: number): string {
  const names = days.map((day) => WEEKDAYS[day]!).map((name) => name[0]!.toUpperCase() + name.slice(1));
  const day = names.length > 0 ? `^(?:${names.join('|')})` : '^...';
  return from === 0 && to === DAY ? day : `${day}.{13}(?:${beginnings(from, to).join('|')})`;
}

/** What the times of [from, to) begin with: whole hours, tens of minutes, minutes. */
function beginnings(from: number, to: number): string[] {
  const found: string[] = [];
  for (let at = from; at < to;) {
    const [length, step] = at % HOUR === 0 && at + HOUR <= to ? [3, HOUR] : at % 10 === 0 && at + 10 <= to ? [4, 10] : [5, 1];
    found.push(`${String(Math.floor(at / HOUR)).padStart(2, '0')}:${String(at % HOUR).padStart(2, '0')}`.slice(0, length));
    at += step;
  }
  return found;
}
