import { createHash } from 'node:crypto';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Waiting before the second, third, … attempt; the last one repeats. */
const WAITS = [5, 15, 30, 60, 120, 240].map((minutes) => minutes * MINUTE);
const JITTER = 0.2;
/** A session that ended before anything was judged is tried again soon. */
const LOST_WAIT = 30 * SECOND;
/** What a server asks for is believed within these bounds. */
const [SHORTEST_ASKED, LONGEST_ASKED] = [10 * SECOND, 12 * HOUR];

export interface Attempt {
  deliveryId: string;
  /** How many attempts the server has refused, this one included. */
  attempts: number;
  firstAttempt: Date;
  now: Date;
  /** Given up when the next attempt would be later than so many hours after the first. */
  giveUpHours: number;
  /** The server's words. */
  detail: string;
  /** The session ended, nothing was judged. */
  lost: boolean;
}

/**
 * When to try a message again: what the server asks for ("try again in 10 minutes"), else 5 m, 15 m, 30 m, 1 h, 2 h, then every
 * 4 h; each up to a fifth longer, by an amount fixed for this delivery and attempt so that a retry can be foretold and a crowd
 * does not come back at once. Null when it is to be given up.
 */
export function nextAttempt({ deliveryId, attempts, firstAttempt, now, giveUpHours, detail, lost }: Attempt): Date | null {
  const wait = askedWait(detail) ?? (lost ? LOST_WAIT : WAITS[Math.min(attempts, WAITS.length) - 1]!);
  const spread = createHash('sha256').update(`${deliveryId}:${attempts}`).digest().readUInt32BE(0) / 2 ** 32;
  const at = new Date(now.getTime() + Math.round(wait * (1 + JITTER * spread)));
  return at.getTime() - firstAttempt.getTime() > giveUpHours * HOUR ? null : at;
}

/** How long a server asks to wait, in milliseconds: "try again in 5 minutes", "retry after 300 seconds", "in 1 hour". */
export function askedWait(detail: string): number | null {
  const [, amount, unit] = /\b(?:try|retry|come back|resend|again)\b[^.\d]{0,40}?\b(?:in|after|within)\s+(\d{1,5})\s*(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?)\b/i.exec(detail) ?? [];
  if (!amount || !unit) return null;
  const size = { s: SECOND, m: MINUTE, h: HOUR }[unit[0]!.toLowerCase() as 's' | 'm' | 'h'];
  return Math.min(LONGEST_ASKED, Math.max(SHORTEST_ASKED, Number(amount) * size));
}
