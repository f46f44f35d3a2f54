import { z } from 'zod';
import { DurationSchema } from './common.js';

/** At most so many messages in any minute, or in any hour. */
export const SendRate = z.strictObject({ messages: z.number().int().min(1).max(1_000_000), per: z.enum(['minute', 'hour']) }).meta({ id: 'SendRate' });
export type SendRate = z.infer<typeof SendRate>;

/** Of those who are meant, so many per cent get it, then the wait begins. What is left goes in a last stage. */
const RampStage = z.strictObject({ percent: z.number().min(0.01).max(99.99), wait: DurationSchema });
const FIRST_STAGES: z.infer<typeof RampStage>[] = [{ percent: 1, wait: { hours: 1 } }, { percent: 10, wait: { hours: 4 } }];

/** Sends in stages, each larger than the one before; people belong to a stage by a stable hash. */
export const Ramp = z.strictObject({ stages: z.array(RampStage).min(1).max(5).default(FIRST_STAGES) }).meta({ id: 'Ramp' });
export type Ramp = z.infer<typeof Ramp>;

const Percent = z.number().min(0.01).max(100);

/** When a ramp halts by itself: shares of the messages of the campaign since it started, or since somebody resumed it. */
export const RampLimits = z.strictObject({
  /** Nothing is said of fewer messages. */
  atLeast: z.number().int().min(10).max(10_000).default(100),
  hardPercent: Percent.default(5),
  complaintPercent: Percent.default(0.3),
  blockPercent: Percent.default(20),
  unsubscribePercent: Percent.default(2),
  renderPercent: Percent.default(5),
  /** How much larger the audience may be when it starts than when it was published. */
  volumePercent: z.number().min(1).max(10_000).default(50),
});
export type RampLimits = z.infer<typeof RampLimits>;

/** When all sending but transactional campaigns is held by itself: shares of the newest `window` e-mails of all campaigns. */
export const BreakerLimits = z.strictObject({
  on: z.boolean().default(true),
  window: z.number().int().min(100).max(10_000).default(2_000),
  hardPercent: Percent.default(10),
  complaintPercent: Percent.default(0.5),
  blockPercent: Percent.default(30),
  /** So long it stays open; then it lets messages go again, and judges only those. */
  recheckMinutes: z.number().int().min(1).max(1_440).default(30),
});
export type BreakerLimits = z.infer<typeof BreakerLimits>;

/** What a workspace says about how fast and how many at once. */
export const SafetySettings = z.strictObject({
  ramp: RampLimits.default(RampLimits.parse({})),
  /** Of the whole workspace; transactional campaigns neither wait nor count. Null: no limit. */
  sendRate: SendRate.nullable().default(null),
  breaker: BreakerLimits.default(BreakerLimits.parse({})),
  /** A launch to more people than `above` needs a second person. Null: never. */
  approval: z.strictObject({ above: z.number().int().min(1).max(100_000_000).nullable().default(null) }).default({ above: null }),
}).meta({ id: 'SafetySettings' });
export type SafetySettings = z.infer<typeof SafetySettings>;
