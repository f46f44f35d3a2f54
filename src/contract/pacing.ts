import { z } from 'zod';
import { DurationSchema, Key, LocalTime, WeekdayName } from './common.js';
import { SendRate } from './safety.js';

/**
 * How much a message matters when there is not room for all. `essential` is outside of general caps and quiet hours;
 * `important` goes before `standard`, and what of it is to come keeps its place.
 */
export const MessageClass = z.enum(['standard', 'important', 'essential']);
export type MessageClass = z.infer<typeof MessageClass>;

/** Greater goes first. */
export const CLASS_RANK: Record<MessageClass, number> = { standard: 0, important: 1, essential: 2 };

const distinct = <T>(list: readonly T[]): boolean => new Set(list).size === list.length;
const set = <T extends z.ZodType>(item: T, most: number) => z.array(item).max(most).default([]).refine(distinct, 'names something twice');

/** The most that one window of a cap may last: what was sent before is not looked at. */
const LONGEST_DAYS = 92;

/** Hours of the person's own day, on days of the week; over midnight when `to` is not after `from`, and then of the day it begins on. The same time twice: the whole day. */
export const SendWindow = z.strictObject({ weekdays: set(WeekdayName, 7), from: LocalTime.default('09:00'), to: LocalTime.default('18:00') });
export type SendWindow = z.infer<typeof SendWindow>;

/** At most so many messages to one person in any such window. Empty lists: every channel, every marketing topic, every class but `essential`. */
export const FrequencyCap = z.strictObject({
  key: Key,
  name: z.string().max(200).default(''),
  on: z.boolean().default(true),
  limit: z.number().int().min(1).max(1_000),
  window: z.discriminatedUnion('kind', [
    /** Any stretch of time of this length, to the second; days have 24 hours. */
    z.strictObject({ kind: z.literal('rolling'), for: DurationSchema.refine((length) => millisOf(length) <= LONGEST_DAYS * 86_400_000, `must not be longer than ${LONGEST_DAYS} days`) }),
    /** The person's own calendar; weeks begin on Monday. */
    z.strictObject({ kind: z.literal('calendar'), unit: z.enum(['day', 'week', 'month']) }),
  ]),
  channels: set(z.enum(['email', 'in_app']), 2),
  topics: set(Key, 50),
  classes: set(MessageClass, 3),
}).meta({ id: 'FrequencyCap' });
export type FrequencyCap = z.infer<typeof FrequencyCap>;

function millisOf({ weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0 }: z.infer<typeof DurationSchema>): number {
  return ((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000;
}

/** What a workspace says about how often and when people hear from it. */
export const PacingSettings = z.strictObject({
  caps: z.array(FrequencyCap).max(20).default([]).refine((caps) => distinct(caps.map(({ key }) => key)), 'two caps have the same key'),
  /** How long a message without an expiry of its own waits for a cap; then it is dropped. */
  waitDays: z.number().int().min(1).max(90).default(7),
  /** Hours of the person's own day in which nothing but `essential` and transactional messages goes out. */
  quietHours: z
    .strictObject({ on: z.boolean().default(false), from: LocalTime.default('22:00'), to: LocalTime.default('08:00'), channels: set(z.enum(['email', 'in_app']), 2) })
    .refine(({ from, to }) => from !== to, { path: ['to'], message: 'must differ from the time they begin' })
    .default({ on: false, from: '22:00', to: '08:00', channels: [] }),
}).meta({ id: 'PacingSettings' });
export type PacingSettings = z.infer<typeof PacingSettings>;

/** What one campaign says about the pace of its messages. */
export const CampaignPacing = z.strictObject({
  class: MessageClass.default('standard'),
  /** Among messages of one class the higher one goes first. */
  priority: z.number().int().min(0).max(100).default(50),
  /** Of a broadcast: from so many hours before its launch on, messages of a lower class leave room for it. */
  reserveHours: z.number().int().min(1).max(168).optional(),
  sendWindow: SendWindow.optional(),
  /** Counted from when the message is decided; what could not go by then goes no more. */
  expiresAfter: DurationSchema.optional(),
  /** Of all messages of the campaign together, over all processes. */
  sendRate: SendRate.optional(),
}).meta({ id: 'CampaignPacing' });
export type CampaignPacing = z.infer<typeof CampaignPacing>;
