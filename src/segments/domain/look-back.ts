import type { Leaf } from '../../contract/segment-conditions.js';
import type { SegmentNode } from '../../contract/segment.js';
import { windowMillis } from '../../kernel/local-time.js';

/** How far into recorded events an answer reaches, in milliseconds before now; `Infinity`: to the first one. 0: it reads no events. */
export function lookBack(node: SegmentNode, now: Date): number {
  switch (node.type) {
    case 'all':
    case 'any': return Math.max(0, ...node.of.map((child) => lookBack(child, now)));
    case 'not': return lookBack(node.of, now);
    // The segment that is named looks back itself, and is told of by its own name.
    case 'segment': return 0;
    default: return leafLookBack(node, now);
  }
}

function leafLookBack(leaf: Leaf, now: Date): number {
  switch (leaf.type) {
    case 'event':
    case 'event_value':
    case 'page':
      if (leaf.within) return windowMillis(leaf.within);
      return leaf.between?.from === undefined ? Infinity : Math.max(0, now.getTime() - Date.parse(leaf.between.from));
    case 'event_time':
      // Whether the last one is recent needs no older ones; when it was, or when the first was, needs them all.
      return leaf.which === 'last' && leaf.op === 'within_last' && typeof leaf.value === 'object' && !Array.isArray(leaf.value) ? windowMillis(leaf.value) : Infinity;
    case 'sequence': return Infinity;
    default: return 0;
  }
}
