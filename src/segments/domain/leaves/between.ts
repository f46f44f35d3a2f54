import type { Between } from '../../../contract/segment-conditions.js';
import type { Problem } from '../../../kernel/errors.js';
import { joinPath } from '../resolved.js';
import type { Query } from './leaf.js';
import { isMoment } from './values.js';

const isDay = (moment: string): boolean => moment.length === 10;

/** A moment as SQL: an instant as written, a day as its start in the zone of the workspace. */
export const momentSql = (moment: string, { bind, startOfDay }: Query): string => bind(isDay(moment) ? startOfDay(moment) : moment, 'timestamptz');

/** Faults of a span of the calendar. */
export function checkBetween({ from, to }: Between, path: string): Problem[] {
  const fault = (key: string, message: string): Problem => ({ path: joinPath(path, key), code: 'segment.value', message });
  if (from === undefined && to === undefined) return [{ path, code: 'segment.value', message: '"between" needs "from", "to" or both.' }];
  const ends = Object.entries({ from, to }).filter(([, moment]) => moment !== undefined && !isMoment(moment));
  if (ends.length > 0) return ends.map(([key]) => fault(key, `"${key}" needs a day or a date with time and offset, for example "2026-03-01" or "2026-03-01T09:00:00+09:00".`));
  if (from === undefined || to === undefined || Date.parse(from) < Date.parse(to) + slack(from, to)) return [];
  return [fault('to', `"to" (${to}) must be later than "from" (${from}): the span ends just before it.`)];
}

const HOURS = 3_600_000;
/** A day begins at most 14 hours before and 12 hours after its start in UTC; beside an instant, only what is empty in every zone is a fault. */
const slack = (from: string, to: string): number => (isDay(from) === isDay(to) ? 0 : isDay(from) ? 14 * HOURS : 12 * HOURS);
