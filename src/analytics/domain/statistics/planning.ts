import { earlyMultiplierAtPlan, finalMultiplier, normalQuantile } from './multipliers.js';

export const POWER = 0.8;
/** Beyond this a decrease needs more people again, not fewer (the spread of the rarer outcome grows faster than the distance). */
const DEEPEST = -0.777;
const HIGHEST = 1_000;

/** What one person contributes to the squared relative standard error: variance / mean². Of a rate p: (1-p)/p. */
export const spreadOfRate = (rate: number): number => (1 - rate) / rate;

/** What is wanted of a test and the multiplier it will be read with. */
interface Question { lift: number; multiplier: number; power: number }

/** People an arm needs when the spreads of base and changed arm are known; null when no number is enough. */
function needed(base: number, changed: number, { lift, multiplier, power }: Question): number | null {
  const distance = Math.log1p(lift);
  const people = ((multiplier + normalQuantile(power, 0, 1)) ** 2 * (base + changed)) / distance ** 2;
  return base >= 0 && changed >= 0 && Number.isFinite(people) ? people : null;
}

const isPossible = (baseline: number, lift: number): boolean => baseline > 0 && baseline < 1 && lift > -1 && baseline * (1 + lift) < 1;

/**
 * People per arm (not rounded) for a rate to be found with `power` at the read-out (section 6). Null when the question has no
 * answer: no lift, a baseline that is no rate between 0 and 1, or a lift beyond 100 % of the people.
 */
export function samplePerArm({ baseline, lift, alphaFinal, pairs = 1, power = POWER }: { baseline: number; lift: number; alphaFinal: number; pairs?: number; power?: number }): number | null {
  if (!isPossible(baseline, lift)) return null;
  return needed(spreadOfRate(baseline), spreadOfRate(baseline * (1 + lift)), { lift, multiplier: finalMultiplier(alphaFinal, pairs), power });
}

/** The same without a read-out, for always-valid looks alone; on the safe side (simulated power .85 at .8). */
export function samplePerArmAlwaysValid({ baseline, lift, alpha, pairs = 1, power = POWER }: { baseline: number; lift: number; alpha: number; pairs?: number; power?: number }): number | null {
  if (!isPossible(baseline, lift)) return null;
  return needed(spreadOfRate(baseline), spreadOfRate(baseline * (1 + lift)), { lift, multiplier: earlyMultiplierAtPlan(alpha / pairs), power });
}

/** What a plan is made for: a rate between 0 and 1, or an amount with its spread (variance / mean², the same in all arms). */
export type Baseline = { rate: number } | { spread: number };

/** The error budgets of a test and its arms' shares. */
export interface Design {
  weights: readonly number[];
  alphaEarly: number;
  alphaFinal: number;
  power?: number | undefined;
  /** How many people count as one, because people of an account are alike; 1 when not given. */
  designEffect?: number | undefined;
}

const multiplierOf = ({ weights, alphaEarly, alphaFinal }: Design): number => {
  const pairs = (weights.length * (weights.length - 1)) / 2;
  return alphaFinal > 0 ? finalMultiplier(alphaFinal, pairs) : earlyMultiplierAtPlan(alphaEarly / pairs);
};

/** The largest of what all pairs need, as people per unit of variance: the pair of the two smallest shares decides. */
function perPair(weights: readonly number[], base: number, changed: number): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const [least, next] = weights.map((weight) => weight / total).sort((a, b) => a - b) as [number, number];
  return Math.max(base / least + changed / next, base / next + changed / least);
}

/**
 * Matured people of all arms together that find `lift` between any two arms with the design's power (80 % when not given);
 * for equal shares the arms' number times `samplePerArm`. Null when no number is enough.
 */
export function peopleNeeded(design: Design, baseline: Baseline, lift: number): number | null {
  if (design.weights.length < 2) return null;
  if ('rate' in baseline && !isPossible(baseline.rate, lift)) return null;
  const base = 'rate' in baseline ? spreadOfRate(baseline.rate) : baseline.spread;
  const changed = 'rate' in baseline ? spreadOfRate(baseline.rate * (1 + lift)) : baseline.spread;
  const people = needed(perPair(design.weights, base, changed), 0, { lift, multiplier: multiplierOf(design), power: design.power ?? POWER });
  return people === null ? null : people * (design.designEffect ?? 1);
}

/**
 * The smallest lift that `people` matured people find with the design's power, by bisection; for 'lower' the smallest decrease
 * (negative). Null when they find none.
 */
export function detectableLift(design: Design, baseline: Baseline, people: number, direction: 'higher' | 'lower' = 'higher'): number | null {
  const limit = direction === 'lower' ? DEEPEST : 'rate' in baseline ? Math.min(HIGHEST, 1 / baseline.rate - 1) * (1 - 1e-9) : HIGHEST;
  const isEnough = (lift: number): boolean => (peopleNeeded(design, baseline, lift) ?? Infinity) <= people;
  if (!isEnough(limit)) return null;
  let [missed, found] = [0, limit];
  for (let i = 0; i < 100; i += 1) {
    const middle = (missed + found) / 2;
    if (isEnough(middle)) found = middle;
    else missed = middle;
  }
  return found;
}
