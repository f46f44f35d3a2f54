import { z } from 'zod';
import { DurationSchema, Id, Instant, Name } from './common.js';
import { PropertyFilterSchema } from './segment-conditions.js';

/** JSON answers carry instants as text; stores give dates. */
const At = z.union([Instant, z.date()]).meta({ type: 'string', format: 'date-time' });
const Count = z.number().int();
const Text = z.object({ en: z.string(), ko: z.string() });

/** What a holdout is judged by: an event within a window that begins when the person was first considered. */
export const HoldoutGoal = z.strictObject({
  event: z.strictObject({ name: z.string().min(1).max(200), where: z.array(PropertyFilterSchema).max(20).default([]) }),
  window: DurationSchema.default({ days: 28 }),
});
export type HoldoutGoal = z.infer<typeof HoldoutGoal>;

const percent = z.number().min(0.01).max(50).refine((value) => Number.isInteger(Math.round(value * 1e6) / 1e4), 'must be a multiple of 0.01').meta({ description: 'Share of people kept out, in percent; whole hundredths' });
const campaignIds = z.array(Id).min(1).max(200).nullable().default(null).meta({ description: 'Null: every campaign, now and later. What is only about transactional topics is never held back' });
const exceptCampaignIds = z.array(Id).max(200).default([]).meta({ description: 'These send to everybody all the same' });

export const NewHoldout = z.strictObject({ name: Name, percent, campaignIds, exceptCampaignIds, goal: HoldoutGoal }).meta({ id: 'NewHoldout' });
export type NewHoldout = z.infer<typeof NewHoldout>;

/** Share, campaigns and goal stay as they began: changing them would compare people who were chosen differently. */
export const HoldoutChange = z.strictObject({ name: Name.optional(), exceptCampaignIds: z.array(Id).max(200).optional() }).refine((change) => Object.keys(change).length > 0, 'must change something').meta({ id: 'HoldoutChange' });
export type HoldoutChange = z.infer<typeof HoldoutChange>;

export const HoldoutView = z.object({
  id: Id, name: z.string(), percent: z.number(), campaignIds: z.array(Id).nullable(), exceptCampaignIds: z.array(Id), goal: HoldoutGoal,
  since: At, createdBy: z.string(), endedAt: At.nullable(), endedBy: z.string().nullable(),
  held: Count.meta({ description: 'People kept out so far' }),
  considered: Count.meta({ description: 'People considered so far, those kept out included' }),
}).meta({ id: 'Holdout' });
export type HoldoutView = z.infer<typeof HoldoutView>;
export const HoldoutList = z.object({ items: z.array(HoldoutView) }).meta({ id: 'HoldoutList' });

export const HoldoutQuestion = NewHoldout.omit({ name: true }).meta({ id: 'HoldoutQuestion' });
export type HoldoutQuestion = z.infer<typeof HoldoutQuestion>;
export const HoldoutPlan = z.object({
  people: Count.meta({ description: 'Different people that campaigns in question took in the last 28 days' }),
  baseline: z.number().nullable().meta({ description: 'Share of them who met the goal within its window; null when nobody’s window has passed' }),
  after: z.array(z.object({
    days: Count, people: Count, held: Count,
    lift: z.number().nullable().meta({ description: 'Smallest relative increase that would be found with 80 % power; null: none' }),
  })),
  sentence: Text,
}).meta({ id: 'HoldoutPlan' });
export type HoldoutPlan = z.infer<typeof HoldoutPlan>;

export const HeldPerson = z.object({ personId: Id, held: z.boolean(), override: z.boolean(), campaignId: Id.nullable().meta({ description: 'The campaign that considered them first' }), at: At });
export const HeldPersonList = z.object({ items: z.array(HeldPerson), next: z.string().nullable() }).meta({ id: 'HeldPersonList' });

/** Puts one person on a side by hand, for tests of ours; nobody put so is in the numbers. */
export const HoldoutOverride = z.strictObject({ held: z.boolean() }).meta({ id: 'HoldoutOverride' });
