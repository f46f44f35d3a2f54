import type { CountComparison, EventValueCondition } from '../../src/contract/segment-conditions.js';
import { eventName, propertyFilter, window } from './segment-arbitraries-event.js';
import fc from './fast-check.js';

const comparison = fc.oneof(
  fc.record({ op: fc.constantFrom('at_least', 'at_most', 'exactly', 'more_than'), value: fc.constantFrom(0, 0.3, 1, 1.5, 2, 3) }),
  fc.record({ op: fc.constant('less_than'), value: fc.constantFrom(0.1, 1, 1.5, 2) }),
  fc.record({ op: fc.constant('between'), value: fc.constantFrom(0, 0.1, 1), to: fc.constantFrom(1, 1.5, 3) }),
) as fc.Arbitrary<CountComparison>;
const measured = { type: fc.constant('event_value' as const), event: eventName, measure: fc.constantFrom('sum' as const, 'average' as const, 'max' as const, 'min' as const, 'distinct' as const), property: fc.constant('p') };

export const eventValueLeaf: fc.Arbitrary<EventValueCondition> = fc.tuple(fc.record({ ...measured, where: fc.option(fc.array(propertyFilter, { maxLength: 1 }), { nil: undefined }) }), window, comparison).map(([leaf, rows, bounds]) => ({ ...leaf, ...rows, ...bounds }));
export const eventValueClock: fc.Arbitrary<EventValueCondition> = fc.tuple(fc.record(measured), window, comparison).map(([leaf, rows, bounds]) => ({ ...leaf, ...rows, ...bounds }));
