import { normalQuantile } from '../../domain/statistics/multipliers.js';
import { wilson } from '../../domain/statistics/wilson.js';

/** A share with its interval; nulls where nobody could be counted. */
export interface ShareResult { count: number; of: number; rate: number | null; low: number | null; high: number | null }

/** The 97.5 % point of the normal distribution: a two-sided interval of 95 %. */
const Z = normalQuantile(0.975, 0, 1);

/** A share with Wilson's score interval of 95 %. */
export const shareOf = (count: number, of: number): ShareResult => {
  if (of === 0) return { count, of, rate: null, low: null, high: null };
  const { lo, hi } = wilson(count, of);
  return { count, of, rate: count / of, low: lo, high: hi };
};

export interface NpsResult { promoters: number; passives: number; detractors: number; score: number | null; low: number | null; high: number | null }

/**
 * Net Promoter Score of answers from 0 to 10: the per cent of promoters (9, 10) less that of detractors (0 to 6), -100 … 100.
 * The interval (95 %) is the adjusted Wald of B. Rocks, "Interval Estimation for the Net Promoter Score", The American Statistician
 * 70(4), 2016: three answers are added, 3/4 of them promoters and 3/4 detractors; then difference ± z·sqrt((p + d - (p - d)²)/n).
 * It stays inside -100 … 100 and has a width even when everybody says the same.
 *
 * @param counts answers by score, index 0 to 10
 */
export function netPromoter(counts: readonly number[]): NpsResult {
  const sum = (from: number, to: number) => counts.slice(from, to + 1).reduce((total, count) => total + count, 0);
  const [detractors, passives, promoters] = [sum(0, 6), sum(7, 8), sum(9, 10)];
  const n = detractors + passives + promoters;
  if (n === 0) return { promoters, passives, detractors, score: null, low: null, high: null };
  const [p, d] = [(promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)];
  const half = Z * Math.sqrt((p + d - (p - d) ** 2) / (n + 3));
  const end = (value: number) => Math.max(-100, Math.min(100, value * 100));
  return { promoters, passives, detractors, score: ((promoters - detractors) / n) * 100, low: end(p - d - half), high: end(p - d + half) };
}
