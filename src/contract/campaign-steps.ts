import { z } from 'zod';
import { RunEvent } from './campaign-goals.js';
import { DurationSchema, Id, Key, LocalTime, WeekdayName } from './common.js';
import { TestPlan } from './experiment.js';
import { ChatContent, EmailContent, InAppContent, WebhookContent } from './message.js';
import { SendWindow } from './pacing.js';
import { SegmentNodeSchema } from './segment.js';

const next = Key.nullable().default(null);

/** Share of an arm, in any unit: only its part of the sum counts. */
export const Weight = z.number().positive().max(1_000_000);

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

/** Hours of this message alone, in place of those of its campaign. */
const ownHours = { sendWindow: SendWindow.optional() };

/** What must have become of a message so that the rung after it is not needed. A goal is the primary one. */
export const LadderSuccess = z.enum(['displayed', 'opened', 'clicked', 'answered', 'goal']);
export type LadderSuccess = z.infer<typeof LadderSuccess>;
/** Goes when the rung before (first: the message itself) had no success within this time after it went. One content for all variants. */
const climb = { unless: LadderSuccess, after: DurationSchema };
export const Rung = z.discriminatedUnion('channel', [
  z.strictObject({ channel: z.literal('email'), ...climb, content: EmailContent }),
  z.strictObject({ channel: z.literal('in_app'), ...climb, content: InAppContent }),
  z.strictObject({ channel: z.literal('webhook'), ...climb, content: WebhookContent }),
  z.strictObject({ channel: z.literal('chat'), ...climb, content: ChatContent }),
]);
export type Rung = z.infer<typeof Rung>;
const ladder = { ladder: z.array(Rung).min(1).max(4).optional() };

export const EmailStep = z.strictObject({ id: Key, channel: z.literal('email'), ...messageParts(EmailContent), ...ownHours, ...ladder });
/** An e-mail for whoever has not seen the in-app message within so many hours after it reached the inbox. Counted by itself, at the step {@link fallbackStep}. */
const EmailFallback = z.strictObject({ afterHours: z.number().int().min(1).max(720), email: EmailContent });
export const InAppStep = z.strictObject({ id: Key, channel: z.literal('in_app'), ...messageParts(InAppContent), ...ownHours, fallback: EmailFallback.optional(), ...ladder });
export const WebhookStep = z.strictObject({ id: Key, channel: z.literal('webhook'), ...messageParts(WebhookContent) });
export const ChatStep = z.strictObject({ id: Key, channel: z.literal('chat'), ...messageParts(ChatContent) });
export const MessageStep = z.discriminatedUnion('channel', [EmailStep, InAppStep, WebhookStep, ChatStep]);
export type MessageStep = z.infer<typeof MessageStep>;

/** The step under which the e-mail of an in-app message that was not seen is counted. No author can give this id. */
export const fallbackStep = (stepId: string): string => `${stepId}~email`;
/** The step under which a rung is counted, by its place in the ladder. No author can give this id. */
const rungStep = (stepId: string, index: number): string => `${stepId}~${index + 2}`;

/** What follows a message that had no success: the rungs of its ladder, or the e-mail for who did not see it. */
export interface PlacedRung { stepId: string; channel: Rung['channel']; content: Rung['content']; /** Where its content is, from the step. */ path: string; wait: { hours: number } | { unless: LadderSuccess; after: Rung['after'] } }
export function rungsOf(step: MessageStep): PlacedRung[] {
  if (step.channel === 'in_app' && step.fallback) return [{ stepId: fallbackStep(step.id), channel: 'email', content: step.fallback.email, path: 'fallback.email', wait: { hours: step.fallback.afterHours } }];
  if (step.channel !== 'in_app' && step.channel !== 'email') return [];
  return (step.ladder ?? []).map(({ channel, content, unless, after }, index) => ({ stepId: rungStep(step.id, index), channel, content, path: `ladder.${index}.content`, wait: { unless, after } }));
}

/** The step that its author wrote, of a step id as deliveries have it. */
export const authoredStep = (stepId: string): string => stepId.split('~', 1)[0]!;

/** How a step visit names the branch that was taken: by place as well, because names may repeat or be absent. */
export const branchOutcome = (name: string, index: number): string => `branch ${index + 1}${name === '' ? '' : `: ${name}`}`;

/** `days` after (negative: before) a date attribute, at `time` in the person's zone. A date that changes meanwhile is followed. */
const WaitDate = z.strictObject({ attribute: z.string().min(1).max(200), days: z.number().int().min(-3650).max(3650).default(0), time: LocalTime.default('09:00') });

const Tag = z.string().trim().min(1).max(100);
/** A webhook or a notice to the team is a message step of that channel: it has its queue and its guarantees. */
export const Action = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('set_attribute'), attribute: z.string().min(1).max(200), value: z.union([z.string().max(1_000), z.number(), z.boolean(), z.null()]).meta({ description: 'Null removes the attribute' }) }),
  z.strictObject({ kind: z.literal('add_tag'), tag: Tag }),
  z.strictObject({ kind: z.literal('remove_tag'), tag: Tag }),
  z.strictObject({ kind: z.literal('add_to_list'), listId: Id }),
  z.strictObject({ kind: z.literal('remove_from_list'), listId: Id }),
]);
export type Action = z.infer<typeof Action>;

export const Step = z.discriminatedUnion('type', [
  MessageStep,
  /** For a duration, then (or only) until the next such local time in the person's zone; or until a date of the person's own. */
  z.strictObject({
    id: Key, type: z.literal('wait'), for: DurationSchema.optional(), until: z.strictObject({ time: LocalTime, weekdays: z.array(WeekdayName).max(7).default([]) }).optional(),
    date: WaitDate.optional(), next,
    onMissed: Key.nullable().optional().meta({ description: 'Of a date: where people go who have none, or whose moment had passed when they came; absent or null: their run ends' }),
  }),
  /** Until a condition holds or an event has come, or for a time at most. */
  z.strictObject({ id: Key, type: z.literal('wait_until'), condition: SegmentNodeSchema.optional(), event: RunEvent.optional(), timeout: DurationSchema, next, onTimeout: next }),
  z.strictObject({ id: Key, type: z.literal('branch'), branches: z.array(z.strictObject({ name: z.string().max(200).default(''), condition: SegmentNodeSchema, next })).min(1).max(20), otherwise: next }),
  z.strictObject({ id: Key, type: z.literal('split'), arms: z.array(z.strictObject({ key: Key, weight: Weight, next })).min(2).max(8), test: TestPlan.optional() }),
  /** Changes what is known of the person, and goes on. */
  z.strictObject({ id: Key, type: z.literal('action'), action: Action, next }),
  z.strictObject({ id: Key, type: z.literal('exit') }),
]);
export type Step = z.infer<typeof Step>;
