import { causedWithin, type Caused } from '../../domain/statistics/caused.js';
import { GATES } from '../../domain/statistics/compare.js';
import { liftInterval, type LiftInterval } from '../../domain/statistics/log-ratio.js';
import { earlyMultiplier, UNPLANNED_PAIR } from '../../domain/statistics/multipliers.js';

/** One test: matured people who were kept from a message and who were meant to get it, and how many of each met the goal. */
export interface Stratum { kept: { people: number; converted: number }; messaged: { people: number; converted: number } }

export interface PooledEffect { kept: Stratum['kept']; messaged: Stratum['messaged']; lift: LiftInterval | null; caused: Caused | null; /** Why nothing is said; null when something is. */ missing: 'people' | 'conversions' | null }

const ERROR = 0.05;

/**
 * What messages did, over several tests with different shares kept back: the ratio of Mantel and Haenszel with the variance of
 * Greenland and Robins (Biometrics 41, 1985), which for one test is the log ratio of the results page. Sums of people over tests
 * would compare campaigns with each other instead. The interval is the always-valid one, since this is looked at on any day.
 */
export function pooledEffect(strata: readonly Stratum[]): PooledEffect {
  const [kept, messaged] = [sumOf(strata.map((one) => one.kept)), sumOf(strata.map((one) => one.messaged))];
  const missing = Math.min(kept.people, messaged.people) < GATES.matured ? 'people' : [kept, messaged].some(({ people, converted }) => converted < GATES.withOutcome || people - converted < GATES.withoutOutcome) ? 'conversions' : null;
  const ratio = missing === null ? mantelHaenszel(strata) : null;
  if (ratio === null) return { kept, messaged, lift: null, caused: null, missing: missing ?? 'conversions' };
  const lift = liftInterval(ratio, earlyMultiplier(kept.people + messaged.people, UNPLANNED_PAIR, ERROR));
  return { kept, messaged, lift, caused: lift && causedWithin(messaged.converted, ratio.psi, lift), missing: null };
}

function mantelHaenszel(strata: readonly Stratum[]): { psi: number; se: number } | null {
  let [with1, with0, spread] = [0, 0, 0];
  for (const { kept: { people: n0, converted: x0 }, messaged: { people: n1, converted: x1 } } of strata) {
    const n = n0 + n1;
    if (n0 === 0 || n1 === 0) continue;
    with1 += (x1 * n0) / n;
    with0 += (x0 * n1) / n;
    spread += (n1 * n0 * (x1 + x0) - x1 * x0 * n) / (n * n);
  }
  return with1 > 0 && with0 > 0 && spread > 0 ? { psi: Math.log(with1 / with0), se: Math.sqrt(spread / (with1 * with0)) } : null;
}

const sumOf = (all: readonly Stratum['kept'][]) => all.reduce((sum, one) => ({ people: sum.people + one.people, converted: sum.converted + one.converted }), { people: 0, converted: 0 });
