import type { EventTimeCondition } from '../../../contract/segment-conditions.js';
import type { Problem } from '../../../kernel/errors.js';
import { columnOperand } from '../operands.js';
import { conditionSql, findOperator, followsCalendar, operatorOf, OPERATORS, readsZone, type Operator } from '../operators.js';
import { joinPath } from '../resolved.js';
import { checkEventRows, eventEdges, eventFilter, eventReads, eventsOfEverybody, filtersReadZone } from './event-rows.js';
import { hasRows, type LeafKind, type Query } from './leaf.js';
import { checkValue, unknownOperator } from './values.js';

/** Events of the future have not happened, so nothing can be said about the next one; anniversaries are those of a person's dates. */
const applies = (operator: Operator): boolean => operator.group === 'date' && operator.key !== 'in_next' && !followsCalendar(operator);

const momentOf = (leaf: EventTimeCondition): string => `${leaf.which === 'first' ? 'min' : 'max'}(e.occurred_at)`;
const holdsAt = (leaf: EventTimeCondition, instant: string, { frame, bind }: Query): string => conditionSql(operatorOf(leaf.op), columnOperand({ reading: 'date', sql: instant }, frame), leaf.value, bind);
const moment = (leaf: EventTimeCondition, query: Query): string => `select ${momentOf(leaf)} as at from event as e where e.person_id = p.id and ${eventFilter(leaf, query)}`;

/**
 * Whether any event that satisfies the comparison is enough: the last event is recent, or after an instant, as soon as one
 * is; the first is long ago, or before an instant, as soon as one is. Calendar days are left out: clocks set back over
 * midnight let a day come twice.
 */
const anyIsEnough = (leaf: EventTimeCondition): boolean => !readsZone(leaf) && (leaf.which === 'last' ? ['within_last', 'after'] : ['older_than', 'before']).includes(leaf.op);

/** When something was done first or last. */
export const eventTimeLeaf: LeafKind<EventTimeCondition> = {
  check: (leaf, path) => [...checkEventRows(leaf, path), ...checkOperator(leaf, path)],
  lookup(leaf, query) {
    if (anyIsEnough(leaf)) return hasRows(`event as e where e.person_id = p.id and ${eventFilter(leaf, query)} and ${holdsAt(leaf, 'e.occurred_at', query)}`);
    return `(select ${holdsAt(leaf, 'm.at', query)} from (${moment(leaf, query)}) as m)`;
  },
  exceptions(leaf, query) {
    const zoned = readsZone(leaf) || filtersReadZone(leaf);
    // Grouped by the key of the person, so that the person's zone may be read beside the moment.
    const rows = { person: zoned ? 'p.id' : 'e.person_id', from: eventsOfEverybody(zoned), where: eventFilter(leaf, query), ownedByPerson: true };
    if (anyIsEnough(leaf)) return { ...rows, where: `${rows.where} and ${holdsAt(leaf, 'e.occurred_at', query)}` };
    return { ...rows, having: holdsAt(leaf, momentOf(leaf), query) };
  },
  compared: (leaf, query) => `(select to_jsonb(m.at) from (${moment(leaf, query)}) as m)`,
  edges: (leaf) => [...eventEdges(leaf), ...operatorOf(leaf.op).edges(leaf.value).map((offset) => ({ source: 'event' as const, key: leaf.event, offset }))],
  reads: (leaf) => [...eventReads(leaf), ...(readsZone(leaf) ? ['attribute:$time_zone'] : [])],
  unknown: () => false,
};

function checkOperator(leaf: EventTimeCondition, path: string): Problem[] {
  const operator = findOperator(leaf.op);
  const known = OPERATORS.filter(applies).map(({ key }) => key);
  if (!operator) return [unknownOperator(leaf.op, path, known)];
  if (!applies(operator)) return [{ path: joinPath(path, 'op'), code: 'segment.operator-type', message: `"${leaf.op}" does not apply to when something happened. Known: ${known.join(', ')}.` }];
  return checkValue(operator, leaf, path);
}
