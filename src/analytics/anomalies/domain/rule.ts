/** What is unusual about how many people entered: nobody, far fewer, far more than were to be expected. */
export type AnomalyKind = 'zero' | 'collapse' | 'surge';

/** Entrants of the last day, and of the same 24 hours one to six weeks and one to seven days before, as far as the campaign ran then. */
export interface Entrants { seen: number; weeks: readonly number[]; days: readonly number[] }
export interface Anomaly { kind: AnomalyKind; expected: number }

/** The same hours of at least so many weeks make a forecast; a younger campaign is compared with so many days before. */
const [WEEKS, DAYS] = [3, 4];
/** A surprise of the normal distribution that comes once in more than three million looks. */
const SURPRISE = 5;
/** Expected, in units of its own dispersion: nobody at all then has probability e^-10. */
const SURE = 10;
/** Fewer people are no surge, however few were expected. */
const SURGE = 20;

/** @param numbers at least one */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Whether a day is unlike what the weeks before let expect; null when it is not, or nothing can be said yet.
 *
 * Expected is the median of the earlier days, which one holiday or one earlier surge does not move. Counts scatter at least like Poisson's, and more where people come in
 * bursts: the dispersion is (1.4826 · MAD)² / median, at least 1 (the robust scale of Rousseeuw and Croux 1993). On the scale of roots a count has about constant variance
 * (Anscombe 1948): z = 2 (√seen − √expected) / √dispersion is about normal. Beyond five, and at least half or double, it is told.
 */
export function judgeEntrants({ seen, weeks, days }: Entrants): Anomaly | null {
  const before = weeks.length >= WEEKS ? weeks : days.length >= DAYS ? days : null;
  if (!before) return null;
  const expected = median(before);
  const deviation = 1.4826 * median(before.map((count) => Math.abs(count - expected)));
  const dispersion = expected === 0 ? 1 : Math.max(1, deviation ** 2 / expected);
  const surprise = (2 * (Math.sqrt(seen) - Math.sqrt(expected))) / Math.sqrt(dispersion);
  if (seen === 0) return expected / dispersion >= SURE ? { kind: 'zero', expected } : null;
  if (seen <= expected / 2 && surprise <= -SURPRISE) return { kind: 'collapse', expected };
  return seen >= SURGE && seen >= expected * 2 && surprise >= SURPRISE ? { kind: 'surge', expected } : null;
}
