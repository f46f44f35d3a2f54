import { Temporal } from 'temporal-polyfill';
import type { CountComparison, EventCondition, EventRows } from '../../src/contract/segment-conditions.js';
import { windowMillis } from '../../src/kernel/local-time.js';
import { compare } from './segment-oracle-attribute.js';
import type { Oracle, OracleContext } from './segment-oracle.js';
import type { WorldEvent, WorldPerson } from './segment-world.js';

export const eventMatches: Oracle<EventCondition> = (leaf, person, context) => numberHolds(leaf.count, countedEvents(leaf, person, context).length);

/** The events of a person that a condition means. */
export const countedEvents = (rows: EventRows, person: WorldPerson, context: OracleContext): WorldEvent[] => person.events.filter((event) => isCounted(rows, event, person, context));

function isCounted(rows: EventRows, event: WorldEvent, person: WorldPerson, context: OracleContext): boolean {
  if (event.name !== rows.event || !isInTime(event.at, rows, context)) return false;
  return (rows.where ?? []).every((filter) => compare(filter.op, propertyOf(event, filter.property), filter.value, { person, ...context, ofWorkspace: filter.zone === 'workspace' }));
}

/** Whether a moment has come and lies in the time asked for. */
export function isInTime(at: Date, { within, between }: Pick<EventRows, 'within' | 'between'>, { now, zone }: OracleContext): boolean {
  if (at > now || (within && at.getTime() <= now.getTime() - windowMillis(within))) return false;
  return !(between?.from && at < momentOf(between.from, zone)) && !(between?.to && at >= momentOf(between.to, zone));
}

/** A property by its name, or else by its path. */
export const propertyOf = ({ properties }: WorldEvent, name: string): unknown =>
  (Object.hasOwn(properties, name) ? properties[name] : name.split('.').reduce<unknown>((value, part) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : null), properties)) ?? null;

const momentOf = (moment: string, zone: string): Date => (moment.length === 10 ? new Date(Temporal.PlainDate.from(moment).toZonedDateTime(zone).epochMilliseconds) : new Date(moment));

export function numberHolds({ op, value, to = 0 }: CountComparison, count: number): boolean {
  switch (op) {
    case 'at_least': return count >= value;
    case 'at_most': return count <= value;
    case 'exactly': return count === value;
    case 'more_than': return count > value;
    case 'less_than': return count < value;
    default: return count >= value && count <= to;
  }
}
