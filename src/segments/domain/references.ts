import type { SegmentNode } from '../../contract/segment.js';
import { kindOf } from './leaves/leaf-kinds.js';
import type { Reference } from './leaves/leaf.js';
import { joinPath, placedConditions } from './resolved.js';

/** A reference and the place of its id in the definition. */
export interface PlacedReference extends Reference { path: string }

/** What the conditions of a definition name by id. Segments are not among it: `namedSegments` has them. */
export const referencesIn = (node: SegmentNode, path = ''): PlacedReference[] =>
  placedConditions(node, path).flatMap(({ leaf, path: place }) => (kindOf(leaf).names?.(leaf) ?? []).map((reference) => ({ ...reference, path: joinPath(place, reference.field) })));
