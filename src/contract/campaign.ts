import { z } from 'zod';
import { DurationSchema, Id, Instant, Key, LocalTime, Name, WeekdayName } from './common.js';
import { Display } from './display.js';
import { TestPlan } from './experiment.js';
import { ChatContent, EmailContent, InAppContent, WebhookContent } from './message.js';
import { SegmentNodeSchema } from './segment.js';
import { PropertyFilterSchema } from './segment-conditions.js';

/** Who a new campaign takes from its entry segment. */
export const Take = z.enum(['current_and_future', 'future_only', 'current_only']);

export const Entry = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('segment'), segmentId: Id, take: Take.default('current_and_future') }),
  z.strictObject({ type: z.literal('event'), event: z.string().min(1).max(200), where: z.array(PropertyFilterSchema).max(20).default([]) }),
  /** `days` before (negative) or after a date attribute, at `time` in the person's zone. */
  z.strictObject({ type: z.literal('date'), attribute: z.string().min(1).max(200), days: z.number().int().min(-3650).max(3650).default(0), time: LocalTime.default('09:00') }),
]);

const next = Key.nullable().default(null);

const Weight = z.number().positive().max(1_000_000);

/** Up to 8 weighted variants; a `control` share gets nothing but passes every gate. */
const messageParts = <C extends z.ZodType>(content: C) => ({
  type: z.literal('message'),
  name: z.string().max(200).default(''),
  topic: Key.default('product-updates'),
  variants: z.array(z.strictObject({ key: Key, name: z.string().max(200).default(''), weight: Weight.default(1), content })).min(1).max(8),
  control: z.strictObject({ weight: Weight }).optional(),
  test: TestPlan.optional(),
  next,
});

const EmailStep = z.strictObject({ id: Key, channel: z.literal('email'), ...messageParts(EmailContent) });
/** An e-mail for whoever has not seen the in-app message within so many hours after it reached the inbox. Counted by itself, at the step {@link fallbackStep}. */
const EmailFallback = z.strictObject({ afterHours: z.number().int().min(1).max(720), email: EmailContent });
const InAppStep = z.strictObject({ id: Key, channel: z.literal('in_app'), ...messageParts(InAppContent), fallback: EmailFallback.optional() });
const WebhookStep = z.strictObject({ id: Key, channel: z.literal('webhook'), ...messageParts(WebhookContent) });
const ChatStep = z.strictObject({ id: Key, channel: z.literal('chat'), ...messageParts(ChatContent) });
export const MessageStep = z.discriminatedUnion('channel', [EmailStep, InAppStep, WebhookStep, ChatStep]);
export type MessageStep = z.infer<typeof MessageStep>;

/** The step under which the e-mail of an in-app message that was not seen is counted. No author can give this id. */
export const fallbackStep = (stepId: string): string => `${stepId}~email`;

/** How a step visit names the branch that was taken: by place as well, because names may repeat or be absent. */
export const branchOutcome = (name: string, index: number): string => `branch ${index + 1}${name === '' ? '' : `: ${name}`}`;

export const Step = z.discriminatedUnion('type', [
  MessageStep,
  /** For a duration, then (or only) until the next such local time in the person's zone. */
  z.strictObject({ id: Key, type: z.literal('wait'), for: DurationSchema.optional(), until: z.strictObject({ time: LocalTime, weekdays: z.array(WeekdayName).max(7).default([]) }).optional(), next }),
  z.strictObject({ id: Key, type: z.literal('wait_until'), condition: SegmentNodeSchema, timeout: DurationSchema, next, onTimeout: next }),
  z.strictObject({ id: Key, type: z.literal('branch'), branches: z.array(z.strictObject({ name: z.string().max(200).default(''), condition: SegmentNodeSchema, next })).min(1).max(20), otherwise: next }),
  z.strictObject({ id: Key, type: z.literal('split'), arms: z.array(z.strictObject({ key: Key, weight: Weight, next })).min(2).max(8), test: TestPlan.optional() }),
  z.strictObject({ id: Key, type: z.literal('exit') }),
]);
export type Step = z.infer<typeof Step>;

