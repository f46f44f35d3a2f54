import { isRate, relativeVariance, varianceByPerson, type Outcome } from './outcome.js';

/**
 * How many accounts of equal size the people of an arm are worth: (Σn)² / Σn² (Kish). One account with half of the people leaves fewer than four,
 * however many small ones stand beside it. Null where people were drawn alone.
 */
export const evenAccounts = ({ n, accounts }: Outcome): number | null => (accounts ? (accounts.peopleSq > 0 ? (n * n) / accounts.peopleSq : 0) : null);

/** The same of those the outcomes came from, and of those with people without an outcome; of amounts only the first. Null where people were drawn alone. */
export function evenOutcomes(outcome: Outcome): { met: number; unmet: number | null } | null {
  const { accounts } = outcome;
  if (!accounts) return null;
  const total = isRate(outcome) ? outcome.x : outcome.sum;
  const rest = outcome.n - total;
  const restSq = accounts.peopleSq - 2 * accounts.cross + accounts.outcomeSq;
  return { met: accounts.outcomeSq > 0 ? (total * total) / accounts.outcomeSq : 0, unmet: isRate(outcome) ? (restSq > 0 ? (rest * rest) / restSq : 0) : null };
}

/**
 * The design effect: how many times the variance of the mean is that of as many people drawn alone, at least 1. A number of people
 * divided by it is worth so many who are independent of each other. Null where people were drawn alone, or there is no variance.
 */
export function designEffect(...outcomes: readonly Outcome[]): number | null {
  let [byAccount, alone] = [0, 0];
  for (const outcome of outcomes) {
    const [one, other] = [outcome.accounts ? relativeVariance(outcome) : null, varianceByPerson(outcome)];
    if (one === null || other === null) return null;
    byAccount += one;
    alone += other;
  }
  return alone > 0 ? Math.max(1, byAccount / alone) : null;
}

/**
 * Degrees of freedom of the difference of two arms by account (Welch and Satterthwaite), each with one less than its accounts of equal
 * size, or than those its outcomes came from when they are fewer. Null where people were drawn alone, or there is no variance.
 */
export function degreesOf(a: Outcome, b: Outcome): number | null {
  const arms = [a, b].map((outcome) => ({ variance: outcome.accounts ? relativeVariance(outcome) : null, free: Math.min(evenAccounts(outcome) ?? 0, evenOutcomes(outcome)?.met ?? 0) - 1 }));
  if (arms.some(({ variance, free }) => variance === null || !(free > 0))) return null;
  const variance = arms.reduce((sum, arm) => sum + arm.variance!, 0);
  const spread = arms.reduce((sum, arm) => sum + arm.variance! ** 2 / arm.free, 0);
  return spread > 0 ? variance ** 2 / spread : null;
}

/**
 * Student's t at the level at which the normal is `z`: the expansion by powers of 1/ν (Fisher and Cornish; Abramowitz and Stegun 26.7.5),
 * within 0.1 % from 30 degrees of freedom on up to z = 4, and never below z.
 */
export function studentOf(z: number, degrees: number): number {
  const z2 = z * z;
  const terms = [(z2 + 1) / 4, (5 * z2 * z2 + 16 * z2 + 3) / 96, (3 * z2 ** 3 + 19 * z2 * z2 + 17 * z2 - 15) / 384];
  return terms.reduce((sum, term, power) => sum + (z * term) / degrees ** (power + 1), z);
}

/** The normal deviate at the level at which Student's t is `t`; the inverse of {@link studentOf}. */
export function normalOf(t: number, degrees: number): number {
  let [low, high] = [0, Math.abs(t)];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (studentOf(middle, degrees) < Math.abs(t)) low = middle;
    else high = middle;
  }
  return Math.sign(t) * low;
}
