import type { DayZone } from '../../contract/segment-conditions.js';
import { AppError } from '../../kernel/errors.js';
import { WEEKDAYS, windowMillis, type Duration, type Weekday } from '../../kernel/local-time.js';
import { decimalText } from './decimal-text.js';
import type { Bind } from './leaves/leaf.js';
import { translateRegex } from './safe-regex.js';

/** What an operator compares with: decides which values a definition may give and how a form asks for them. */
export type ValueKind = 'none' | 'text' | 'text_list' | 'pattern' | 'weekdays' | 'hours' | 'day_offset' | 'day_count' | 'number' | 'number_pair' | 'day' | 'moment' | 'duration';
export type OperatorGroup = 'any' | 'text' | 'number' | 'boolean' | 'list' | 'date';

/**
 * The compared value as SQL, in each reading. Every reading is null when the value is missing or of another type, so
 * nothing is ever cast that cannot be.
 */
export interface Operand {
  /** Never null. */
  present(): string;
  /** @param plain the compared texts cannot be the beginning of an object or a list, so that these need not be told apart */
  text(plain?: boolean): string;
  number(): string;
  truth(): string;
  /** A JSON list. */
  list(): string;
  instant(): string;
  /** Date and time of {@link instant} as clocks show it where the condition says. */
  local(): string;
  now(): string;
  /** The calendar day of {@link now} there. */
  today(): string;
}

export interface Operator {
  key: string;
  group: OperatorGroup;
  value: ValueKind;
  /** What a missing value (absent, JSON null, or not of the operator's type) gives. Only denials of texts and lists match it. */
  missing: 'match' | 'no_match';
  /** True where the answer moves with the clock; such operators need an indexed date and take no event property. */
  relative: boolean;
  label: { en: string; ko: string };
  /** SQL condition; null when the value is missing. The null rule is applied by {@link conditionSql}, once for all. */
  sql(operand: Operand, value: unknown, bind: Bind): string;
  /** For relative operators: the answer can change only at `date + offset` for these offsets, in seconds. */
  edges(value: unknown): number[];
  /** The answer can change only when a day begins whose distance (in days) from an anniversary of the date is one of these. */
  days(value: unknown): number[];
}

/** Seconds of a window; definitions carry whole seconds. */
export const windowSeconds = (duration: unknown): number => windowMillis(duration as Duration) / 1000;

