import { liftInterval, logRatio } from './log-ratio.js';
import { normalQuantile } from './multipliers.js';
import type { Rate } from './outcome.js';

/** Conversions a message caused, out of `of`; negative when it prevented some. */
export interface Caused { of: number; point: number; lo: number; hi: number }

/**
 * How many of the conversions among messaged people would not have happened without the message: `x·(1 - e^-psi)` (attributable
 * fraction), ends from the ordinary interval's ends. Null when either side has no conversions.
 */
export function incrementalConversions(holdout: Rate, messaged: Rate, alpha = 0.05): Caused | null {
  const ratio = logRatio(holdout, messaged);
  return ratio === null ? null : causedWithin(messaged.x, ratio.psi, liftInterval(ratio, normalQuantile(1 - alpha / 2, 0, 1))!);
}

/** The same from a log ratio and an interval that were computed before, such as an always-valid one. */
export function causedWithin(conversions: number, psi: number, lift: { lo: number; hi: number }): Caused {
  const share = (log: number) => conversions * -Math.expm1(-log);
  return { of: conversions, point: share(psi), lo: Math.max(share(Math.log1p(lift.lo)), -Number.MAX_SAFE_INTEGER), hi: share(Math.log1p(lift.hi)) };
}
