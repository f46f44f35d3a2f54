import { z } from 'zod';
import { DurationSchema, Id, LocalTime } from './common.js';
import { PropertyFilterSchema } from './segment-conditions.js';

/** Who a new campaign takes: those who are there when it is published, those who come later, or both. */
export const Take = z.enum(['current_and_future', 'future_only', 'current_only']);

/** Whom an event or a date let in before there was the campaign. */
const LookingBack = {
  take: Take.optional().meta({ description: 'Absent: future_only. With the two others, publishing also takes the people whose moment (of the event, or by the date) lies within `lookBack`; their steps are timed from that moment, and those whose time is over are passed by' }),
  lookBack: DurationSchema.optional().meta({ description: 'How far back such a moment may lie, from the publishing; a year at most. Needed unless `take` is future_only' }),
};

export const Entry = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('segment'), segmentId: Id,
    on: z.literal('left').optional().meta({ description: 'Whoever leaves the segment enters; absent: whoever comes into it' }),
    take: Take.default('current_and_future'),
  }),
  z.strictObject({
    type: z.literal('event'), event: z.string().min(1).max(200), where: z.array(PropertyFilterSchema).max(20).default([]),
    key: z.string().min(1).max(200).optional().meta({ description: 'A property such as order_id. An event without it lets nobody in; waits, goals and exit rules can ask for an event with the same value; with the re-entry policy concurrent_by_key each value has a run of its own.' }),
    ...LookingBack,
  }),
  /** `days` before (negative) or after a date attribute, at `time` in the person's zone. */
  z.strictObject({
    type: z.literal('date'), attribute: z.string().min(1).max(200), days: z.number().int().min(-3650).max(3650).default(0), time: LocalTime.default('09:00'),
    every: z.literal('year').optional().meta({ description: 'At each anniversary, the first a year after the date; of 29 February on 28 February in years without one' }),
    ...LookingBack,
  }),
  /** Whom another system or a colleague names: `POST /v1/campaigns/ID/enter`. */
  z.strictObject({
    type: z.literal('api'),
    key: z.string().min(1).max(200).optional().meta({ description: 'A property such as order_id, whose value each person is given with: as the key of an event' }),
  }),
]);

/** When a person whose run has ended may start another. */
export const Reentry = z.discriminatedUnion('policy', [
  z.strictObject({ policy: z.literal('never') }),
  z.strictObject({ policy: z.literal('after_exit') }),
  z.strictObject({ policy: z.literal('after_interval'), interval: DurationSchema }),
  /** One active run for each value of the entry's key, at the same time; when it has ended the value may begin another. */
  z.strictObject({ policy: z.literal('concurrent_by_key') }),
]);
export type Reentry = z.infer<typeof Reentry>;
