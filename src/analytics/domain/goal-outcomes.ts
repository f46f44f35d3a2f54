import type { PropertyFilter } from '../../contract/segment-conditions.js';
import type { Frame } from '../../segments/domain/leaves/leaf.js';
import { propertyCondition } from '../../segments/domain/operands.js';
import type { SqlValues } from '../../segments/domain/sql-values.js';

/** Numbers and texts that read as numbers count; any other property adds nothing and never fails the report. */
const NUMERIC = '^-?[0-9]{1,30}([.][0-9]{1,30})?([eE][+-]?[0-9]{1,2})?$';

/** How a goal is met by events. */
export interface EventGoal { event: string; where: PropertyFilter[]; valueProperty: string | null }

/** The amount in a property of an event `e`, null without one. @param property its placeholder */
export const numberIn = (property: string): string => `case when e.properties ->> ${property} ~ '${NUMERIC}' then (e.properties ->> ${property})::numeric end`;
/** The amounts of events `e` together. */
export const amountSql = (property: string): string => `sum(${numberIn(property)})`;

/** What the filters of a goal ask of an event `e` of a person `p`, one SQL condition each. @param at as in {@link eventOutcomes} */
export function filtersOf(where: readonly PropertyFilter[], values: SqlValues, at: { now: string; zone: string }): string[] {
  const bind = (value: unknown, type: string) => values.bind(value, type);
  // A value bound and not used has no type PostgreSQL could tell, so the zone is bound only where a filter may read it.
  const frame: Frame = { now: at.now, get zone() { return bind(at.zone, 'text'); } };
  return where.map((filter) => propertyCondition('e.properties', filter, { frame, bind }));
}

/**
 * People `c` of a common table `cohort` with a qualifying event, the sum of the amounts of all of them, and when the first was.
 *
 * @param inWindow SQL that says of an event's moment whether it counts
 * @param at SQL of the moment asked about, and the plain name of the zone for people without one
 */
export function eventOutcomes(by: EventGoal, inWindow: string, values: SqlValues, at: { now: string; zone: string }): string {
  const bind = (value: unknown, type: string) => values.bind(value, type);
  const filters = filtersOf(by.where, values, at);
  const amount = by.valueProperty === null ? 'null::numeric' : amountSql(bind(by.valueProperty, 'text'));
  const person = filters.length > 0 ? ' join person as p on p.id = c.person_id' : '';
  return `select e.person_id, ${amount} as value, min(e.occurred_at) as at from cohort as c${person} join event as e on e.person_id = c.person_id and e.name = ${bind(by.event, 'text')} and ${inWindow}
     ${filters.length > 0 ? `where ${filters.join(' and ')}` : ''} group by e.person_id`;
}
