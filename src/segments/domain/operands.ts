import type { DayZone, PropertyFilter } from '../../contract/segment-conditions.js';
import type { Bind, Frame } from './leaves/leaf.js';
import { conditionSql, operatorOf, type Operand } from './operators.js';

const BUILT_IN = {
  $email: { reading: 'text', sql: 'lower(p.email)' },
  $external_id: { reading: 'text', sql: 'p.external_id' },
  $kind: { reading: 'text', sql: 'p.kind' },
  $time_zone: { reading: 'text', sql: 'p.time_zone' },
  $language: { reading: 'text', sql: 'p.language' },
  $signed_up_at: { reading: 'date', sql: 'p.signed_up_at' },
  $first_seen_at: { reading: 'date', sql: 'p.first_seen_at' },
  $last_seen_at: { reading: 'date', sql: 'p.last_seen_at' },
} as const;
export const BUILT_IN_KEYS = Object.keys(BUILT_IN);

export const builtIn = (key: string): { reading: 'text' | 'date'; sql: string } | undefined => (Object.hasOwn(BUILT_IN, key) ? BUILT_IN[key as keyof typeof BUILT_IN] : undefined);

const localOf = (instant: string, frame: Frame) => `segment_local(${instant}, ${frame.personZone ?? 'p.time_zone'}, ${frame.zone})`;
/** A date without a time is that day in every zone. @param text the date as it was told */
const localOrDay = (instant: string, text: string, frame: Frame) => `(case when length(${text}) = 10 then ${instant} at time zone 'UTC' else ${localOf(instant, frame)} end)`;
/** What every operand knows of the present moment. */
const momentOf = (frame: Frame) => ({ now: () => frame.now, today: () => `${localOf(frame.now, frame)}::date` });

/** The same moment and zone of the workspace (both still bound only when read), with days as the condition wants them. */
export const inZone = (frame: Frame, zone: DayZone | undefined): Frame => (zone === 'workspace' ? Object.create(frame, { personZone: { value: 'null::text' } }) as Frame : frame);

/** A column of the person. */
export function columnOperand(column: { reading: 'text' | 'date'; sql: string }, frame: Frame): Operand {
  const text = column.reading === 'text' ? column.sql : 'null::text';
  const instant = column.reading === 'date' ? column.sql : 'null::timestamptz';
  return { ...momentOf(frame), present: () => `(${column.sql} is not null)`, text: () => text, number: () => 'null::numeric', truth: () => 'null::boolean', list: () => 'null::jsonb', instant: () => instant, local: () => localOf(instant, frame) };
}

/** A value inside a JSON document. A name with dots is first taken as it stands, then as a path. */
export function jsonValue(document: string, key: string, bind: Bind): string {
  const plain = `(${document} -> ${bind(key, 'text')})`;
  return key.includes('.') ? `coalesce(${plain}, ${document} #> ${bind(key.split('.'), 'text[]')})` : plain;
}

/**
 * The readings of {@link jsonValue}. Text operators read
 * texts, numbers and booleans; objects and lists are no text.
 */
export function jsonOperand(document: string, key: string, frame: Frame, bind: Bind): Operand {
  const isPath = key.includes('.');
  // Bound when asked for: PostgreSQL refuses a parameter that its statement does not use.
  const value = (): string => jsonValue(document, key, bind);
  const ofType = (type: string, reading: string): string => `(case when jsonb_typeof(${value()}) = '${type}' then ${reading} end)`;
  const text = (): string => `(case when jsonb_typeof(${value()}) in ('string', 'number', 'boolean') then ${value()} #>> '{}' end)`;
  const instant = (): string => `segment_instant(${ofType('string', `${value()} #>> '{}'`)})`;
  return {
    ...momentOf(frame),
    present: () => `coalesce(jsonb_typeof(${value()}) <> 'null', false)`,
    text: (unguarded) => (!unguarded ? text() : isPath ? `(${value()} #>> '{}')` : `(${document} ->> ${bind(key, 'text')})`),
    number: () => ofType('number', `${value()}::numeric`),
    truth: () => ofType('boolean', `${value()}::boolean`),
    list: () => ofType('array', value()),
    instant,
    local: () => localOrDay(instant(), `${value()} #>> '{}'`, frame),
  };
}

/** Any operand with its instant taken from a column that holds it ready (`person_date`). */
export function withInstant(operand: Operand, instant: string, frame: Frame): Operand {
  const { present, text, number, truth, list } = operand;
  return { present, text, number, truth, list, ...momentOf(frame), instant: () => instant, local: () => localOrDay(instant, text(true), frame) };
}

/** One comparison on a property inside a document (of an event) as a two-valued SQL condition. */
export const propertyCondition = (document: string, { property, op, value, zone }: PropertyFilter, { frame, bind }: { frame: Frame; bind: Bind }): string =>
  conditionSql(operatorOf(op), jsonOperand(document, property, inZone(frame, zone), bind), value, bind);
