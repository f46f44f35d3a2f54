import type { ArmInput } from '../../../src/analytics/domain/statistics/decision.js';
import type { Random } from './random.js';
import { planFor, Watched } from './run.js';

const DAYS = 28;
const WINDOW = 7;
const PER_ARM = 500;
const RATE = 0.03;
/** Mean days until conversion, of A and of B. */
const DELAYS = [3, 0.5];

/**
 * Both arms convert 3 % within seven days, B sooner. Whether anybody is named winner: by matured people alone under the
 * planned rule, or by everybody who has come so far under the open-ended one.
 */
export function delayed(random: Random, { matured }: { matured: boolean }): boolean {
  const last = matured ? DAYS + WINDOW : DAYS;
  const watched = new Watched(planFor(matured ? 'planned' : 'open', 2 * DAYS * PER_ARM, last * 24, { minDays: matured ? 7 : 0 }));
  const came = DELAYS.map(() => [0]);
  // Conversions by the day on which they are seen, and by the day of entry.
  const seen = DELAYS.map(() => new Array<number>(DAYS + WINDOW + 2).fill(0));
  const ofEntry = DELAYS.map(() => [0]);
  for (let day = 1; day <= last; day += 1) {
    for (const [i, people] of random.multinomial(day <= DAYS ? 2 * PER_ARM : 0, [0.5, 0.5]).entries()) {
      const converted = random.binomial(people, RATE);
      came[i]!.push(people);
      ofEntry[i]!.push(converted);
      for (let k = 0; k < converted; k += 1) seen[i]![Math.ceil(day - 1 + random.exponentialBelow(WINDOW, DELAYS[i]!))]! += 1;
    }
    const arms = DELAYS.map((_, i): ArmInput => {
      const assigned = upTo(came[i]!, day);
      const outcome = matured ? { n: upTo(came[i]!, day - WINDOW + 1), x: upTo(ofEntry[i]!, day - WINDOW + 1) } : { n: assigned, x: upTo(seen[i]!, day) };
      return { key: 'AB'[i]!, weight: 1, assigned, outcome };
    });
    if (watched.look(day * 24, arms).state === 'winner') return true;
  }
  return false;
}

const upTo = (counts: readonly number[], day: number): number => counts.slice(0, Math.max(0, day + 1)).reduce((sum, count) => sum + count, 0);

/** The 99th percentile of a standard normal. */
const TOP = 2.3263478740408408;

/** Both arms buy alike, lognormal amounts with median 1. Whether anybody is named winner. */
export function spending(random: Random, sigma: number, isCapped: boolean): boolean {
  const cap = isCapped ? Math.exp(sigma * TOP) : Infinity;
  const watched = new Watched(planFor('planned', 2 * DAYS * PER_ARM, DAYS * 24));
  const arms = ['A', 'B'].map((key) => ({ key, weight: 1, assigned: 0, outcome: { n: 0, sum: 0, sumSq: 0, nonZero: 0 } }));
  for (let day = 1; day <= DAYS; day += 1) {
    for (const [i, people] of random.multinomial(2 * PER_ARM, [0.5, 0.5]).entries()) {
      const { outcome } = arms[i]!;
      const buyers = random.binomial(people, RATE);
      arms[i]!.assigned += people;
      outcome.n += people;
      outcome.nonZero += buyers;
      for (let k = 0; k < buyers; k += 1) {
        const spent = Math.min(cap, Math.exp(sigma * random.normal()));
        outcome.sum += spent;
        outcome.sumSq += spent * spent;
      }
    }
    if (watched.look(day * 24, arms).state === 'winner') return true;
  }
  return false;
}
