import { z } from 'zod';
import { DurationSchema, Id } from './common.js';

/** A value a condition compares with. Dates are ISO 8601 texts. */
export const ConditionValue = z.union([z.string().max(1000), z.number(), z.boolean(), z.array(z.union([z.string().max(1000), z.number()])).max(1000), DurationSchema]);

/** One comparison on a property of an event. */
export interface PropertyFilter { property: string; op: string; value?: z.infer<typeof ConditionValue> }
/** A whole number compared with one bound, or with two (`between`, both included). */
export interface CountComparison { op: 'at_least' | 'at_most' | 'exactly' | 'more_than' | 'less_than' | 'between'; value: number; to?: number }
/** Which events of one name are meant: with these properties, within a sliding window that ends now (all time when absent). */
export interface EventRows { event: string; where?: PropertyFilter[]; within?: z.infer<typeof DurationSchema> }

/**
 * `attribute` compares one attribute of the person. Keys starting with `$` are built in: `$email`, `$external_id`, `$kind`,
 * `$time_zone`, `$language`, `$signed_up_at`, `$first_seen_at`, `$last_seen_at`. Nested values by dotted path (`plan.name`).
 */
export interface AttributeCondition { type: 'attribute'; key: string; op: string; value?: z.infer<typeof ConditionValue> }
/** `event` counts the person's events of one name. */
export interface EventCondition extends EventRows { type: 'event'; count: CountComparison }
export interface TagCondition { type: 'tag'; op: 'has' | 'has_not'; tag: string }
/** On a list that colleagues keep by hand, or not. */
export interface ListCondition { type: 'list'; op: 'in' | 'not_in'; listId: string }
/** One condition about a person, as opposed to what combines conditions. */
export type Leaf = AttributeCondition | EventCondition | TagCondition | ListCondition;

/** Which `op` an attribute or property takes is in `segments/domain/operators.ts`; an unknown one is refused there by name. */
const Operator = z.string().min(1).max(40);
const Count = z.number().int().min(0).max(1_000_000);
const CountSchema = z.strictObject({ op: z.enum(['at_least', 'at_most', 'exactly', 'more_than', 'less_than', 'between']), value: Count, to: Count.optional() });
export const PropertyFilterSchema = z.strictObject({ property: z.string().min(1).max(200), op: Operator, value: ConditionValue.optional() });
const eventRows = { event: z.string().min(1).max(200), where: z.array(PropertyFilterSchema).max(20).optional(), within: DurationSchema.optional() };

/** One schema a condition. */
export const LEAF_SCHEMAS = [
  z.strictObject({ type: z.literal('attribute'), key: z.string().min(1).max(200), op: Operator, value: ConditionValue.optional() }),
  z.strictObject({ type: z.literal('event'), ...eventRows, count: CountSchema }),
  z.strictObject({ type: z.literal('tag'), op: z.enum(['has', 'has_not']), tag: z.string().min(1).max(100) }),
  z.strictObject({ type: z.literal('list'), op: z.enum(['in', 'not_in']), listId: Id }),
] as const;
/** What a condition's `type` can be. */
export const LEAF_TYPES = LEAF_SCHEMAS.map((schema) => schema.shape.type.value);
