import type { SegmentNode } from '../../contract/segment.js';
import type { Problem } from '../../kernel/errors.js';
import { kindOf } from './leaves/leaf-kinds.js';
import { joinPath } from './resolved.js';

/** What is wrong with a definition by itself, each fault with the path of its place; nested segments are checked by `resolve`. */
export function checkDefinition(node: SegmentNode, path: string): Problem[] {
  switch (node.type) {
    case 'all': case 'any': return node.of.flatMap((child, index) => checkDefinition(child, joinPath(path, 'of', index)));
    case 'not': return checkDefinition(node.of, joinPath(path, 'of'));
    case 'segment': return [];
    default: return kindOf(node).check(node, path);
  }
}
