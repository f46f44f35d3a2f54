import { z } from 'zod';
import { DurationSchema, Id, Key } from './common.js';

const MAX_ITEMS = 1000;
/** What is wrong with a value of none of the forms below, said of the form it comes nearest to. */
function wordValue({ input }: { input?: unknown }): string {
  if (Array.isArray(input)) return input.length > MAX_ITEMS ? `has ${input.length} items; ${MAX_ITEMS} are allowed` : 'must be a list of texts (of up to 1000 characters) and numbers';
  if (typeof input === 'object' && input !== null) return 'must be a duration of whole numbers, for example {"days": 1, "hours": 12}';
  return 'must be a text, a number, true or false, a list of texts and numbers, or a duration such as {"days": 3}';
}
/** A value a condition compares with. Dates are ISO 8601 texts. */
export const ConditionValue = z.union([z.string().max(1000), z.number(), z.boolean(), z.array(z.union([z.string().max(1000), z.number()])).max(MAX_ITEMS), DurationSchema], { error: wordValue });

/** Whose calendar says which day or hour a date falls on: the person's (else the workspace's; this when absent), or always the workspace's. */
export type DayZone = 'person' | 'workspace';
/** One comparison on a property of an event. */
export interface PropertyFilter { property: string; op: string; value?: z.infer<typeof ConditionValue>; zone?: DayZone }
/** A whole number compared with one bound, or with two (`between`, both included). */
export interface CountComparison { op: 'at_least' | 'at_most' | 'exactly' | 'more_than' | 'less_than' | 'between'; value: number; to?: number }
/** A span of the calendar: `from` is in it, `to` is not. Each is an instant with its offset, or a day, which means its start in the zone of the workspace. */
export interface Between { from?: string; to?: string }
/**
 * Which events of one name are meant: with these properties, and either within a sliding window that ends now or in a
 * span of the calendar (all time when both are absent). Events dated ahead of now never count before their time.
 */
export interface EventRows { event: string; where?: PropertyFilter[]; within?: z.infer<typeof DurationSchema>; between?: Between }

/**
 * `attribute` compares one attribute of the person. Keys starting with `$` are built in: `$email`, `$external_id`, `$kind`,
 * `$time_zone`, `$language`, `$signed_up_at`, `$first_seen_at`, `$last_seen_at`. Nested values by dotted path (`plan.name`).
 */
export interface AttributeCondition { type: 'attribute'; key: string; op: string; value?: z.infer<typeof ConditionValue>; zone?: DayZone }
/** `event` counts the person's events of one name. */
export interface EventCondition extends EventRows { type: 'event'; count: CountComparison }
/**
 * `event_value` measures one property over events. Only JSON numbers count for `sum`, `average`, `max` and `min`: a number sent
 * as text does not. `distinct` counts different values of any type (1 and "1" differ; null does not count). Without any value
 * `sum` and `distinct` are 0, and the others match nothing.
 */
export interface EventValueCondition extends EventRows { type: 'event_value'; measure: 'sum' | 'average' | 'max' | 'min' | 'distinct'; property: string; op: CountComparison['op']; value: number; to?: number }
/** `event_time` compares the moment of the first or last event up to now with a date operator, as of attributes. No event: no match. */
export interface EventTimeCondition { type: 'event_time'; event: string; where?: PropertyFilter[]; which: 'first' | 'last'; op: string; value?: z.infer<typeof ConditionValue> }
/** One event of a sequence: at most `within` after the step before it; `not` says that there is none in that time. */
export interface SequenceStep { event: string; where?: PropertyFilter[]; within?: z.infer<typeof DurationSchema>; not?: true }
/**
 * `sequence`: events in this order, each later than the one before, the first one inside a sliding window that ends now (all time
 * when absent). Only the last step may be `not`; the answer is then known, and the condition true, when its time has passed.
 */
export interface SequenceCondition { type: 'sequence'; steps: SequenceStep[]; within?: z.infer<typeof DurationSchema> }
export interface TagCondition { type: 'tag'; op: 'has' | 'has_not'; tag: string }
/** On a list that colleagues keep by hand, or not. */
export interface ListCondition { type: 'list'; op: 'in' | 'not_in'; listId: string }
/**
 * What somebody said about a topic on a channel: yes, no, or nothing (`unset`). `allowed` is the rule of sending: a marketing topic
 * that needs a yes first goes to whoever gave it, any other one to whoever did not say no, a transactional one to everybody.
 */
export interface ConsentCondition { type: 'consent'; channel: 'email' | 'in_app'; topic: string; state: 'subscribed' | 'unsubscribed' | 'unset' | 'allowed' }
/** Where a page is: host and path by pattern, and each of these parameters of its query. */
export interface UrlRule { match: 'glob' | 'regex'; pattern: string; query?: { key: string; op: 'exists' | 'is'; value?: string }[] }
/**
 * `page` measures what is seen of a person on web pages: page views; visits, by the page they begin with; dwell, in seconds of
 * reading. Of the filters each must hold, and of the values of one filter any. `touch` asks about the person's first or last
 * page view instead of any.
 */
