const DAY_MS = 86_400_000;
const IDLE_DAYS = 14;
const LONGEST_DAYS = 60;
const TOUCH_MS = 60_000;

/** When a session ends if it is not used again: 14 days after its last use, at most 60 days after sign-in. */
export function expiryOf(createdAt: Date, now: Date): Date {
  return new Date(Math.min(now.getTime() + IDLE_DAYS * DAY_MS, createdAt.getTime() + LONGEST_DAYS * DAY_MS));
}

/** Whether its use should be written down: once a minute is enough. */
export const needsTouch = (lastSeenAt: Date, now: Date): boolean => now.getTime() - lastSeenAt.getTime() >= TOUCH_MS;

/** Set-up and invite links can be used for a week. */
export const linkExpiry = (now: Date): Date => new Date(now.getTime() + 7 * DAY_MS);