const interval = (value: unknown, bind: Bind) => `${bind(windowSeconds(value), 'int')} * interval '1 second'`;
/** Telling texts from documents costs as much as the comparison; a document's text begins with a bracket. */
const isPlain = (value: unknown): boolean => (Array.isArray(value) ? value : [value]).every((text) => !/^[[{]/.test(String(text)));
/** A value of a definition as the text that stored values are compared with. */
const asText = (value: unknown): string => (typeof value === 'number' ? decimalText(value) : String(value));
const bindText = (value: unknown, bind: Bind): string => bind(asText(value), 'text');
const bindTexts = (value: unknown, bind: Bind): string => bind((value as unknown[]).map(asText), 'text[]');
const bindPattern = (value: unknown, bind: Bind): string => {
  const pattern = translateRegex(value as string);
  if ('problem' in pattern) throw new AppError('segment.pattern', pattern.problem);
  return bind(pattern.postgres, 'text');
};
/** The texts, numbers and booleans of a list, as texts; empty when there is no list. */
const elements = (o: Operand): string => `array(select i.v #>> '{}' from jsonb_array_elements(${o.list()}) as i (v) where jsonb_typeof(i.v) in ('string', 'number', 'boolean'))`;
const dayIn = (o: Operand): string => `${o.local()}::date`;
const isDay = (value: unknown): boolean => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value);

type Row = Omit<Operator, 'missing' | 'relative' | 'edges' | 'days'> & Partial<Pick<Operator, 'missing' | 'relative' | 'edges' | 'days'>>;
const rows: Row[] = [
  { key: 'exists', group: 'any', value: 'none', label: { en: 'is known', ko: '값이 있음' }, sql: (o) => o.present() },
  { key: 'not_exists', group: 'any', value: 'none', missing: 'match', label: { en: 'is unknown', ko: '값이 없음' }, sql: (o) => `not ${o.present()}` },
  { key: 'is', group: 'text', value: 'text', label: { en: 'is', ko: '같음' }, sql: (o, v, bind) => `${o.text(isPlain(v))} = ${bindText(v, bind)}` },
  { key: 'is_not', group: 'text', value: 'text', missing: 'match', label: { en: 'is not', ko: '같지 않음' }, sql: (o, v, bind) => `${o.text(isPlain(v))} <> ${bindText(v, bind)}` },
  { key: 'contains', group: 'text', value: 'text', label: { en: 'contains', ko: '포함' }, sql: (o, v, bind) => `strpos(${o.text()}, ${bindText(v, bind)}) > 0` },
  { key: 'not_contains', group: 'text', value: 'text', missing: 'match', label: { en: 'does not contain', ko: '포함하지 않음' }, sql: (o, v, bind) => `strpos(${o.text()}, ${bindText(v, bind)}) = 0` },
  { key: 'starts_with', group: 'text', value: 'text', label: { en: 'starts with', ko: '(으)로 시작' }, sql: (o, v, bind) => `starts_with(${o.text(isPlain(v))}, ${bindText(v, bind)})` },
  { key: 'ends_with', group: 'text', value: 'text', label: { en: 'ends with', ko: '(으)로 끝남' }, sql: (o, v, bind) => `right(${o.text()}, length(${bindText(v, bind)})) = ${bindText(v, bind)}` },
  { key: 'in_list', group: 'text', value: 'text_list', label: { en: 'is one of', ko: '다음 중 하나' }, sql: (o, v, bind) => `${o.text(isPlain(v))} = any(${bindTexts(v, bind)})` },
  { key: 'not_in_list', group: 'text', value: 'text_list', missing: 'match', label: { en: 'is none of', ko: '다음 중 어느 것도 아님' }, sql: (o, v, bind) => `${o.text(isPlain(v))} <> all(${bindTexts(v, bind)})` },
  { key: 'matches', group: 'text', value: 'pattern', label: { en: 'matches the pattern', ko: '정규식과 일치' }, sql: (o, v, bind) => `${o.text()} ~ ${bindPattern(v, bind)}` },
  { key: 'not_matches', group: 'text', value: 'pattern', missing: 'match', label: { en: 'does not match the pattern', ko: '정규식과 일치하지 않음' }, sql: (o, v, bind) => `${o.text()} !~ ${bindPattern(v, bind)}` },
  { key: 'eq', group: 'number', value: 'number', label: { en: 'equal to', ko: '같음' }, sql: (o, v, bind) => `${o.number()} = ${bind(v, 'numeric')}` },
  { key: 'ne', group: 'number', value: 'number', label: { en: 'not equal to', ko: '다름' }, sql: (o, v, bind) => `${o.number()} <> ${bind(v, 'numeric')}` },
  { key: 'gt', group: 'number', value: 'number', label: { en: 'more than', ko: '초과' }, sql: (o, v, bind) => `${o.number()} > ${bind(v, 'numeric')}` },
  { key: 'gte', group: 'number', value: 'number', label: { en: 'at least', ko: '이상' }, sql: (o, v, bind) => `${o.number()} >= ${bind(v, 'numeric')}` },
  { key: 'lt', group: 'number', value: 'number', label: { en: 'less than', ko: '미만' }, sql: (o, v, bind) => `${o.number()} < ${bind(v, 'numeric')}` },
  { key: 'lte', group: 'number', value: 'number', label: { en: 'at most', ko: '이하' }, sql: (o, v, bind) => `${o.number()} <= ${bind(v, 'numeric')}` },
  {
    key: 'between', group: 'number', value: 'number_pair', label: { en: 'between (both included)', ko: '사이 (양끝 포함)' },
    sql: (o, v, bind) => { const [from, to] = v as [number, number]; return `(${o.number()} >= ${bind(from, 'numeric')} and ${o.number()} <= ${bind(to, 'numeric')})`; },
  },
  { key: 'is_true', group: 'boolean', value: 'none', label: { en: 'is true', ko: '참' }, sql: (o) => o.truth() },
  { key: 'is_false', group: 'boolean', value: 'none', label: { en: 'is false', ko: '거짓' }, sql: (o) => `not ${o.truth()}` },
  { key: 'has_any', group: 'list', value: 'text_list', label: { en: 'has any of', ko: '하나라도 포함' }, sql: (o, v, bind) => `${elements(o)} && ${bindTexts(v, bind)}` },
  { key: 'has_all', group: 'list', value: 'text_list', label: { en: 'has all of', ko: '모두 포함' }, sql: (o, v, bind) => `${elements(o)} @> ${bindTexts(v, bind)}` },
  { key: 'has_none', group: 'list', value: 'text_list', missing: 'match', label: { en: 'has none of', ko: '하나도 포함하지 않음' }, sql: (o, v, bind) => `not ${elements(o)} && ${bindTexts(v, bind)}` },
  { key: 'before', group: 'date', value: 'moment', label: { en: 'before', ko: '이전' }, sql: (o, v, bind) => (isDay(v) ? `${dayIn(o)} < ${bind(v, 'date')}` : `${o.instant()} < ${bind(v, 'timestamptz')}`) },
  { key: 'after', group: 'date', value: 'moment', label: { en: 'after', ko: '이후' }, sql: (o, v, bind) => (isDay(v) ? `${dayIn(o)} > ${bind(v, 'date')}` : `${o.instant()} > ${bind(v, 'timestamptz')}`) },
  { key: 'on', group: 'date', value: 'day', label: { en: 'on', ko: '당일' }, sql: (o, v, bind) => `${dayIn(o)} = ${bind(v, 'date')}` },
  { key: 'day_of_week', group: 'date', value: 'weekdays', label: { en: 'on', ko: '요일' }, sql: (o, v, bind) => `extract(isodow from ${o.local()}) = any(${bind((v as Weekday[]).map((day) => WEEKDAYS.indexOf(day) + 1), 'int[]')})` },
  {
    key: 'hour_between', group: 'date', value: 'hours', label: { en: 'between the hours', ko: '시간대' },
    sql: (o, v, bind) => { const [from, to] = v as [number, number]; const hour = `extract(hour from ${o.local()})`; return `(${hour} >= ${bind(from, 'int')} ${from < to ? 'and' : 'or'} ${hour} < ${bind(to, 'int')})`; },
  },
  {
    key: 'anniversary', group: 'date', value: 'day_offset', relative: true, days: (v) => [Number(v), Number(v) - 1], label: { en: 'has its anniversary', ko: '기념일' },
    sql: (o, v, bind) => `segment_anniversary(${dayIn(o)}, ${o.today()} + ${bind(v, 'int')}) = ${o.today()} + ${bind(v, 'int')}`,
  },
  {
    key: 'anniversary_within', group: 'date', value: 'day_count', relative: true, days: (v) => [Number(v), -1], label: { en: 'has its anniversary within', ko: '기념일까지' },
    sql: (o, v, bind) => `segment_anniversary(${dayIn(o)}, ${o.today()}) <= ${o.today()} + ${bind(v, 'int')}`,
  },
  {
    key: 'within_last', group: 'date', value: 'duration', relative: true, edges: (v) => [0, windowSeconds(v)], label: { en: 'within the last', ko: '최근' },
    sql: (o, v, bind) => `(${o.instant()} > ${o.now()} - ${interval(v, bind)} and ${o.instant()} <= ${o.now()})`,
  },
  {
    key: 'older_than', group: 'date', value: 'duration', relative: true, edges: (v) => [windowSeconds(v)], label: { en: 'more than … ago', ko: '… 지남' },
    sql: (o, v, bind) => `${o.instant()} <= ${o.now()} - ${interval(v, bind)}`,
  },
  {
    key: 'in_next', group: 'date', value: 'duration', relative: true, edges: (v) => [0, -windowSeconds(v)], label: { en: 'within the next', ko: '앞으로' },
    sql: (o, v, bind) => `(${o.instant()} > ${o.now()} and ${o.instant()} <= ${o.now()} + ${interval(v, bind)})`,
  },
];

const noDays = (): number[] => [];

/** The one table of operators: API, checks, SQL, forms and sentences follow it. */
export const OPERATORS: readonly Operator[] = rows.map((row) => ({ missing: 'no_match', relative: false, edges: () => [], days: noDays, ...row }));
const byKey = new Map(OPERATORS.map((operator) => [operator.key, operator]));

/** Whether the answer moves with the days of a calendar. */
export const followsCalendar = (operator: Operator): boolean => operator.days !== noDays;

export const findOperator = (key: string): Operator | undefined => byKey.get(key);

/** The operator of a checked definition; one that is unknown here was never checked. */
export function operatorOf(key: string): Operator {
  const operator = findOperator(key);
  if (!operator) throw new AppError('segment.unknown-operator', `There is no operator "${key}".`);
  return operator;
}

const DAY_OPERATORS = ['day_of_week', 'hour_between', 'anniversary', 'anniversary_within'];
interface Comparison { op: string; value?: unknown; zone?: DayZone }
/** Whether the comparison is about days or hours, which differ from zone to zone. */
export const readsDays = ({ op, value }: Comparison): boolean => DAY_OPERATORS.includes(op) || (['on', 'before', 'after'].includes(op) && isDay(value));
/** Whether it is about those of the person. */
export const readsZone = (comparison: Comparison): boolean => comparison.zone !== 'workspace' && readsDays(comparison);

/** One comparison as a two-valued SQL condition. */
export function conditionSql(operator: Operator, operand: Operand, value: unknown, bind: Bind): string {
  const condition = operator.sql(operand, value, bind);
  return operator.missing === 'match' ? `((${condition}) is not false)` : `((${condition}) is true)`;
}
