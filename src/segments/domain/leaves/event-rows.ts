import type { EventRows, PropertyFilter } from '../../../contract/segment-conditions.js';
import type { Problem } from '../../../kernel/errors.js';
import { jsonOperand } from '../operands.js';
import { conditionSql, findOperator, operatorOf, OPERATORS, readsZone, windowSeconds } from '../operators.js';
import { joinPath } from '../resolved.js';
import type { Edge, Query } from './leaf.js';
import { checkText, checkValue, unknownOperator } from './values.js';

/** Conditions on one event `e`: its name, the window (now - window, now], its properties. */
export function eventFilter(rows: EventRows, { frame, bind }: Query): string {
  const start = rows.within ? [`e.occurred_at > ${frame.now} - ${bind(windowSeconds(rows.within), 'int')} * interval '1 second'`] : [];
  const known = frame.asOf ? [`e.received_at <= ${frame.now}`] : [];
  return [`e.name = ${bind(rows.event, 'text')}`, ...start, `e.occurred_at <= ${frame.now}`, ...known, ...(rows.where ?? []).map((filter) => propertySql(filter, { frame, bind }))].join(' and ');
}

/** One comparison on a property of the event `e`. */
export function propertySql(filter: PropertyFilter, { frame, bind }: Query): string {
  return conditionSql(operatorOf(filter.op), jsonOperand('e.properties', filter.property, frame, bind), filter.value, bind);
}

/** The rows to read for everybody; a filter on calendar days needs the zone of the person. */
export const eventsOfEverybody = (rows: EventRows): string => (rows.where?.some(readsZone) ? 'event as e join person as p on p.id = e.person_id' : 'event as e');

/** When an event comes into the window (at once, or when its date is reached) and when it leaves it. */
export const eventEdges = (rows: EventRows): Edge[] => [0, ...(rows.within ? [windowSeconds(rows.within)] : [])].map((offset) => ({ source: 'event', key: rows.event, offset }));

export const eventReads = (rows: EventRows): string[] => [`event:${rows.event}`, ...(rows.where?.some(readsZone) ? ['attribute:$time_zone'] : [])];

export const checkEventRows = (rows: EventRows, path: string): Problem[] => [...checkText(rows.event, joinPath(path, 'event')), ...(rows.where ?? []).flatMap((filter, index) => checkFilter(filter, joinPath(path, 'where', index)))];

function checkFilter(filter: PropertyFilter, path: string): Problem[] {
  const operator = findOperator(filter.op);
  const known = OPERATORS.filter((candidate) => !candidate.relative).map((candidate) => candidate.key);
  if (!operator) return [unknownOperator(filter.op, path, known)];
  if (operator.relative) return [{ path: joinPath(path, 'op'), code: 'segment.operator-type', message: `"${filter.op}" does not apply to a property of an event. Known: ${known.join(', ')}.` }];
  return [...checkText(filter.property, joinPath(path, 'property')), ...checkValue(operator, filter, path)];
}
