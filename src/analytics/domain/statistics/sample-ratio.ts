import gammaln from '@stdlib/math-base-special-gammaln';

/** How firmly the planned split is believed: within about 1 nat of the best from 5,000 to a million people (section 2). */
const KAPPA = 1_000;
/** At most this share of healthy tests ever alarms, however often they are looked at. */
export const SRM_ALARM = 0.01;

/** ln of the Bayes factor of a Dirichlet-multinomial with `prior` against multinomial `weights` (sum 1) for these counts. */
export function dirichletLogBF(counts: readonly number[], weights: readonly number[], prior: readonly number[]): number {
  const total = sum(counts);
  const mass = sum(prior);
  return counts.reduce((log, n, i) => log + gammaln(prior[i]! + n) - gammaln(prior[i]!) - n * Math.log(weights[i]!), gammaln(mass) - gammaln(mass + total));
}

/**
 * p of the planned split at one look: min(1, exp(-logBF)). Its running minimum may be read at any number of looks.
 * People where none were planned make it 0; arms without share and people do not count.
 *
 * @param weights positive shares in any unit
 * @param kappa   weight of the planned split in people
 */
export function sampleRatioP(counts: readonly number[], weights: readonly number[], kappa = KAPPA): number {
  if (counts.some((n, i) => n > 0 && !(weights[i]! > 0))) return 0;
  const used = weights.flatMap((weight, i) => (weight > 0 ? [i] : []));
  const total = sum(used.map((i) => weights[i]!));
  const shares = used.map((i) => weights[i]! / total);
  const logBF = dirichletLogBF(used.map((i) => counts[i]!), shares, shares.map((share) => share * kappa));
  return Math.min(1, Math.exp(-logBF));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
