import type { Display } from '../../contract/display.js';
import { localDate, localTimeOfDay, nextLocalTime, WEEKDAYS } from '../../kernel/local-time.js';

export type Schedule = NonNullable<Display['schedule']>;

/** Gaps and doubled hours of a change of clocks push the next opening on by days, never by more than these. */
const TRIES = 10;

/**
 * Whether a schedule is open, and else when it opens next (null: never again).
 *
 * @param zone the visitor's own; null when it is not known: then days and hours, which the browser has looked at, are not asked
 */
export function scheduleAt(schedule: Schedule | undefined, now: Date, zone: string | null): { open: boolean; nextAt: Date | null } {
  if (!schedule) return { open: true, nextAt: null };
  const [from, until] = [schedule.from, schedule.until].map((moment) => (moment === undefined ? null : new Date(moment)));
  const begins = from && from! > now ? from! : now;
  const at = zone === null ? begins : firstInside(schedule, begins, zone);
  const opens = at !== null && (!until || at < until);
  return { open: opens && at === now, nextAt: opens && at !== now ? at : null };
}

function firstInside(schedule: Schedule, from: Date, zone: string): Date | null {
  let at = from;
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (isInside(schedule, at, zone)) return at;
    at = nextEdge(schedule, at, zone);
  }
  return null;
}

/** Days are those of the moment itself: 22:00 to 02:00 on Friday is its first two and its last two hours. */
function isInside({ weekdays, hours }: Schedule, at: Date, zone: string): boolean {
  const weekday = WEEKDAYS[(new Date(`${localDate(at, zone)}T00:00:00Z`).getUTCDay() + 6) % 7]!;
  if (weekdays.length > 0 && !weekdays.includes(weekday)) return false;
  if (!hours) return true;
  const time = localTimeOfDay(at, zone);
  return hours.from < hours.to ? time >= hours.from && time < hours.to : time >= hours.from || time < hours.to;
}

/** The next moment after `at` at which a schedule may open: the beginning of its hours, or of a day. */
function nextEdge({ weekdays, hours }: Schedule, at: Date, zone: string): Date {
  const after = new Date(at.getTime() + 1);
  const edges = ['00:00', ...(hours ? [hours.from] : [])].map((time) => nextLocalTime(after, time, zone, weekdays).getTime());
  return new Date(Math.min(...edges));
}
