import { createHash } from 'node:crypto';
import type { ReasonCode } from '../../../kernel/reason-codes.js';

export type EndpointKind = 'standard' | 'jandi' | 'slack';

/** What one POST came to. `sent`: the connection stood when it failed, so the receiver may have it. */
export type PostOutcome =
  | { kind: 'answer'; status: number; body: string; retryAfterMs: number | null }
  | { kind: 'network'; error: string; sent: boolean }
  /** Never tried: our own rules forbid the address. */
  | { kind: 'refused'; error: string };

/** What becomes of the delivery. */
export type Fate =
  | { kind: 'delivered' }
  | { kind: 'retry'; at: Date }
  | { kind: 'dead'; reason: ReasonCode }
  | { kind: 'uncertain' };

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** The schedule of the Standard Webhooks specification ("Deliverability and reliability"): after the first attempt these waits, a good three days in all. */
export const WAITS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];
const JITTER = 0.1;
/** A refusal (4xx, redirect) seldom heals by waiting: the attempts a receiver gets to mend itself. */
const REFUSALS = 3;
const MAX_RETRY_AFTER = 24 * HOUR;

/** Statuses that say "later": timeout, too early, too many, and every server fault. */
const isLater = (status: number): boolean => status === 408 || status === 425 || status === 429 || status >= 500;

export interface Tried {
  deliveryId: string;
  kind: EndpointKind;
  /** Attempts made, this one included. */
  attempts: number;
  now: Date;
}

/**
 * Judges one attempt. A webhook is at-least-once: receivers drop repetitions by `webhook-id`, so whatever is not known is
 * tried again. A chat has nothing to tell repetitions by: what may have arrived is `uncertain` and never sent again by itself.
 */
export function fateOf(outcome: PostOutcome, tried: Tried): Fate {
  if (outcome.kind === 'refused') return { kind: 'dead', reason: 'PROVIDER_REJECTED' };
  if (outcome.kind === 'network') return outcome.sent && tried.kind !== 'standard' ? { kind: 'uncertain' } : retry(tried, 0, 'EXPIRED');
  const { status } = outcome;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if (status === 410) return { kind: 'dead', reason: 'PROVIDER_REJECTED' };
  if (isLater(status)) return retry(tried, outcome.retryAfterMs ?? 0, 'EXPIRED');
  return tried.attempts >= REFUSALS ? { kind: 'dead', reason: 'PROVIDER_REJECTED' } : retry(tried, 0, 'PROVIDER_REJECTED');
}

/** Whether the receiver is in trouble, rather than this one message. */
export const isTrouble = (outcome: PostOutcome): boolean => outcome.kind === 'network' || (outcome.kind === 'answer' && isLater(outcome.status) && outcome.status !== 429);

/** @param least what the receiver asked for; @param spent the reason when there are no attempts left */
function retry({ deliveryId, attempts, now }: Tried, least: number, spent: ReasonCode): Fate {
  const wait = WAITS[attempts - 1];
  if (wait === undefined) return { kind: 'dead', reason: spent };
  // Fixed for this delivery and attempt, so that a retry can be foretold and a crowd does not come back at once.
  const spread = createHash('sha256').update(`${deliveryId}:${attempts}`).digest().readUInt32BE(0) / 2 ** 32;
  return { kind: 'retry', at: new Date(now.getTime() + Math.max(Math.round(wait * (1 + JITTER * spread)), Math.min(least, MAX_RETRY_AFTER))) };
}

/** `Retry-After` in milliseconds (RFC 9110, section 10.2.3): seconds or an HTTP date; null when absent or unreadable. */
export function readRetryAfter(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text) * SECOND, MAX_RETRY_AFTER);
  const at = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.min(Math.max(0, at - now.getTime()), MAX_RETRY_AFTER);
}
