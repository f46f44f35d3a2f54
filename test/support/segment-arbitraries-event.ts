import type { CountComparison, EventCondition, EventRows, PropertyFilter } from '../../src/contract/segment-conditions.js';
import { iso, span } from './segment-arbitraries-values.js';
import fc from './fast-check.js';

export const eventName = fc.constantFrom('login', '구매');
export const count = fc.oneof(
  fc.record({ op: fc.constantFrom('at_least', 'at_most', 'exactly', 'more_than'), value: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ op: fc.constant('less_than'), value: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ op: fc.constant('between'), value: fc.integer({ min: 0, max: 1 }), to: fc.integer({ min: 1, max: 3 }) }),
) as fc.Arbitrary<CountComparison>;
export const propertyFilter: fc.Arbitrary<PropertyFilter> = fc.constantFrom({ property: 'p', op: 'is', value: 'x' }, { property: 'p', op: 'gte', value: 2 }, { property: 'p', op: 'not_exists' }, { property: 'p', op: 'is_not', value: 'y' });

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const type = fc.constant('event' as const);

const ends = fc.oneof({ arbitrary: iso, weight: 4 }, { arbitrary: fc.constantFrom('2026-03-10', '2026-03-11'), weight: 1 });
const ordered = fc.tuple(iso, iso).filter(([from, to]) => from !== to).map((both) => both.toSorted() as [string, string]).map(([from, to]) => ({ from, to }));
/** All time, a window that ends now, or a span of the calendar. */
export const window: fc.Arbitrary<Pick<EventRows, 'within' | 'between'>> = fc.oneof(
  fc.constant({}),
  fc.record({ within: span }),
  fc.record({ between: fc.oneof(ends.map((from) => ({ from })), ends.map((to) => ({ to })), ordered) }),
);

export const eventLeaf: fc.Arbitrary<EventCondition> = fc.oneof(
  fc.tuple(fc.record({ type, event: eventName, count, where: maybe(fc.array(propertyFilter, { maxLength: 2 })) }), window).map(([leaf, rows]) => ({ ...leaf, ...rows })),
  fc.record({ type, event: eventName, count, within: maybe(span), where: maybe(fc.array(propertyFilter, { maxLength: 2 })) }),
  fc.record({ type, event: eventName, count, within: span }),
);

export const eventClock: fc.Arbitrary<EventCondition> = fc.record({ type, event: eventName, count, within: maybe(span) });