export interface PageCondition {
  type: 'page';
  measure: 'views' | 'visits' | 'dwell';
  op: CountComparison['op'];
  value: number;
  to?: number;
  url?: UrlRule[];
  /** Hosts; each stands for its subdomains too. */
  referrer?: string[];
  utm?: Partial<Record<'source' | 'medium' | 'campaign' | 'term' | 'content', string[]>>;
  device?: ('mobile' | 'tablet' | 'desktop')[];
  /** "ko" is also "ko-KR". */
  language?: string[];
  touch?: 'any' | 'first' | 'last';
  /** A window that ends now, or a span of the calendar; page views, beginnings of visits and reports of reading lie in it. */
  within?: z.infer<typeof DurationSchema>;
  between?: Between;
}
/**
 * `engagement`: what campaigns did to the person and what came of it; one campaign or (without `campaignId`) any. `received`: an
 * e-mail the server accepted and that did not bounce, or an in-app message that was displayed. `opened` and `clicked`: by a
 * human. `converted`: met the goal (`goal` is its key; the primary one, else the first, when absent) within the goal's window.
 * `in_control`: assigned to the control arm of a test. `in_holdout`: kept out as holdout. `count` counts different deliveries
 * (at least 1 when absent).
 */
export interface EngagementCondition {
  type: 'engagement';
  kind: 'received' | 'opened' | 'clicked' | 'converted' | 'in_control' | 'in_holdout';
  campaignId?: string;
  stepId?: string;
  variant?: string;
  channel?: 'email' | 'in_app';
  goal?: string;
  count?: CountComparison;
  within?: z.infer<typeof DurationSchema>;
  between?: Between;
}
/** One condition about a person, as opposed to what combines conditions. */
export type Leaf = AttributeCondition | EventCondition | EventValueCondition | EventTimeCondition | SequenceCondition | TagCondition | ListCondition | ConsentCondition | PageCondition | EngagementCondition;

/** Which `op` an attribute or property takes is in `segments/domain/operators.ts`; an unknown one is refused there by name. */
const Operator = z.string().min(1).max(40);
const Zone = z.enum(['person', 'workspace']);
const Count = z.number().int().min(0).max(1_000_000);
const Comparison = z.enum(['at_least', 'at_most', 'exactly', 'more_than', 'less_than', 'between']);
const CountSchema = z.strictObject({ op: Comparison, value: Count, to: Count.optional() });
export const PropertyFilterSchema = z.strictObject({ property: z.string().min(1).max(200), op: Operator, value: ConditionValue.optional(), zone: Zone.optional() });
const namedEvents = { event: z.string().min(1).max(200), where: z.array(PropertyFilterSchema).max(20).optional() };
const Moment = z.string().min(10).max(40);
const spans = { within: DurationSchema.optional(), between: z.strictObject({ from: Moment.optional(), to: Moment.optional() }).optional() };
const eventRows = { ...namedEvents, ...spans };
const Texts = z.array(z.string().min(1).max(500)).min(1).max(100);
const UrlRuleSchema = z.strictObject({ match: z.enum(['glob', 'regex']), pattern: z.string().min(1).max(1000), query: z.array(z.strictObject({ key: z.string().min(1).max(200), op: z.enum(['exists', 'is']), value: z.string().max(1000).optional() })).min(1).max(10).optional() });
const UtmSchema = z.strictObject({ source: Texts.optional(), medium: Texts.optional(), campaign: Texts.optional(), term: Texts.optional(), content: Texts.optional() });

/** One schema a condition. */
export const LEAF_SCHEMAS = [
  z.strictObject({ type: z.literal('attribute'), key: z.string().min(1).max(200), op: Operator, value: ConditionValue.optional(), zone: Zone.optional() }),
  z.strictObject({ type: z.literal('event'), ...eventRows, count: CountSchema }),
  z.strictObject({ type: z.literal('event_value'), ...eventRows, measure: z.enum(['sum', 'average', 'max', 'min', 'distinct']), property: z.string().min(1).max(200), op: Comparison, value: z.number(), to: z.number().optional() }),
  z.strictObject({ type: z.literal('event_time'), ...namedEvents, which: z.enum(['first', 'last']), op: Operator, value: ConditionValue.optional() }),
  z.strictObject({ type: z.literal('sequence'), steps: z.array(z.strictObject({ ...namedEvents, within: DurationSchema.optional(), not: z.literal(true).optional() })).min(2).max(5), within: DurationSchema.optional() }),
  z.strictObject({ type: z.literal('tag'), op: z.enum(['has', 'has_not']), tag: z.string().min(1).max(100) }),
  z.strictObject({ type: z.literal('list'), op: z.enum(['in', 'not_in']), listId: Id }),
  z.strictObject({ type: z.literal('consent'), channel: z.enum(['email', 'in_app']), topic: Key, state: z.enum(['subscribed', 'unsubscribed', 'unset', 'allowed']) }),
  z.strictObject({
    type: z.literal('page'), measure: z.enum(['views', 'visits', 'dwell']), op: Comparison, value: z.number().min(0).max(1e9), to: z.number().min(0).max(1e9).optional(),
    url: z.array(UrlRuleSchema).min(1).max(20).optional(), referrer: Texts.optional(), utm: UtmSchema.optional(), device: z.array(z.enum(['mobile', 'tablet', 'desktop'])).min(1).max(3).optional(),
    language: Texts.optional(), touch: z.enum(['any', 'first', 'last']).optional(), ...spans,
  }),
  z.strictObject({ type: z.literal('engagement'), kind: z.enum(['received', 'opened', 'clicked', 'converted', 'in_control', 'in_holdout']), campaignId: Id.optional(), stepId: Key.optional(), variant: Key.optional(), channel: z.enum(['email', 'in_app']).optional(), goal: Key.optional(), count: CountSchema.optional(), ...spans }),
] as const;
/** What a condition's `type` can be. */
export const LEAF_TYPES = LEAF_SCHEMAS.map((schema) => schema.shape.type.value);
