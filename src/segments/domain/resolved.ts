import type { Leaf } from '../../contract/segment-conditions.js';
import type { SegmentNode } from '../../contract/segment.js';
import { AppError, type Problem } from '../../kernel/errors.js';

/** A definition with the definitions of the segments it names put in their place. */
export type Resolved =
  | { type: 'all' | 'any'; of: Resolved[] }
  | { type: 'not'; of: Resolved }
  | { type: 'segment'; op: 'in' | 'not_in'; segmentId: string; name: string; of: Resolved }
  | Leaf;
export type { Leaf };

export interface NamedDefinition {
  id: string;
  name: string;
  definition: SegmentNode;
}

/** Most nodes of one definition, the segments it names included. */
export const MAX_NODES = 2_000;
const MAX_NESTING = 10;

interface Walk {
  known: ReadonlyMap<string, NamedDefinition>;
  problems: Problem[];
  nodes: number;
}

/**
 * Puts nested segments in place. Cycles, unknown segments and sizes beyond {@link MAX_NODES} come back as problems with
 * the path of the node in the definition given.
 *
 * @param self id of the segment the definition belongs to, when it has one: naming it is a cycle
 */
export function resolve(definition: SegmentNode, known: ReadonlyMap<string, NamedDefinition>, basePath = '', self?: string): { tree: Resolved | null; problems: Problem[] } {
  const walk: Walk = { known, problems: [], nodes: 0 };
  const tree = resolveNode(definition, basePath, self === undefined ? [] : [self], walk);
  return { tree, problems: walk.problems };
}

/** Like {@link resolve}, for definitions that were checked when they were saved. */
export function resolveOrThrow(definition: SegmentNode, known: ReadonlyMap<string, NamedDefinition>, self?: string): Resolved {
  const { tree, problems } = resolve(definition, known, '', self);
  if (!tree || problems.length > 0) throw new AppError('segment.invalid', problems[0]?.message ?? 'The definition cannot be evaluated.', 'invalid', problems);
  return tree;
}

export const joinPath = (base: string, ...parts: (string | number)[]): string => [base, ...parts].filter((part) => part !== '').join('.');

function resolveNode(node: SegmentNode, path: string, within: readonly string[], walk: Walk): Resolved | null {
  walk.nodes += 1;
  if (walk.nodes > MAX_NODES) {
    if (walk.nodes === MAX_NODES + 1) walk.problems.push({ path, code: 'segment.too-large', message: `The definition has more than ${MAX_NODES} conditions, those of the segments it names included. Split it or name fewer segments.` });
    return null;
  }
  if (node.type === 'all' || node.type === 'any') {
    const of = node.of.map((child, index) => resolveNode(child, joinPath(path, 'of', index), within, walk));
    return of.every((child) => child !== null) ? { type: node.type, of } : null;
  }
  if (node.type === 'not') {
    const of = resolveNode(node.of, joinPath(path, 'of'), within, walk);
    return of ? { type: 'not', of } : null;
  }
  return node.type === 'segment' ? resolveSegment(node, path, within, walk) : node;
}

function resolveSegment(node: Extract<SegmentNode, { type: 'segment' }>, path: string, within: readonly string[], walk: Walk): Resolved | null {
  const refuse = (code: string, message: string): null => {
    walk.problems.push({ path: joinPath(path, 'segmentId'), code, message });
    return null;
  };
  const named = walk.known.get(node.segmentId);
  if (within.includes(node.segmentId)) {
    const names = [...within.slice(within.indexOf(node.segmentId)), node.segmentId].map((id) => walk.known.get(id)?.name ?? id);
    return refuse('segment.cycle', `The segment would contain itself: ${names.join(' → ')}.`);
  }
  if (!named) return refuse('segment.unknown', `There is no segment with id ${node.segmentId}.`);
  if (within.length >= MAX_NESTING) return refuse('segment.too-deep', `Segments are nested more than ${MAX_NESTING} deep here.`);
  const before = walk.problems.length;
  const of = resolveNode(named.definition, path, [...within, node.segmentId], walk);
  // A fault inside a nested segment is reported at the node that names it: that is the place its author can change.
  for (const problem of walk.problems.slice(before)) problem.path = joinPath(path, 'segmentId');
  return of ? { type: 'segment', op: node.op, segmentId: node.segmentId, name: named.name, of } : null;
}

/** Conditions themselves, as opposed to what combines them. */
export const isLeaf = (node: Resolved): node is Leaf => !['all', 'any', 'not', 'segment'].includes(node.type);

/** Every leaf of a resolved tree, nested segments included. */
export function leavesOf(tree: Resolved): Leaf[] {
  switch (tree.type) {
    case 'all': case 'any': return tree.of.flatMap(leavesOf);
    case 'not': case 'segment': return leavesOf(tree.of);
    default: return [tree];
  }
}

/** The conditions a definition is written with, each with its place; those of the segments it names are not among them. */
export function placedConditions(node: SegmentNode, path = ''): { leaf: Leaf; path: string }[] {
  switch (node.type) {
    case 'all': case 'any': return node.of.flatMap((child, index) => placedConditions(child, joinPath(path, 'of', index)));
    case 'not': return placedConditions(node.of, joinPath(path, 'of'));
    case 'segment': return [];
    default: return [{ leaf: node, path }];
  }
}

/** The ids of the segments a definition names itself. */
export function namedSegments(node: SegmentNode): string[] {
  if (node.type === 'all' || node.type === 'any') return node.of.flatMap(namedSegments);
  if (node.type === 'not') return namedSegments(node.of);
  return node.type === 'segment' ? [node.segmentId] : [];
}
