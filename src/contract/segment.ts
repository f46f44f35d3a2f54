import { z } from 'zod';
import { DurationSchema, Id } from './common.js';

/** A value a condition compares with. Dates are ISO 8601 texts. */
export const ConditionValue = z.union([z.string().max(1000), z.number(), z.boolean(), z.array(z.union([z.string().max(1000), z.number()])).max(1000), DurationSchema]);

/**
 * `attribute` compares one attribute of the person. Keys starting with `$` are built in: `$email`, `$external_id`, `$kind`,
 * `$time_zone`, `$language`, `$signed_up_at`, `$first_seen_at`, `$last_seen_at`. Nested values by dotted path (`plan.name`).
 */
export interface AttributeCondition { type: 'attribute'; key: string; op: string; value?: z.infer<typeof ConditionValue> }
/** One comparison on a property of an event. */
export interface PropertyFilter { property: string; op: string; value?: z.infer<typeof ConditionValue> }
/** `event` counts the person's events of one name, within a sliding window that ends now (all time when absent). */
export interface EventCondition {
  type: 'event';
  event: string;
  where?: PropertyFilter[];
  count: { op: 'at_least' | 'at_most' | 'exactly' | 'more_than' | 'less_than' | 'between'; value: number; to?: number };
  within?: z.infer<typeof DurationSchema>;
}
export interface TagCondition { type: 'tag'; op: 'has' | 'has_not'; tag: string }
/** In or not in another segment: its definition, evaluated at the same moment. */
export interface SegmentCondition { type: 'segment'; op: 'in' | 'not_in'; segmentId: string }
export type SegmentNode =
  | { type: 'all'; of: SegmentNode[] }
  | { type: 'any'; of: SegmentNode[] }
  | { type: 'not'; of: SegmentNode }
  | AttributeCondition
  | EventCondition
  | TagCondition
  | SegmentCondition;

/** Which `op` an attribute or property takes is in `segments/domain/operators.ts`; an unknown one is refused there by name. */
const Operator = z.string().min(1).max(40);
export const PropertyFilterSchema = z.strictObject({ property: z.string().min(1).max(200), op: Operator, value: ConditionValue.optional() });

const leaf = [
  z.strictObject({ type: z.literal('attribute'), key: z.string().min(1).max(200), op: Operator, value: ConditionValue.optional() }),
  z.strictObject({
    type: z.literal('event'),
    event: z.string().min(1).max(200),
    where: z.array(PropertyFilterSchema).max(20).optional(),
    count: z.strictObject({ op: z.enum(['at_least', 'at_most', 'exactly', 'more_than', 'less_than', 'between']), value: z.number().int().min(0).max(1_000_000), to: z.number().int().min(0).max(1_000_000).optional() }),
    within: DurationSchema.optional(),
  }),
  z.strictObject({ type: z.literal('tag'), op: z.enum(['has', 'has_not']), tag: z.string().min(1).max(100) }),
  z.strictObject({ type: z.literal('segment'), op: z.enum(['in', 'not_in']), segmentId: Id }),
] as const;

const Node: z.ZodType<SegmentNode> = z
  .lazy(() =>
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('all'), of: z.array(Node).min(1).max(100) }),
      z.strictObject({ type: z.literal('any'), of: z.array(Node).min(1).max(100) }),
      z.strictObject({ type: z.literal('not'), of: Node }),
      ...leaf,
    ]),
  )
  .meta({ id: 'SegmentNode' }) as z.ZodType<SegmentNode>;

/** Most conditions and groups of one definition as written, and how deep they may be nested. */
export const DEFINITION_LIMITS = { nodes: 1_000, depth: 40 };

/** What is too large about a tree, looked at without recursion and before anything else reads it; null when nothing is. */
function oversize(root: unknown): string | null {
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
  const fault = oversize(value);
  if (fault === null) return value;
  context.addIssue({ code: 'custom', message: `The definition ${fault}.` });
  return z.NEVER;
}, Node) as unknown as z.ZodType<SegmentNode>;
