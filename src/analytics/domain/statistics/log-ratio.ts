import { meanOf, relativeVariance, type Outcome } from './outcome.js';

/** Natural logarithm of the ratio of two means, "b against a", and its standard error. */
export interface LogRatio { psi: number; se: number }

/** A relative difference (0.2 = 20 % more in b than in a) between two ends, both above -1. */
export interface LiftInterval { lo: number; hi: number }

/** Lifts are given up to e^700 and no further, so that every end is a number JSON can carry. */
const MOST = 700;

/**
 * The one estimator (section 2): ln(mB/mA), standard error by the delta method (for rates: Katz).
 * Null when either logarithm does not exist or neither arm shows any spread.
 */
export function logRatio(a: Outcome, b: Outcome): LogRatio | null {
  const variances = [relativeVariance(a), relativeVariance(b)];
  if (variances[0] === null || variances[1] === null) return null;
  const se = Math.sqrt(variances[0]! + variances[1]!);
  const psi = Math.log(meanOf(b)) - Math.log(meanOf(a));
  return se > 0 && Number.isFinite(psi) ? { psi, se } : null;
}

const lift = (log: number): number => Math.expm1(Math.min(log, MOST));

/** `psi ± c·SE` as a lift; null when the multiplier is infinite: nothing is promised at this moment. */
export function liftInterval({ psi, se }: LogRatio, multiplier: number): LiftInterval | null {
  if (!Number.isFinite(multiplier)) return null;
  return { lo: lift(psi - multiplier * se), hi: lift(psi + multiplier * se) };
}

/** The same comparison read the other way round, "a against b". */
export const reversed = ({ lo, hi }: LiftInterval): LiftInterval => ({ lo: lift(-Math.log1p(hi)), hi: lift(-Math.log1p(lo)) });

/** Whether no difference lies outside the interval, and on which side of it: 1 = b higher, -1 = b lower, 0 = undecided. */
export function side({ lo, hi }: LiftInterval): -1 | 0 | 1 {
  if (lo > 0) return 1;
  return hi < 0 ? -1 : 0;
}
