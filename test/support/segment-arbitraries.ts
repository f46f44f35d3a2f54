import fc from 'fast-check';
import type { EventCondition } from '../../src/contract/segment-conditions.js';
import type { SegmentNode } from '../../src/contract/segment.js';

export const BASE = new Date('2026-03-10T09:00:00Z');
/** Moments near each other, so that boundaries fall on one another often. */
export const seconds = (value: number): Date => new Date(BASE.getTime() + value * 1000);

const near = fc.integer({ min: -90, max: 60 });
const span = fc.constantFrom({ seconds: 1 }, { seconds: 7 }, { seconds: 30 }, { minutes: 1 });
const iso = near.map((offset) => seconds(offset).toISOString());
export const attributeValue = fc.oneof(fc.constantFrom('pro', '무료', 'pro plan', '', true, false, null, 1, 2, 2.5), iso);
export const attributes = fc.dictionary(fc.constantFrom('a', 'b', 'd'), attributeValue, { maxKeys: 3 });
const property = fc.record({ p: fc.constantFrom('x', 'y', 1, 2, null) }, { requiredKeys: [] });
export const event = fc.record({ name: fc.constantFrom('login', '구매'), properties: property, offset: near });

const key = fc.constantFrom('a', 'b', 'd');
const attribute = (op: fc.Arbitrary<string>, value?: fc.Arbitrary<unknown>, keys: fc.Arbitrary<string> = key): fc.Arbitrary<SegmentNode> =>
  fc.tuple(keys, op, value ?? fc.constant(undefined)).map(([k, o, v]) => ({ type: 'attribute', key: k, op: o, ...(v === undefined ? {} : { value: v as string }) }));
const dateKeys = fc.constantFrom('d', 'a', '$signed_up_at', '$last_seen_at');
const text = fc.constantFrom('pro', '무', ' plan', 'true', '2');

const count = fc.oneof(
  fc.record({ op: fc.constantFrom('at_least', 'at_most', 'exactly', 'more_than'), value: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ op: fc.constant('less_than'), value: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ op: fc.constant('between'), value: fc.integer({ min: 0, max: 1 }), to: fc.integer({ min: 1, max: 3 }) }),
) as fc.Arbitrary<EventCondition['count']>;
const filter = fc.constantFrom({ property: 'p', op: 'is', value: 'x' }, { property: 'p', op: 'gte', value: 2 }, { property: 'p', op: 'not_exists' }, { property: 'p', op: 'is_not', value: 'y' });

const leaf: fc.Arbitrary<SegmentNode> = fc.oneof(
  attribute(fc.constantFrom('exists', 'not_exists', 'is_true', 'is_false')),
  attribute(fc.constantFrom('is', 'is_not', 'contains', 'not_contains', 'starts_with', 'ends_with'), text),
  attribute(fc.constantFrom('in_list', 'not_in_list'), fc.subarray(['pro', '무료', '2'], { minLength: 1 })),
  attribute(fc.constantFrom('eq', 'ne', 'gt', 'gte', 'lt', 'lte'), fc.constantFrom(1, 2, 2.5)),
  attribute(fc.constantFrom('within_last', 'older_than', 'in_next'), span, dateKeys),
  attribute(fc.constantFrom('within_last', 'older_than', 'in_next'), span, dateKeys),
  attribute(fc.constantFrom('before', 'after'), iso, dateKeys),
  attribute(fc.constant('on'), fc.constantFrom('2026-03-10', '2026-03-11'), dateKeys),
  attribute(fc.constant('is'), fc.constantFrom('user', 'visitor'), fc.constant('$kind')),
  fc.record({ type: fc.constant('event' as const), event: fc.constantFrom('login', '구매'), count, within: fc.option(span, { nil: undefined }), where: fc.option(fc.array(filter, { maxLength: 2 }), { nil: undefined }) }),
  fc.record({ type: fc.constant('event' as const), event: fc.constantFrom('login', '구매'), count, within: span }),
  fc.record({ type: fc.constant('tag' as const), op: fc.constantFrom('has' as const, 'has_not' as const), tag: fc.constantFrom('vip', '휴면') }),
);

/** A condition that time alone moves, by itself: nothing around it hides a boundary that is missed. */
export const clockLeaf: fc.Arbitrary<SegmentNode> = fc.oneof(
  attribute(fc.constantFrom('within_last', 'older_than', 'in_next'), span, fc.constantFrom('d', '$signed_up_at')),
  fc.record({ type: fc.constant('event' as const), event: fc.constantFrom('login', '구매'), count, within: fc.option(span, { nil: undefined }) }),
);

/** A definition; `named` are segments it may name. */
export function definition(named: readonly string[]): fc.Arbitrary<SegmentNode> {
  const leaves = named.length === 0 ? leaf : fc.oneof({ arbitrary: leaf, weight: 4 }, { arbitrary: fc.record({ type: fc.constant('segment' as const), op: fc.constantFrom('in' as const, 'not_in' as const), segmentId: fc.constantFrom(...named) }), weight: 1 });
  return fc.letrec<{ node: SegmentNode }>((tie) => ({
    node: fc.oneof({ maxDepth: 3, depthSize: 'small' }, leaves,
      fc.record({ type: fc.constantFrom('all' as const, 'any' as const), of: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ type: fc.constant('not' as const), of: tie('node') })),
  })).node;
}

/** What happens to one person in one step. */
export const change = fc.record({
  person: fc.nat({ max: 7 }),
  attribute: fc.option(fc.tuple(key, attributeValue), { nil: undefined }),
  event: fc.option(event, { nil: undefined }),
  tag: fc.option(fc.constantFrom('vip', '휴면'), { nil: undefined }),
});
export type WorldChange = typeof change extends fc.Arbitrary<infer T> ? T : never;
