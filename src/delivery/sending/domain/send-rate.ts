import type { SendRate } from '../../../contract/safety.js';

/** A token bucket that all processes share. */
export interface RateBucket extends SendRate {
  tokens: number;
  /** When `tokens` was true. */
  at: Date;
}

const WINDOW_MS: Record<SendRate['per'], number> = { minute: 60_000, hour: 3_600_000 };
/** Adding up fractions must not cost anybody a place. */
const NEARLY = 1e-6;

/** Senders look once a second; what a part of a message is left over must not be lost at the next look. */
const HOLDS_MS = 2_000;

/** Most messages at one moment: what two seconds bring; at least one. */
export const burstOf = ({ messages, per }: SendRate): number => Math.max(1, Math.floor((messages * HOLDS_MS) / WINDOW_MS[per]));

/**
 * Messages a millisecond. Less than the rate by the burst, so that no window of the named length, wherever it begins, ever holds more than
 * the rate: a full bucket and what comes within the window are together what is allowed. Costs up to 3 % of a rate by the minute.
 */
const speedOf = (rate: SendRate): number => (rate.messages - burstOf(rate) + 1) / WINDOW_MS[rate.per];

/** The bucket as it is at `now`. A clock that was put back adds nothing. */
export function refilled<T extends RateBucket>(bucket: T, now: Date): T {
  const passed = Math.max(0, now.getTime() - bucket.at.getTime());
  return { ...bucket, tokens: Math.min(burstOf(bucket), bucket.tokens + passed * speedOf(bucket)), at: now > bucket.at ? now : bucket.at };
}

/** Whole messages that may go now. */
export const room = (bucket: RateBucket): number => Math.max(0, Math.floor(bucket.tokens + NEARLY));

/** When the next message may go; not after `bucket.at` when one may go at once. */
export const nextAt = (bucket: RateBucket): Date => new Date(bucket.at.getTime() + Math.ceil((Math.max(0, 1 - NEARLY - bucket.tokens)) / speedOf(bucket)));
