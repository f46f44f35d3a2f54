import gammaln from '@stdlib/math-base-special-gammaln';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';

/**
 * Published methods that Danbi itself does not use: references the tests compare with and what the shared vectors name.
 * GrowthBook's bucket hash, Holm's adjustment, Evan Miller's sample size, Pearson's chi-square.
 */

/** Upper tail of the chi-square distribution: the regularised upper incomplete gamma function at (df/2, x/2). */
export function chiSquareTail(x: number, df: number): number {
  const [a, z] = [df / 2, x / 2];
  if (!(z > 0)) return 1;
  const scale = Math.exp(a * Math.log(z) - z - gammaln(a));
  return z < a + 1 ? 1 - scale * lowerSeries(a, z) : scale * upperFraction(a, z);
}

function lowerSeries(a: number, z: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < 10_000 && term > sum * 1e-17; n += 1) sum += term *= z / (a + n);
  return sum;
}

/** Continued fraction of the upper function, evaluated from its tail. */
function upperFraction(a: number, z: number): number {
  let value = 0;
  for (let n = 2_000; n > 0; n -= 1) value = (n * (n - a)) / (z + 2 * n + 1 - a - value);
  return 1 / (z + 1 - a - value);
}

export function srmChiSquare(counts: readonly number[], weights: readonly number[]): { chi2: number; p: number } {
  const [people, mass] = [counts, weights].map((values) => values.reduce((sum, value) => sum + value, 0)) as [number, number];
  const chi2 = counts.reduce((sum, count, i) => {
    const expected = (people * weights[i]!) / mass;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  return { chi2, p: chiSquareTail(chi2, counts.length - 1) };
}

/** p that two ways of splitting the same people know nothing of each other. */
export function independenceP(table: readonly (readonly number[])[]): number {
  const rows = table.map((row) => row.reduce((sum, cell) => sum + cell, 0));
  const columns = table[0]!.map((_, j) => table.reduce((sum, row) => sum + row[j]!, 0));
  const total = rows.reduce((sum, row) => sum + row, 0);
  const chi2 = table.reduce((sum, row, i) => row.reduce((inner, cell, j) => inner + (cell - (rows[i]! * columns[j]!) / total) ** 2 / ((rows[i]! * columns[j]!) / total), sum), 0);
  return chiSquareTail(chi2, (rows.length - 1) * (columns.length - 1));
}

/** Holm's adjusted p values, in the order given. */
export function holm(p: readonly number[]): number[] {
  const order = p.map((value, i) => ({ value, i })).sort((a, b) => a.value - b.value);
  const adjusted: number[] = [];
  let largest = 0;
  for (const [rank, { value, i }] of order.entries()) adjusted[i] = largest = Math.min(1, Math.max(largest, value * (p.length - rank)));
  return adjusted;
}

/** Sample size per arm for an absolute difference of two rates, pooled under the null. */
export function evanMillerSampleSize({ baseline, mdeAbs, alpha, power }: { baseline: number; mdeAbs: number; alpha: number; power: number }): number {
  const changed = baseline + mdeAbs;
  const spread = baseline * (1 - baseline);
  const same = normalQuantile(1 - alpha / 2, 0, 1) * Math.sqrt(2 * spread);
  const different = normalQuantile(power, 0, 1) * Math.sqrt(spread + changed * (1 - changed));
  return ((same + different) / mdeAbs) ** 2;
}

const fnv1a = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
};

export const growthbookHash = (seed: string, value: string, version: 1 | 2): number =>
  version === 1 ? (fnv1a(value + seed) % 1_000) / 1_000 : (fnv1a(String(fnv1a(seed + value))) % 10_000) / 10_000;
