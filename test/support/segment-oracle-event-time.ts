import type { EventTimeCondition } from '../../src/contract/segment-conditions.js';
import { compare } from './segment-oracle-attribute.js';
import { countedEvents } from './segment-oracle-event.js';
import type { Oracle } from './segment-oracle.js';

export const eventTimeMatches: Oracle<EventTimeCondition> = (leaf, person, context) => {
  const moments = countedEvents(leaf, person, context).map(({ at }) => at.getTime());
  if (moments.length === 0) return false;
  const moment = leaf.which === 'first' ? Math.min(...moments) : Math.max(...moments);
  return compare(leaf.op, new Date(moment).toISOString(), leaf.value, { person, ...context });
};
