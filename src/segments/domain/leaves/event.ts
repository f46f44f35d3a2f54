import type { EventCondition } from '../../../contract/segment-conditions.js';
import { joinPath } from '../resolved.js';
import { checkEventRows, eventEdges, eventFilter, eventReads, eventsOfEverybody, filtersReadZone } from './event-rows.js';
import { hasRows, type LeafKind, type Query } from './leaf.js';
import { asksExistence, checkCount, comparisonHolds, comparisonSql } from './number-comparison.js';

const atZero = (leaf: EventCondition): boolean => comparisonHolds(leaf.count, 0);
const counted = (leaf: EventCondition, query: Query): string => `(select count(*) from event as e where e.person_id = p.id and ${eventFilter(leaf, query)})`;

/** How often something was done. */
export const eventLeaf: LeafKind<EventCondition> = {
  check: (leaf, path) => [...checkEventRows(leaf, path), ...checkCount(leaf.count, joinPath(path, 'count'))],
  lookup(leaf, query) {
    if (asksExistence(leaf.count)) return `(${atZero(leaf) ? 'not ' : ''}${hasRows(`event as e where e.person_id = p.id and ${eventFilter(leaf, query)}`)})`;
    return `(${comparisonSql(leaf.count, counted(leaf, query), query.bind)})`;
  },
  exceptions(leaf, query) {
    const rows = { person: 'e.person_id', from: eventsOfEverybody(filtersReadZone(leaf)), where: eventFilter(leaf, query), ownedByPerson: true };
    if (asksExistence(leaf.count)) return rows;
    const holds = comparisonSql(leaf.count, 'count(*)', query.bind);
    return { ...rows, having: atZero(leaf) ? `not (${holds})` : holds };
  },
  compared: (leaf, query) => `to_jsonb(${counted(leaf, query)})`,
  edges: eventEdges,
  reads: eventReads,
  unknown: atZero,
};
