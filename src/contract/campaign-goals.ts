import { z } from 'zod';
import { DurationSchema, Key, Name } from './common.js';
import { SegmentNodeSchema } from './segment.js';
import { PropertyFilterSchema } from './segment-conditions.js';

/** Something the person did since their run's entry; `sameKey`: with the same value in the entry's key property as the event that let them in. */
export const RunEvent = z.strictObject({ name: z.string().min(1).max(200), where: z.array(PropertyFilterSchema).max(20).default([]), sameKey: z.boolean().optional() });
export type RunEvent = z.infer<typeof RunEvent>;

/** Success: an event (counted from raw events, so late ones and imports count too) or a condition that becomes true. */
export const Goal = z.strictObject({
  key: Key,
  name: Name,
  primary: z.boolean().default(false),
  /** Reaching it ends the person's run at once. */
  exits: z.boolean().default(false),
  window: DurationSchema.default({ days: 7 }),
  /** `sameKey` says which run it ends; results count the event of the person, whatever its key. */
  event: RunEvent.optional(),
  condition: SegmentNodeSchema.optional(),
  /** Property of the event that holds an amount (revenue). */
  value: z.strictObject({ property: z.string().min(1).max(200), currency: z.string().regex(/^[A-Z]{3}$/) }).optional(),
});
export type Goal = z.infer<typeof Goal>;

/** What ends a run early: a condition that becomes true, or an event. */
export const ExitRule = z.strictObject({ key: Key, name: z.string().max(200).default(''), condition: SegmentNodeSchema.optional(), event: RunEvent.optional() });
export type ExitRule = z.infer<typeof ExitRule>;
