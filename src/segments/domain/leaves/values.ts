import type { DayZone } from '../../../contract/segment-conditions.js';
import type { Problem } from '../../../kernel/errors.js';
import { WEEKDAYS, type Weekday } from '../../../kernel/local-time.js';
import { OPERATORS, readsDays, type Operator, type ValueKind } from '../operators.js';
import { joinPath } from '../resolved.js';
import { translateRegex } from '../safe-regex.js';

const EXPECTED: Record<ValueKind, string> = {
  none: 'takes no value',
  text: 'needs a text, for example "pro"',
  text_list: 'needs a list of texts, for example ["pro", "team"]',
  pattern: 'needs a regular expression, for example "^/pricing(/|$)"',
  weekdays: 'needs a list of days of the week out of mon, tue, wed, thu, fri, sat, sun, for example ["sat", "sun"]',
  hours: 'needs two whole hours from 0 to 24, from the first and before the second, for example [9, 18] or, over midnight, [22, 6]',
  day_offset: 'needs a whole number of days from today, -365 to 365, for example 0 (today), 7 (in 7 days) or -1 (yesterday)',
  day_count: 'needs a whole number of days, 0 to 365, for example 7',
  number: 'needs a number, for example 10',
  number_pair: 'needs two numbers, the smaller first, for example [1, 10]',
  day: 'needs a day, for example "2026-03-01"',
  moment: 'needs a day or a date with time and offset, for example "2026-03-01" or "2026-03-01T09:00:00+09:00"',
  duration: 'needs a duration, for example {"days": 3}',
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-](0\d|1[0-5]):[0-5]\d)$/;

/** Whether a text is a date of the calendar: 31 February is none. */
function isRealDate(text: string): boolean {
  const day = text.slice(0, 10);
  const at = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day) && Number(day.slice(0, 4)) > 0 && !Number.isNaN(Date.parse(text));
}

const isPair = (value: unknown): boolean => Array.isArray(value) && value.length === 2 && value.every((item) => typeof item === 'number') && (value[0] as number) <= (value[1] as number);

const isWhole = (value: unknown, least: number, most: number): boolean => typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;

/** A day ("2026-03-01") or an instant with its offset. */
export const isMoment = (value: unknown): boolean => typeof value === 'string' && (DAY.test(value) || MOMENT.test(value)) && isRealDate(value);

const FITS: Record<ValueKind, (value: unknown) => boolean> = {
  none: (value) => value === undefined,
  text: (value) => (typeof value === 'string' && value !== '') || typeof value === 'number' || typeof value === 'boolean',
  text_list: (value) => Array.isArray(value) && value.length > 0,
  pattern: (value) => typeof value === 'string',
  weekdays: (value) => Array.isArray(value) && value.length > 0 && value.every((day) => WEEKDAYS.includes(day as Weekday)),
  hours: (value) => Array.isArray(value) && value.length === 2 && value.every((hour) => isWhole(hour, 0, 24)) && value[0] !== value[1] && value[0] !== 24 && value[1] !== 0,
  day_offset: (value) => isWhole(value, -365, 365),
  day_count: (value) => isWhole(value, 0, 365),
  number: (value) => typeof value === 'number',
  number_pair: isPair,
  day: (value) => typeof value === 'string' && DAY.test(value) && isRealDate(value),
  moment: isMoment,
  duration: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

/** Whether the value is one the operator can compare with. */
export function checkValue(operator: Operator, { value }: { value?: unknown }, path: string): Problem[] {
  const place = joinPath(path, 'value');
  if (!FITS[operator.value](value)) return [{ path: place, code: 'segment.value', message: `"${operator.key}" ${EXPECTED[operator.value]}.` }];
  if (operator.value === 'pattern') return checkPattern(value as string, place);
  const texts = Array.isArray(value) ? value : [value];
  return texts.flatMap((text) => (typeof text === 'string' ? checkText(text, place) : [])).slice(0, 1);
}

/** A zone is said only where it matters, so that nobody believes that it does elsewhere. */
export function checkZone(comparison: { op: string; value?: unknown; zone?: DayZone }, path: string): Problem[] {
  if (comparison.zone === undefined || readsDays(comparison)) return [];
  return [{ path: joinPath(path, 'zone'), code: 'segment.value', message: `"zone" says whose days and hours are meant; "${comparison.op}" with this value asks for neither. Leave it out.` }];
}

/** Faults of a regular expression: what makes it unreadable, or unsafe to run on texts of any length. */
export function checkPattern(pattern: string, path: string): Problem[] {
  const translated = translateRegex(pattern);
  return 'problem' in translated ? [{ path, code: 'segment.pattern', message: translated.problem }] : [];
}

/** PostgreSQL stores every text but these two. */
export function checkText(text: string, path: string): Problem[] {
  return /\0|\p{Surrogate}/u.test(text) ? [{ path, code: 'segment.text', message: 'The text holds a character that cannot be stored (zero or half of a surrogate pair).' }] : [];
}

export const unknownOperator = (op: string, path: string, known = OPERATORS.map((operator) => operator.key)): Problem => ({ path: joinPath(path, 'op'), code: 'segment.unknown-operator', message: `There is no operator "${op}". Known: ${known.join(', ')}.` });
