/**
 * The accounts that the people of one arm belong to, where arms were drawn for accounts: who belongs to none is an account of one.
 * With `n` people and `y` outcomes (or an amount) of each account, over all accounts with people who count.
 */
export interface AccountSums {
  /** Accounts. */
  count: number;
  /** Accounts with an outcome (an amount other than 0). */
  met: number;
  /** Sums of n², n·y and y². */
  peopleSq: number;
  cross: number;
  outcomeSq: number;
}

/** How often something happened in one arm: `x` of `n` people, each counted once. */
export interface Rate { n: number; x: number; accounts?: AccountSums }

/**
 * An amount per person in one arm, people without any included as zeros: sum and sum of squares of the people's totals, each
 * total capped before (section 2), and how many totals are not zero.
 */
export interface Amount { n: number; sum: number; sumSq: number; nonZero?: number; accounts?: AccountSums }

export type Outcome = Rate | Amount;
export const isRate = (outcome: Outcome): outcome is Rate => 'x' in outcome;

const isCount = (value: number): boolean => Number.isFinite(value) && value >= 0;

/** Throws RangeError naming the number that cannot have been counted: negative, not finite, or more people with than in all. */
export function assertOutcome(outcome: Outcome, where: string): void {
  const wrong = (what: string): never => { throw new RangeError(`${where}: ${what}`); };
  if (!isCount(outcome.n)) wrong(`n = ${outcome.n} is not a count`);
  if (outcome.accounts) assertAccounts(outcome.accounts, outcome.n, wrong);
  if (isRate(outcome)) {
    if (!isCount(outcome.x) || outcome.x > outcome.n) wrong(`x = ${outcome.x} is not a count within n = ${outcome.n}`);
    return;
  }
  if (!Number.isFinite(outcome.sum)) wrong(`sum = ${outcome.sum} is not a number`);
  if (!isCount(outcome.sumSq)) wrong(`sumSq = ${outcome.sumSq} is not a sum of squares`);
  if (outcome.nonZero !== undefined && (!isCount(outcome.nonZero) || outcome.nonZero > outcome.n)) wrong(`nonZero = ${outcome.nonZero} is not a count within n = ${outcome.n}`);
}

function assertAccounts({ count, met, peopleSq, cross, outcomeSq }: AccountSums, n: number, wrong: (what: string) => never): void {
  if (!isCount(count) || count > n) wrong(`${count} accounts are no number of accounts of ${n} people`);
  if (!isCount(met) || met > count) wrong(`${met} accounts with an outcome are not within ${count}`);
  if (!isCount(peopleSq) || !isCount(outcomeSq) || !Number.isFinite(cross)) wrong('the sums over accounts are not sums of squares');
}

/** Mean per person; 0 for nobody. */
export const meanOf = (outcome: Outcome): number => (outcome.n > 0 ? (isRate(outcome) ? outcome.x : outcome.sum) / outcome.n : 0);

/**
 * Squared relative standard error of the mean, `v / (n·m²)`; null when the logarithm of the mean has none: nobody, a mean that
 * is not positive, or amounts of fewer than two people. Of arms drawn for accounts it is that of a ratio of two sums over accounts.
 */
export const relativeVariance = (outcome: Outcome): number | null => (outcome.accounts ? varianceByAccount(outcome, outcome.accounts) : varianceByPerson(outcome));

/** The same as if everybody were drawn alone. */
export function varianceByPerson(outcome: Outcome): number | null {
  const mean = meanOf(outcome);
  if (!(mean > 0)) return null;
  if (isRate(outcome)) return (outcome.n - outcome.x) / (outcome.n * outcome.x);
  if (outcome.n < 2) return null;
  const variance = Math.max(0, outcome.sumSq - outcome.sum * mean) / (outcome.n - 1);
  const relative = variance / (outcome.n * mean * mean);
  return Number.isFinite(relative) ? relative : null;
}

/**
 * The mean is the ratio R of two sums over independent accounts, outcomes to people. Linearised, an account of n people with y outcomes
 * moves it by (y - R·n) / N, so its variance is `k/(k-1) · Σ(y - R·n)² / N²` over k accounts (Cochran, Sampling Techniques, 3rd ed., 6.3 and
 * 9A.2; Deng, Knoblich and Lu, "Applying the Delta Method in Metric Analytics", KDD 2018, section 3).
 */
function varianceByAccount(outcome: Outcome, { count, peopleSq, cross, outcomeSq }: AccountSums): number | null {
  const mean = meanOf(outcome);
  if (!(mean > 0) || count < 2) return null;
  const spread = Math.max(0, outcomeSq - 2 * mean * cross + mean * mean * peopleSq);
  const relative = ((count / (count - 1)) * spread) / (outcome.n * mean) ** 2;
  return Number.isFinite(relative) ? relative : null;
}
