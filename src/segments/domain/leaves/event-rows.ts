import type { EventRows, PropertyFilter } from '../../../contract/segment-conditions.js';
import type { Problem } from '../../../kernel/errors.js';
import { propertyCondition } from '../operands.js';
import { findOperator, OPERATORS, readsZone, windowSeconds } from '../operators.js';
import { joinPath } from '../resolved.js';
import { checkBetween, momentSql } from './between.js';
import type { Edge, Query } from './leaf.js';
import { checkText, checkValue, checkZone, unknownOperator } from './values.js';

/** A length of time, bound. */
export const spanSql = (duration: unknown, { bind }: Query): string => `${bind(windowSeconds(duration), 'int')} * interval '1 second'`;

/** Conditions on one event `e`: its name, its time (up to now, in the window given), its properties. */
export function eventFilter(rows: EventRows, query: Query): string {
  return [`e.name = ${query.bind(rows.event, 'text')}`, ...eventTime(rows, query), ...(rows.where ?? []).map((filter) => propertySql(filter, query))].join(' and ');
}

/** When events count. */
export type EventSpan = Pick<EventRows, 'within' | 'between'>;

/** Conditions on the time of one event `e`: up to now, in the window or span given. */
export function eventTime({ within, between = {} }: EventSpan, query: Query): string[] {
  const start = within ? [`e.occurred_at > ${query.frame.now} - ${spanSql(within, query)}`] : [];
  const from = between.from === undefined ? [] : [`e.occurred_at >= ${momentSql(between.from, query)}`];
  const to = between.to === undefined ? [] : [`e.occurred_at < ${momentSql(between.to, query)}`];
  return [...start, ...from, ...to, hasHappened(query)];
}

/** That an event `e` has happened: one dated ahead waits for its time. */
export const hasHappened = ({ frame }: Query): string => `e.occurred_at <= ${frame.now}`;

/** One comparison on a property of the event `e`. */
export const propertySql = (filter: PropertyFilter, query: Query): string => propertyCondition('e.properties', filter, query);

/** Filters on calendar days need the zone of the person. */
export const filtersReadZone = ({ where = [] }: Pick<EventRows, 'where'>): boolean => where.some(readsZone);

/** The rows to read for everybody. */
export const eventsOfEverybody = (withPerson: boolean): string => (withPerson ? 'event as e join person as p on p.id = e.person_id' : 'event as e');

/** When an event comes into the window (at once, or when its date is reached) and when it leaves it. */
export const eventEdges = (rows: EventRows): Edge[] => [0, ...(rows.within ? [windowSeconds(rows.within)] : [])].map((offset) => ({ source: 'event', key: rows.event, offset }));

export const eventReads = (rows: EventRows): string[] => [`event:${rows.event}`, ...(filtersReadZone(rows) ? ['attribute:$time_zone'] : [])];

export function checkEventRows(rows: EventRows, path: string): Problem[] {
  const { event, where = [] } = rows;
  return [
    ...checkText(event, joinPath(path, 'event')),
    ...where.flatMap((filter, index) => checkFilter(filter, joinPath(path, 'where', index))),
    ...checkSpan(rows, path),
  ];
}

export function checkSpan({ within, between }: EventSpan, path: string): Problem[] {
  const both = within && between ? [{ path: joinPath(path, 'between'), code: 'segment.value', message: 'Give "within" (a window that ends now) or "between" (a span of the calendar), not both.' }] : [];
  return [...both, ...(between ? checkBetween(between, joinPath(path, 'between')) : [])];
}

function checkFilter(filter: PropertyFilter, path: string): Problem[] {
  const operator = findOperator(filter.op);
  const known = OPERATORS.filter((candidate) => !candidate.relative).map((candidate) => candidate.key);
  if (!operator) return [unknownOperator(filter.op, path, known)];
  if (operator.relative) return [{ path: joinPath(path, 'op'), code: 'segment.operator-type', message: `"${filter.op}" does not apply to a property of an event. Known: ${known.join(', ')}.` }];
  return [...checkText(filter.property, joinPath(path, 'property')), ...checkValue(operator, filter, path), ...checkZone(filter, path)];
}
