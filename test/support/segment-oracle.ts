import type { Leaf } from '../../src/contract/segment-conditions.js';
import type { SegmentNode } from '../../src/contract/segment.js';
import { proofOf } from './segment-leaves.js';
import type { WorldPerson } from './segment-world.js';

/** What an answer depends on besides the person: the moment, the workspace's zone, the segments that may be named. */
export interface OracleContext { now: Date; zone: string; segments: ReadonlyMap<string, SegmentNode> }
/** Whether one condition holds, computed the slow and obvious way. */
export type Oracle<L extends Leaf> = (leaf: L, person: WorldPerson, context: OracleContext) => boolean;

/** Whether a person matches, computed the slow and obvious way: the answer every other way must agree with. */
export function matches(node: SegmentNode, person: WorldPerson, context: OracleContext): boolean {
  switch (node.type) {
    case 'all': return node.of.every((child) => matches(child, person, context));
    case 'any': return node.of.some((child) => matches(child, person, context));
    case 'not': return !matches(node.of, person, context);
    case 'segment': return matches(context.segments.get(node.segmentId)!, person, context) === (node.op === 'in');
    default: return proofOf(node).oracle(node, person, context);
  }
}
