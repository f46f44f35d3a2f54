import { localDate, localInstant, WEEKDAYS, windowMillis, type Duration, type Weekday } from '../../../kernel/local-time.js';
import type { JsonValue } from '../../../people/domain/json.js';

/** The moment and the zone in which values that hang on the calendar are made. */
export interface When { now: Date; zone: string }

const DAY_MS = 86_400_000;
const shiftDay = (day: string, days: number): string => new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
const isDay = (value: unknown): value is string => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value);
/** A day or an instant, moved the smallest step earlier or later. */
const beside = (value: unknown, step: -1 | 1): string => (isDay(value) ? shiftDay(value, step) : new Date(Date.parse(String(value)) + step * 1_000).toISOString());
const ago = ({ now }: When, value: unknown): string => new Date(now.getTime() - windowMillis(value as Duration)).toISOString();
const today = ({ now, zone }: When): string => localDate(now, zone);
/** A day whose next anniversary is `days` from today. */
const yearBefore = (when: When, days: unknown): string => { const day = shiftDay(today(when), Number(days)); return `${Number(day.slice(0, 4)) - 1}${day.slice(4)}`; };
const listOf = (current: unknown): JsonValue[] => (Array.isArray(current) ? (current as JsonValue[]) : []);
const number = (value: unknown): number => Number(value);

type Values = (value: never, current: unknown, when: When) => JsonValue[];

/** What denies each operator whose denial a missing value does not give. */
const DENIED_BY: Record<string, string> = {
  not_exists: 'exists', exists: 'not_exists', is_not: 'is', not_contains: 'contains', not_in_list: 'in_list', has_none: 'has_any', eq: 'ne', ne: 'eq', gt: 'lte', gte: 'lt', lt: 'gte', lte: 'gt', is_true: 'is_false', is_false: 'is_true',
};

/** Values for which an operator holds, the most natural first; null is no value at all. An operator that is absent has none that could be made up. */
const HOLDING: Record<string, Values> = {
  exists: () => ['yes'],
  not_exists: () => [null],
  is: (value: JsonValue) => [value],
  is_not: () => [null],
  contains: (value: JsonValue) => [String(value)],
  not_contains: () => [null],
  starts_with: (value: JsonValue) => [String(value)],
  ends_with: (value: JsonValue) => [String(value)],
  in_list: (value: JsonValue[]) => value.slice(0, 3),
  not_in_list: () => [null],
  not_matches: () => [null],
  eq: (value: number) => [value],
  ne: (value: number) => [value + 1],
  gt: (value: number) => [value + 1, value + 2],
  gte: (value: number) => [value, value + 1],
  lt: (value: number) => [value - 1, value - 2],
  lte: (value: number) => [value, value - 1],
  between: ([from, to]: [number, number], current) => (typeof current === 'number' && current > to ? [to, from] : [from, to]),
  is_true: () => [true],
  is_false: () => [false],
  has_any: (value: JsonValue[], current) => [[...listOf(current), value[0]!]],
  has_all: (value: JsonValue[], current) => [[...listOf(current), ...value]],
  has_none: () => [null],
  before: (value: string) => [beside(value, -1)],
  after: (value: string) => [beside(value, 1)],
  on: (value: string) => [value],
  day_of_week: (value: Weekday[], _, when) => {
    const days = Array.from({ length: 7 }, (_unused, ahead) => shiftDay(today(when), ahead));
    return days.filter((day) => value.includes(WEEKDAYS[(new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7]!)).slice(0, 1);
  },
  hour_between: ([from]: [number, number], _, when) => [localInstant(today(when), `${String(from % 24).padStart(2, '0')}:00`, when.zone).toISOString()],
  anniversary: (value: number, _, when) => [yearBefore(when, value)],
  anniversary_within: (_value, _current, when) => [yearBefore(when, 0)],
  within_last: (_value, _current, { now }) => [now.toISOString()],
  older_than: (value, _, when) => [ago(when, value)],
  in_next: (value, _, { now }) => [new Date(now.getTime() + windowMillis(value as Duration)).toISOString()],
};

/**
 * Values that would make a comparison true (or, with `wanted` false, not true). Proposals only: whoever uses one asks the
 * compiler whether it does.
 *
 * @param current what is stored now
 */
export function valuesFor({ op, value }: { op: string; value?: unknown }, wanted: boolean, current: unknown, when: When): JsonValue[] {
  if (wanted) return HOLDING[op]?.(value as never, current, when) ?? [];
  if (op === 'between') { const [from, to] = value as [number, number]; return [number(to) + 1, number(from) - 1]; }
  const denial = DENIED_BY[op];
  // Every other comparison fails for a value that is not there.
  return denial ? HOLDING[denial]!(value as never, current, when) : [null];
}
