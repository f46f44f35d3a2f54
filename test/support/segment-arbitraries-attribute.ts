import type { AttributeCondition } from '../../src/contract/segment-conditions.js';
import { iso, span } from './segment-arbitraries-values.js';
import fc from './fast-check.js';

const key = fc.constantFrom('a', 'b', 'd');
const dateKeys = fc.constantFrom('d', 'd.x', 'a', '$signed_up_at', '$last_seen_at');
const text = fc.constantFrom('pro', '무', ' plan', 'true', '2');
const attribute = (op: fc.Arbitrary<string>, value?: fc.Arbitrary<unknown>, keys: fc.Arbitrary<string> = key): fc.Arbitrary<AttributeCondition> =>
  fc.tuple(keys, op, value ?? fc.constant(undefined)).map(([k, o, v]) => ({ type: 'attribute', key: k, op: o, ...(v === undefined ? {} : { value: v as string }) }));

export const attributeLeaf: fc.Arbitrary<AttributeCondition> = fc.oneof(
  attribute(fc.constantFrom('exists', 'not_exists', 'is_true', 'is_false')),
  attribute(fc.constantFrom('is', 'is_not', 'contains', 'not_contains', 'starts_with', 'ends_with'), text),
  attribute(fc.constantFrom('in_list', 'not_in_list'), fc.subarray(['pro', '무료', '2'], { minLength: 1 })),
  attribute(fc.constantFrom('matches', 'not_matches'), fc.constantFrom('^pro', '무료|\\d', 'o( plan)?$', '^[^a-z]*$', '^\\w+$')),
  attribute(fc.constantFrom('has_any', 'has_all', 'has_none'), fc.subarray(['pro', '무료', 2, 'true'], { minLength: 1 })),
  attribute(fc.constantFrom('eq', 'ne', 'gt', 'gte', 'lt', 'lte'), fc.constantFrom(1, 2, 2.5)),
  attribute(fc.constantFrom('within_last', 'older_than', 'in_next'), span, dateKeys),
  attribute(fc.constantFrom('within_last', 'older_than', 'in_next'), span, dateKeys),
  attribute(fc.constantFrom('before', 'after'), iso, dateKeys),
  attribute(fc.constant('on'), fc.constantFrom('2026-03-10', '2026-03-11'), dateKeys),
  attribute(fc.constant('day_of_week'), fc.subarray(['mon', 'tue', 'wed'], { minLength: 1 }), dateKeys),
  attribute(fc.constant('hour_between'), fc.constantFrom([0, 9], [9, 10], [22, 9]), dateKeys),
  attribute(fc.constantFrom('anniversary', 'anniversary_within'), fc.constantFrom(0, 1, 365), fc.constantFrom('d', 'd.x', 'a', '$signed_up_at')),
  attribute(fc.constant('is'), fc.constantFrom('user', 'visitor'), fc.constant('$kind')),
);

export const attributeClock = attribute(fc.constantFrom('within_last', 'older_than', 'in_next'), span, fc.constantFrom('d', 'd.x', '$signed_up_at'));

const zone = fc.constantFrom('person' as const, 'workspace' as const, undefined);
const zoned = (leaf: fc.Arbitrary<AttributeCondition>): fc.Arbitrary<AttributeCondition> => fc.tuple(leaf, zone).map(([one, of]) => (of === undefined ? one : { ...one, zone: of }));
const days = fc.constantFrom('k', 'plan.x', '$signed_up_at');

/** Conditions about days and hours, for people in many zones. */
export const dayLeaf: fc.Arbitrary<AttributeCondition> = fc.oneof(
  zoned(attribute(fc.constant('anniversary'), fc.constantFrom(0, 1, -1, 2, 364, -365), days)),
  zoned(attribute(fc.constant('anniversary_within'), fc.constantFrom(0, 1, 2, 7, 363, 365), days)),
  zoned(attribute(fc.constant('day_of_week'), fc.subarray(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], { minLength: 1 }), days)),
  zoned(attribute(fc.constant('hour_between'), fc.constantFrom([0, 24], [9, 18], [22, 6], [0, 1], [23, 24]), days)),
  zoned(attribute(fc.constantFrom('on', 'before', 'after'), fc.constantFrom('2024-02-29', '2026-03-08', '2026-11-01', '2026-12-31'), days)),
);
