import type { EventValueCondition } from '../../../contract/segment-conditions.js';
import type { Problem } from '../../../kernel/errors.js';
import { jsonOperand, jsonValue } from '../operands.js';
import { joinPath } from '../resolved.js';
import { checkEventRows, eventEdges, eventFilter, eventReads, eventsOfEverybody, filtersReadZone } from './event-rows.js';
import type { LeafKind, Query } from './leaf.js';
import { checkCount, comparisonHolds, comparisonSql } from './number-comparison.js';
import { checkText } from './values.js';

/** The value of one event: a JSON number, or for `distinct` any value but null. */
function valueSql({ measure, property }: EventValueCondition, { frame, bind }: Query): string {
  return measure === 'distinct' ? `nullif(${jsonValue('e.properties', property, bind)}, 'null')` : jsonOperand('e.properties', property, frame, bind).number();
}

/** The measure over the events of one person or group; null when it has no value. */
function measureSql(leaf: EventValueCondition, query: Query): string {
  const value = valueSql(leaf, query);
  switch (leaf.measure) {
    case 'sum': return `coalesce(sum(${value}), 0)`;
    case 'average': return `avg(${value})`;
    case 'distinct': return `count(distinct ${value})`;
    default: return `${leaf.measure}(${value})`;
  }
}

/** The comparison, two-valued. An average is compared as sum with bound times count: a quotient would be rounded. */
function holdsSql(leaf: EventValueCondition, query: Query): string {
  const { bind } = query;
  if (leaf.measure !== 'average') return `((${comparisonSql(leaf, measureSql(leaf, query), bind, 'numeric')}) is true)`;
  const value = valueSql(leaf, query);
  return `((${comparisonSql(leaf, `sum(${value})`, (bound, type) => `${bind(bound, type)} * count(${value})`, 'numeric')}) is true)`;
}

const ofPerson = (leaf: EventValueCondition, query: Query): string => `from event as e where e.person_id = p.id and ${eventFilter(leaf, query)}`;
/** Without any value a sum and a number of values are 0; there is no average, largest or smallest. */
const withoutEvents = (leaf: EventValueCondition): boolean => (leaf.measure === 'sum' || leaf.measure === 'distinct') && comparisonHolds(leaf, 0);

/** What a property of events amounts to. */
export const eventValueLeaf: LeafKind<EventValueCondition> = {
  check: (leaf, path) => [...checkEventRows(leaf, path), ...checkText(leaf.property, joinPath(path, 'property')), ...checkBounds(leaf, path)],
  lookup: (leaf, query) => `(select ${holdsSql(leaf, query)} ${ofPerson(leaf, query)})`,
  exceptions(leaf, query) {
    const holds = holdsSql(leaf, query);
    return { person: 'e.person_id', from: eventsOfEverybody(filtersReadZone(leaf)), where: eventFilter(leaf, query), having: withoutEvents(leaf) ? `not ${holds}` : holds, ownedByPerson: true };
  },
  compared: (leaf, query) => `(select jsonb_build_object('value', ${measureSql(leaf, query)}, 'counted', count(${valueSql(leaf, query)}), 'events', count(*)) ${ofPerson(leaf, query)})`,
  edges: eventEdges,
  reads: eventReads,
  unknown: withoutEvents,
};

/** Sums and the like may be negative; a number of different values may not. */
function checkBounds(leaf: EventValueCondition, path: string): Problem[] {
  return checkCount(leaf, path, leaf.measure === 'distinct' ? 'different values' : null);
}
