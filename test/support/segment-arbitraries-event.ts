import fc from 'fast-check';
import type { CountComparison, EventCondition, PropertyFilter } from '../../src/contract/segment-conditions.js';
import { span } from './segment-arbitraries-values.js';

export const eventName = fc.constantFrom('login', '구매');
export const count = fc.oneof(
  fc.record({ op: fc.constantFrom('at_least', 'at_most', 'exactly', 'more_than'), value: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ op: fc.constant('less_than'), value: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ op: fc.constant('between'), value: fc.integer({ min: 0, max: 1 }), to: fc.integer({ min: 1, max: 3 }) }),
) as fc.Arbitrary<CountComparison>;
export const propertyFilter: fc.Arbitrary<PropertyFilter> = fc.constantFrom({ property: 'p', op: 'is', value: 'x' }, { property: 'p', op: 'gte', value: 2 }, { property: 'p', op: 'not_exists' }, { property: 'p', op: 'is_not', value: 'y' });

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const type = fc.constant('event' as const);

export const eventLeaf: fc.Arbitrary<EventCondition> = fc.oneof(
  fc.record({ type, event: eventName, count, within: maybe(span), where: maybe(fc.array(propertyFilter, { maxLength: 2 })) }),
  fc.record({ type, event: eventName, count, within: span }),
);

export const eventClock: fc.Arbitrary<EventCondition> = fc.record({ type, event: eventName, count, within: maybe(span) });
