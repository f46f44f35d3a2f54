import type { SegmentNode } from '../../contract/segment.js';
import { kindOf } from './leaves/leaf-kinds.js';
import type { Reference } from './leaves/leaf.js';
import { joinPath, placedConditions } from './resolved.js';

/** A reference and the place of its id in the definition. */
export interface PlacedReference extends Reference { path: string }

/** What the conditions of a definition name by id. Segments are not among it: `namedSegments` has them. */
export const referencesIn = (node: SegmentNode, path = ''): PlacedReference[] =>
  placedConditions(node, path).flatMap(({ leaf, path: place }) => (kindOf(leaf).names?.(leaf) ?? []).map((reference) => ({ ...reference, path: joinPath(place, reference.field) })));

/** The events and attributes that conditions are about. */
export function labelledIn(nodes: readonly SegmentNode[]): { events: string[]; attributes: string[] } {
  const [events, attributes] = [new Set<string>(), new Set<string>()];
  for (const { leaf } of nodes.flatMap((node) => placedConditions(node, ''))) {
    if (leaf.type === 'attribute') attributes.add(leaf.key);
    else if (leaf.type === 'sequence') for (const { event } of leaf.steps) events.add(event);
    else if ('event' in leaf) events.add(leaf.event);
  }
  return { events: [...events], attributes: [...attributes] };
}
