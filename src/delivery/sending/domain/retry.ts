import { createHash } from 'node:crypto';

const MINUTE = 60_000;
/** Waiting before the second, third, … attempt; the last one repeats. */
const WAITS = [5, 15, 30, 60, 120, 240].map((minutes) => minutes * MINUTE);
const JITTER = 0.2;
const GIVE_UP_AFTER = 24 * 60 * MINUTE;

/**
 * When to try a deferred message again: 5 m, 15 m, 30 m, 1 h, 2 h, then every 4 h, each up to a fifth longer, by an amount
 * fixed for this delivery and attempt so that a retry can be foretold and a crowd does not come back at once. Null when that
 * would be more than 24 hours after the first attempt.
 *
 * @param attempts how many attempts the server has refused, this one included
 */
export function nextAttempt(deliveryId: string, attempts: number, firstAttempt: Date, now: Date): Date | null {
  const wait = WAITS[Math.min(attempts, WAITS.length) - 1]!;
  const spread = createHash('sha256').update(`${deliveryId}:${attempts}`).digest().readUInt32BE(0) / 2 ** 32;
  const at = new Date(now.getTime() + Math.round(wait * (1 + JITTER * spread)));
  return at.getTime() - firstAttempt.getTime() > GIVE_UP_AFTER ? null : at;
}
