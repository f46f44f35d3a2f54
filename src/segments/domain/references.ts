import type { SegmentNode } from '../../contract/segment.js';
import { kindOf } from './leaves/leaf-kinds.js';
import type { Reference } from './leaves/leaf.js';
import { joinPath } from './resolved.js';

/** A reference and the place of its id in the definition. */
export interface PlacedReference extends Reference { path: string }

/** What the conditions of a definition name by id. Segments are not among it: `namedSegments` has them. */
export function referencesIn(node: SegmentNode, path = ''): PlacedReference[] {
  switch (node.type) {
    case 'all': case 'any': return node.of.flatMap((child, index) => referencesIn(child, joinPath(path, 'of', index)));
    case 'not': return referencesIn(node.of, joinPath(path, 'of'));
    case 'segment': return [];
    default: return (kindOf(node).names?.(node) ?? []).map((reference) => ({ ...reference, path: joinPath(path, reference.field) }));
  }
}
