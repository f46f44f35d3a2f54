import { z } from 'zod';
import { Id } from './common.js';
import { LEAF_SCHEMAS, type Leaf } from './segment-conditions.js';

/** In or not in another segment: its definition, evaluated at the same moment. */
export interface SegmentCondition { type: 'segment'; op: 'in' | 'not_in'; segmentId: string }
export type SegmentNode =
  | { type: 'all'; of: SegmentNode[] }
  | { type: 'any'; of: SegmentNode[] }
  | { type: 'not'; of: SegmentNode }
  | Leaf
  | SegmentCondition;

const Node: z.ZodType<SegmentNode> = z
  .lazy(() =>
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('all'), of: z.array(Node).min(1).max(100) }),
      z.strictObject({ type: z.literal('any'), of: z.array(Node).min(1).max(100) }),
      z.strictObject({ type: z.literal('not'), of: Node }),
      z.strictObject({ type: z.literal('segment'), op: z.enum(['in', 'not_in']), segmentId: Id }),
      ...LEAF_SCHEMAS,
    ]),
  )
  .meta({ id: 'SegmentNode' }) as z.ZodType<SegmentNode>;

/** Most conditions and groups of one definition as written, and how deep they may be nested. */
export const DEFINITION_LIMITS = { nodes: 1_000, depth: 40 };

/** What is too large about a tree, looked at without recursion and before anything else reads it; null when nothing is. */
export function definitionFault(root: unknown): string | null {
  let level: unknown[] = [root];
  let nodes = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    nodes += level.length;
    if (depth >= DEFINITION_LIMITS.depth) return `is nested more than ${DEFINITION_LIMITS.depth} deep`;
    if (nodes > DEFINITION_LIMITS.nodes) return `has more than ${DEFINITION_LIMITS.nodes} conditions`;
    level = level.flatMap((node) => (typeof node === 'object' && node !== null && 'of' in node ? node.of : [])).filter((node) => typeof node === 'object' && node !== null);
  }
  return null;
}

/** A segment's definition: `all`, `any` and `not` nested freely over conditions. */
export const SegmentNodeSchema: z.ZodType<SegmentNode> = z.preprocess((value, context) => {
  const fault = definitionFault(value);
  if (fault === null) return value;
  context.addIssue({ code: 'custom', message: `The definition ${fault}.` });
  return z.NEVER;
}, Node) as unknown as z.ZodType<SegmentNode>;