/** Success: an event (counted from raw events, so late ones and imports count too) or a condition that becomes true. */
export const Goal = z.strictObject({
  key: Key,
  name: Name,
  primary: z.boolean().default(false),
  /** Reaching it ends the person's run at once. */
  exits: z.boolean().default(false),
  window: DurationSchema.default({ days: 7 }),
  event: z.strictObject({ name: z.string().min(1).max(200), where: z.array(PropertyFilterSchema).max(20).default([]) }).optional(),
  condition: SegmentNodeSchema.optional(),
  /** Property of the event that holds an amount (revenue). */
  value: z.strictObject({ property: z.string().min(1).max(200), currency: z.string().regex(/^[A-Z]{3}$/) }).optional(),
});
export type Goal = z.infer<typeof Goal>;

const shared = {
  audience: SegmentNodeSchema.optional(),
  exitRules: z.array(z.strictObject({ key: Key, name: z.string().max(200).default(''), condition: SegmentNodeSchema })).max(20).default([]),
  goals: z.array(Goal).max(10).default([]),
};

export const ExitRule = shared.exitRules.unwrap().element;
export type ExitRule = z.infer<typeof ExitRule>;

/** When a person whose run has ended may start another. */
export const Reentry = z.discriminatedUnion('policy', [
  z.strictObject({ policy: z.literal('never') }),
  z.strictObject({ policy: z.literal('after_exit') }),
  z.strictObject({ policy: z.literal('after_interval'), interval: DurationSchema }),
]);
export type Reentry = z.infer<typeof Reentry>;

export const SeriesDefinition = z.strictObject({
  type: z.literal('series'),
  entry: Entry,
  reentry: Reentry.default({ policy: 'never' }),
  ...shared,
  start: Key,
  steps: z.array(Step).min(1).max(500),
});

const messageId = { id: Key.default('message') };

/**
 * One message to a segment at one moment. `external` records a past or foreign experiment instead: it has `arms` and no
 * message, assignments are given from outside, and nothing is ever sent.
 */
export const BroadcastDefinition = z.strictObject({
  type: z.literal('broadcast'),
  external: z.boolean().default(false),
  /** Without a segment the audience alone says who is meant. */
  segmentId: Id.optional(),
  /** At once when absent. */
  launchAt: Instant.optional(),
  /** Each person's message waits for this time in their own zone, counted from the launch. */
  localTime: LocalTime.optional(),
  ...shared,
  message: z.discriminatedUnion('channel', [EmailStep.extend(messageId), InAppStep.extend(messageId), WebhookStep.extend(messageId), ChatStep.extend(messageId)]).optional(),
  /** The arms of an external experiment. */
  arms: z.array(z.strictObject({ key: Key, name: z.string().max(200).default(''), weight: Weight.default(1), control: z.boolean().default(false) })).min(1).max(9).optional(),
  /** Of an external experiment; the test of a message stands beside its variants. */
  test: TestPlan.optional(),
});

/**
 * One in-app message to visitors of a website, displayed when page and moment fit. Nobody is sent anything: the browser asks
 * at the moment of display, and a run is one impression.
 */
export const AutoMessageDefinition = z.strictObject({
  type: z.literal('auto_message'),
  display: Display,
  ...shared,
  message: InAppStep.extend(messageId),
});

/** What a campaign does. Checked further (reachability, references, templates) at publish. */
export const CampaignDefinition = z.discriminatedUnion('type', [SeriesDefinition, BroadcastDefinition, AutoMessageDefinition]).meta({ id: 'CampaignDefinition' });
export type CampaignDefinition = z.infer<typeof CampaignDefinition>;
export type SeriesDefinition = z.infer<typeof SeriesDefinition>;
export type BroadcastDefinition = z.infer<typeof BroadcastDefinition>;
export type AutoMessageDefinition = z.infer<typeof AutoMessageDefinition>;
