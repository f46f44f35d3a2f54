/** How often something happened in one arm: `x` of `n` people, each counted once. */
export interface Rate { n: number; x: number }

/**
 * An amount per person in one arm, people without any included as zeros: sum and sum of squares of the people's totals, each
 * total capped before (section 2), and how many totals are not zero.
 */
export interface Amount { n: number; sum: number; sumSq: number; nonZero?: number }

export type Outcome = Rate | Amount;
export const isRate = (outcome: Outcome): outcome is Rate => 'x' in outcome;

const isCount = (value: number): boolean => Number.isFinite(value) && value >= 0;

/** Throws RangeError naming the number that cannot have been counted: negative, not finite, or more people with than in all. */
export function assertOutcome(outcome: Outcome, where: string): void {
  const wrong = (what: string): never => { throw new RangeError(`${where}: ${what}`); };
  if (!isCount(outcome.n)) wrong(`n = ${outcome.n} is not a count`);
  if (isRate(outcome)) {
    if (!isCount(outcome.x) || outcome.x > outcome.n) wrong(`x = ${outcome.x} is not a count within n = ${outcome.n}`);
    return;
  }
  if (!Number.isFinite(outcome.sum)) wrong(`sum = ${outcome.sum} is not a number`);
  if (!isCount(outcome.sumSq)) wrong(`sumSq = ${outcome.sumSq} is not a sum of squares`);
  if (outcome.nonZero !== undefined && (!isCount(outcome.nonZero) || outcome.nonZero > outcome.n)) wrong(`nonZero = ${outcome.nonZero} is not a count within n = ${outcome.n}`);
}

/** Mean per person; 0 for nobody. */
export const meanOf = (outcome: Outcome): number => (outcome.n > 0 ? (isRate(outcome) ? outcome.x : outcome.sum) / outcome.n : 0);

/**
 * Squared relative standard error of the mean, `v / (n·m²)`; null when the logarithm of the mean has none: nobody, a mean that
 * is not positive, or amounts of fewer than two people.
 */
export function relativeVariance(outcome: Outcome): number | null {
  const mean = meanOf(outcome);
  if (!(mean > 0)) return null;
  if (isRate(outcome)) return (outcome.n - outcome.x) / (outcome.n * outcome.x);
  if (outcome.n < 2) return null;
  const variance = Math.max(0, outcome.sumSq - outcome.sum * mean) / (outcome.n - 1);
  const relative = variance / (outcome.n * mean * mean);
  return Number.isFinite(relative) ? relative : null;
}
