import type { Leaf } from '../../src/contract/segment-conditions.js';
import type { SegmentNode } from '../../src/contract/segment.js';
import type { JsonValue } from '../../src/people/domain/json.js';
import { eventName } from './segment-arbitraries-event.js';
import { iso, near } from './segment-arbitraries-values.js';
import { LEAF_PROOFS } from './segment-leaves.js';
import fc from './fast-check.js';

export { BASE, seconds } from './segment-arbitraries-values.js';

export const attributeValue = fc.oneof(fc.constantFrom('pro', '무료', 'pro plan', '', true, false, null, 1, 2, 2.5), fc.constantFrom<JsonValue[]>([], ['pro', 2, 2], ['무료', true, null], [['pro'], { a: 'pro' }]), iso.map((at) => ({ x: at })), iso);
export const property = fc.record({ p: fc.constantFrom('x', 'y', '1', 1, 2, 0.1, 0.2, -1, null) }, { requiredKeys: [] });
export const event = fc.record({ name: eventName, properties: property, offset: fc.oneof(near, fc.constantFrom(-30, -7, -1, 0, 0, 1, 7)) });

/** `SEGMENT_KIND=page` tries one kind of condition alone. */
const proofs = Object.entries(LEAF_PROOFS).filter(([type]) => [undefined, type].includes(process.env.SEGMENT_KIND)).map(([, proof]) => proof);
const leaf: fc.Arbitrary<Leaf> = fc.oneof(...proofs.map(({ arbitrary }) => arbitrary as fc.Arbitrary<Leaf>));

/** A condition that time alone moves, by itself: nothing around it hides a boundary that is missed. */
export const clockLeaf: fc.Arbitrary<Leaf> = fc.oneof(...proofs.flatMap(({ clock }) => (clock ? [clock as fc.Arbitrary<Leaf>] : [])));

/** A definition; `named` are segments it may name. */
export function definition(named: readonly string[]): fc.Arbitrary<SegmentNode> {
  const leaves: fc.Arbitrary<SegmentNode> = named.length === 0 ? leaf : fc.oneof({ arbitrary: leaf, weight: 4 }, { arbitrary: fc.record({ type: fc.constant('segment' as const), op: fc.constantFrom('in' as const, 'not_in' as const), segmentId: fc.constantFrom(...named) }), weight: 1 });
  return fc.letrec<{ node: SegmentNode }>((tie) => ({
    node: fc.oneof({ maxDepth: 3, depthSize: 'small' }, leaves,
      fc.record({ type: fc.constantFrom('all' as const, 'any' as const), of: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ type: fc.constant('not' as const), of: tie('node') })),
  })).node;
}
