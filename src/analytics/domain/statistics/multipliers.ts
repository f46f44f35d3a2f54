import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';

/** Planned people of a pair when nothing was planned; a wrong value by 4 costs under 8 % of width (section 2). */
export const UNPLANNED_PAIR = 5_000;

/** How many comparisons `arms` versions make: each with each. */
export const pairCount = (arms: number): number => (arms * (arms - 1)) / 2;

/** How a mixture is tuned for an error budget: L = 2·ln(1/a), K = L + ln(1+L). */
const tuning = (alpha: number) => {
  const l = 2 * Math.log(1 / alpha);
  return { l, k: l + Math.log1p(l) };
};

/** K, the ratio of information to planned information at which the always-valid interval is narrowest for its time. */
export const mixtureK = (alpha: number): number => tuning(alpha).k;

const informationRatio = (people: number, planned: number, alpha: number): number => (mixtureK(alpha) * people) / planned;

/**
 * c_early, the always-valid multiplier (asymptotic confidence sequence, normal mixture) at `people` of the pair when `planned`
 * are expected; Infinity without a budget or without people.
 */
export function earlyMultiplier(people: number, planned: number, alpha: number): number {
  if (!(alpha > 0) || !(people > 0)) return Infinity;
  return multiplierAt(informationRatio(people, planned, alpha), alpha);
}

function multiplierAt(r: number, alpha: number): number {
  return Math.sqrt((1 + 1 / r) * (Math.log1p(r) + tuning(alpha).l));
}

/** c_early at the moment it was tuned for, when the planned people have come (r = K). */
export const earlyMultiplierAtPlan = (alpha: number): number => (alpha > 0 ? multiplierAt(mixtureK(alpha), alpha) : Infinity);

/** c_final, the ordinary two-sided z for one read-out over `pairs` comparisons; Infinity without a budget. */
export const finalMultiplier = (alphaFinal: number, pairs: number): number => (alphaFinal > 0 ? normalQuantile(1 - alphaFinal / (2 * pairs), 0, 1) : Infinity);

/** Always-valid p of one look, `z = psi/SE`: at most `alpha` exactly when the always-valid interval excludes 0. Null without a budget or people. */
export function alwaysValidP(z: number, people: number, planned: number, alpha: number): number | null {
  if (!(alpha > 0) || !(people > 0)) return null;
  const r = informationRatio(people, planned, alpha);
  return Math.min(1, Math.exp(0.5 * Math.log1p(r) - (z * z * r) / (2 * (1 + r))));
}

/** Ordinary two-sided p, right at one look only. */
export const ordinaryP = (z: number): number => Math.min(1, 2 * normalCdf(-Math.abs(z), 0, 1));

export { normalQuantile };
