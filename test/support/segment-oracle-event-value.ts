import type { EventValueCondition } from '../../src/contract/segment-conditions.js';
import { countedEvents, propertyOf } from './segment-oracle-event.js';
import type { Oracle } from './segment-oracle.js';

/** Numbers of the random worlds have at most three decimals, so that whole thousandths compute exactly. */
const thousandths = (value: number): number => Math.round(value * 1000);

export const eventValueMatches: Oracle<EventValueCondition> = (leaf, person, context) => {
  const values = countedEvents(leaf, person, context).map((event) => propertyOf(event, leaf.property)).filter((value) => value !== null);
  const numbers = values.filter((value) => typeof value === 'number').map(thousandths);
  const sum = numbers.reduce((total, number) => total + number, 0);
  if (leaf.measure === 'distinct') return holds(leaf, new Set(values.map((value) => JSON.stringify(value))).size * 1000, 1);
  if (leaf.measure === 'sum') return holds(leaf, sum, 1);
  if (numbers.length === 0) return false;
  if (leaf.measure === 'average') return holds(leaf, sum, numbers.length);
  return holds(leaf, leaf.measure === 'max' ? Math.max(...numbers) : Math.min(...numbers), 1);
};

/** Compares `total / parts` with the bounds, without dividing. */
function holds({ op, value, to = 0 }: EventValueCondition, total: number, parts: number): boolean {
  const low = thousandths(value) * parts;
  switch (op) {
    case 'at_least': return total >= low;
    case 'at_most': return total <= low;
    case 'exactly': return total === low;
    case 'more_than': return total > low;
    case 'less_than': return total < low;
    default: return total >= low && total <= thousandths(to) * parts;
  }
}
