import { describe, expect, test } from '@jest/globals';
import { verdictSentence } from '../../src/analytics/domain/sentences/verdict.js';
import { comparePair, earlyRuler, liftOf } from '../../src/analytics/domain/statistics/compare.js';
import { type ArmInput, type DecisionPlan, type Evaluation, type Look, type Memory, noMemory } from '../../src/analytics/domain/statistics/decision.js';
import { evaluate, extend } from '../../src/analytics/domain/statistics/evaluate.js';
import { liftInterval, logRatio, side } from '../../src/analytics/domain/statistics/log-ratio.js';
import { alwaysValidP, earlyMultiplier, mixtureK, normalQuantile } from '../../src/analytics/domain/statistics/multipliers.js';
import { type Outcome, relativeVariance } from '../../src/analytics/domain/statistics/outcome.js';
import { sampleRatioP } from '../../src/analytics/domain/statistics/sample-ratio.js';
import { wilson } from '../../src/analytics/domain/statistics/wilson.js';
import fc from '../support/fast-check.js';

const RUNS = { numRuns: 300 };
const READOUT = '2026-06-01T00:00:00.000Z';
const dayOf = (day: number) => new Date(Date.UTC(2026, 4, 4) + day * 86_400_000).toISOString();
const lookAt = (day: number): Look => ({ now: dayOf(day), entryDays: day, settled: true });

const plan = fc.record<DecisionPlan>({
  direction: fc.constantFrom('higher', 'lower'),
  alphaEarly: fc.constantFrom(0, 0.01, 0.05),
  alphaFinal: fc.constantFrom(0, 0.04, 0.05),
  plannedPeople: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 1e9 })),
  readoutAt: fc.constantFrom(null, READOUT),
  minEffect: fc.constantFrom(0, 0.05, 1),
  minDays: fc.constantFrom(0, 7),
});
/** Counts as they occur and as they should not: nobody, everybody, one person, thousands of millions. */
const people = fc.oneof(fc.constantFrom(0, 1, 2, 99, 100, 1e9), fc.integer({ min: 0, max: 20_000 }));
const rate = people.chain((n) => fc.oneof(fc.constantFrom(0, n), fc.integer({ min: 0, max: Math.min(n, 500) })).map((x) => ({ n, x })));
const amount = people.chain((n) => fc.record({ n: fc.constant(n), nonZero: fc.integer({ min: 0, max: n }), sum: fc.oneof(fc.constantFrom(0, -5, 1e15), fc.double({ min: 0, max: 1e6, noNaN: true })), sumSq: fc.double({ min: 0, max: 1e18, noNaN: true }) }));
const armsOf = (outcome: fc.Arbitrary<Outcome>) =>
  fc.array(fc.record({ outcome, weight: fc.constantFrom(1, 1, 9), more: fc.constantFrom(0, 0, 5) }), { minLength: 1, maxLength: 4 }).map((list) => list.map(({ outcome: seen, weight, more }, i): ArmInput => ({ key: 'ABCD'[i]!, weight, assigned: seen.n + more, eligible: seen.n, outcome: seen })));
const arms = fc.oneof(armsOf(rate), armsOf(amount));
/** Two or more arms with enough people that there is something to say. */
const healthy = fc.array(fc.integer({ min: 10, max: 900 }), { minLength: 2, maxLength: 4 }).map((counts) => counts.map((x, i): ArmInput => ({ key: 'ABCD'[i]!, weight: 1, assigned: 10_000, outcome: { n: 10_000, x } })));

const run = (given: DecisionPlan, list: ArmInput[], at: Look, earlier: Memory = noMemory()): Evaluation => evaluate({ plan: given, arms: list, look: at, earlier });

describe('the rule', () => {
  test('swapping arms changes the sign of the log ratio and nothing else', () => {
    fc.assert(fc.property(plan, healthy, fc.integer({ min: 0, max: 40 }), (given, list, day) => {
      const [forth, back] = [run(given, list, lookAt(day)), run(given, list.toReversed(), lookAt(day))];
      expect([back.state, back.winner, back.reason]).toEqual([forth.state, forth.winner, forth.reason]);
      for (const pair of forth.comparisons) {
        const other = back.comparisons.find(({ a, b }) => a === pair.b && b === pair.a)!;
        expect(other.psi).toBeCloseTo(-pair.psi!, 12);
        expect(other.adjustedP === null ? null : other.adjustedP.toFixed(9)).toEqual(pair.adjustedP === null ? null : pair.adjustedP.toFixed(9));
        const mirrored = liftOf(back.comparisons, pair.a, pair.b);
        if (pair.lift) expect(Math.log1p(mirrored!.lo)).toBeCloseTo(Math.log1p(pair.lift.lo), 9);
      }
    }), RUNS);
  });

  test('better for one direction is worse for the other', () => {
    fc.assert(fc.property(plan, healthy.filter((list) => list.length === 2), (given, list) => {
      const [more, less] = (['higher', 'lower'] as const).map((direction) => run({ ...given, direction }, list, lookAt(30))) as [Evaluation, Evaluation];
      expect(less.state).toBe(more.state);
      if (more.winner) expect(new Set([more.winner, less.winner])).toEqual(new Set(['A', 'B']));
    }), RUNS);
  });

  test('an empty day changes nothing', () => {
    fc.assert(fc.property(plan, arms, (given, list) => {
      const first = run(given, list, lookAt(10));
      const again = run(given, list, { ...lookAt(11), entryDays: 10 }, first.memory);
      const settled = ({ state, winner, comparisons, gates, srm }: Evaluation) => ({ state, winner, gates, srm, lifts: comparisons.map(({ lift }) => lift), evidence: comparisons.map(({ evidence }) => evidence) });
      expect(settled(again)).toEqual(settled(first));
      expect(again.memory.verdict).toEqual(first.memory.verdict);
    }), RUNS);
  });

  test('a verdict never changes once it stands, and after an extension only once more, to a winner', () => {
    const days = fc.array(fc.tuple(armsOf(rate), fc.boolean()), { minLength: 2, maxLength: 40 });
    fc.assert(fc.property(plan, fc.oneof(days, fc.array(fc.tuple(healthy, fc.boolean()), { minLength: 25, maxLength: 40 })), (given, looks) => {
      let memory = noMemory();
      const stood: string[] = [];
      for (const [day, [list, wantsMore]] of looks.entries()) {
        ({ memory } = run(given, list, lookAt(day), memory));
        if (memory.verdict && stood.at(-1) !== JSON.stringify(memory.verdict)) stood.push(JSON.stringify(memory.verdict));
        if (wantsMore) memory = extend(memory, dayOf(day));
      }
      expect(stood.length).toBeLessThanOrEqual(2);
      if (stood.length === 2) expect(stood.map((text) => { const { kind, state } = JSON.parse(text) as { kind: string; state: string }; return [kind, kind === 'extension' ? state === 'winner' : state !== 'winner']; })).toEqual([['readout', true], ['extension', true]]);
    }), { numRuns: 100 });
  });

  test('the order of looks matters to the running minima alone', () => {
    fc.assert(fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }), healthy, (order, list) => {
      const given: DecisionPlan = { direction: 'higher', alphaEarly: 0.01, alphaFinal: 0.04, plannedPeople: 28_000, readoutAt: null, minEffect: 0.05, minDays: 99 };
      const at = (step: number) => list.map((arm) => ({ ...arm, assigned: arm.assigned - 120 * step * (arm.key === 'A' ? 1 : 0) }));
      const walk = (steps: number[]) => steps.reduce<Memory>((memory, step) => run(given, at(step), lookAt(1), memory).memory, noMemory());
      const [straight, mixed] = [walk([0, 1, 2, 3, 4]), walk(order)];
      expect(mixed).toEqual(straight);
      expect(mixed.srm.assigned).toBeLessThan(0.5);
      expect(mixed.trafficProblem).toBeNull();
      const last = (memory: Memory) => run(given, at(2), lookAt(2), memory).comparisons.map(({ lift }) => lift);
      expect(last(mixed)).toEqual(last(noMemory()));
    }), RUNS);
  });

  test('no number is ever missing: nothing becomes NaN or endless, and every state can be said', () => {
    fc.assert(fc.property(plan, arms, fc.integer({ min: 0, max: 40 }), (given, list, day) => {
      const found = run(given, list, lookAt(day));
      expect(JSON.parse(JSON.stringify(found))).toEqual(found);
      const said = verdictSentence(found, { plan: given, metric: { measure: 'rate', direction: given.direction }, arms: list, names: {}, detectable: null, zone: 'Asia/Seoul', now: dayOf(day) });
      expect(`${said.en} ${said.ko}`).not.toMatch(/NaN|Infinity|∞|undefined|null/);
    }), { numRuns: 1_000 });
  });
});

describe('the formulas', () => {
  const alpha = fc.constantFrom(0.05, 0.025, 0.01, 0.01 / 6, 1e-6);

  test('p is at most the budget exactly when the interval excludes 0', () => {
    fc.assert(fc.property(healthy.filter((list) => list.length === 2), fc.constantFrom(0.05, 0.01), fc.integer({ min: 100, max: 1e6 }), (list, alphaEarly, plannedPeople) => {
      const [a, b] = list as [ArmInput, ArmInput];
      const { p, lift } = comparePair(a, b, 1, earlyRuler({ plannedPeople, alphaEarly }, list, a, b));
      fc.pre(Math.abs(p! - alphaEarly) > 1e-12);
      expect(p! <= alphaEarly).toBe(side(lift!) !== 0);
    }), { numRuns: 1_000 });
  });

  test('and to the last digit at the edge', () => {
    fc.assert(fc.property(alpha, fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 1e9 }), (a, n, planned) => {
      const c = earlyMultiplier(n, planned, a);
      expect(alwaysValidP(c * (1 + 1e-7), n, planned, a)!).toBeLessThanOrEqual(a);
      expect(alwaysValidP(c * (1 - 1e-7), n, planned, a)!).toBeGreaterThan(a);
    }), { numRuns: 1_000 });
  });

  test('c_early lies above the ordinary z at every moment', () => {
    fc.assert(fc.property(alpha, fc.double({ min: 1e-12, max: 1e12, noNaN: true }), (a, r) => {
      expect(earlyMultiplier(r, mixtureK(a), a)).toBeGreaterThan(normalQuantile(1 - a / 2, 0, 1));
    }), { numRuns: 1_000 });
  });

  test.each([0.05, 0.025, 0.01, 0.01 / 6])('and is smallest near the planned moment (%p)', (a) => {
    const k = mixtureK(a);
    const at = (r: number) => earlyMultiplier(r, k, a);
    const lowest = Math.min(...Array.from({ length: 4_000 }, (_, i) => at(k * (0.5 + i / 4_000))));
    expect(at(k) - lowest).toBeLessThan(1e-3);
    expect(at(k)).toBeLessThan(Math.min(at(k / 3), at(k * 3)));
    if (a === 0.05) {
      expect(at(8.212)).toBeLessThan(Math.min(at(8.21), at(8.214)));
      expect(at(k) - at(8.212)).toBeLessThan(1e-4);
    }
  });

  test('extremes have answers', () => {
    for (const [z, n, planned] of [[60, 1, 1], [60, 1e9, 1], [0, 1, 1e9], [-60, 1e9, 1e9]] as const) {
      const p = alwaysValidP(z, n, planned, 0.05)!;
      expect(p >= 0 && p <= 1).toBe(true);
    }
    for (const [a, b] of [[{ n: 1, x: 0 }, { n: 1, x: 1 }], [{ n: 5, x: 5 }, { n: 9, x: 9 }], [{ n: 0, x: 0 }, { n: 0, x: 0 }]] as const) expect(logRatio(a, b)).toBeNull();
    expect(liftInterval({ psi: 40, se: 60 }, 60)).toEqual({ lo: -1, hi: expect.any(Number) });
    expect(Number.isFinite(liftInterval({ psi: 40, se: 60 }, 60)!.hi)).toBe(true);
    for (const [x, n] of [[0, 0], [0, 1e9], [1e9, 1e9], [1, 1]] as const) expect(JSON.stringify(wilson(x, n))).not.toContain('null');
    expect([sampleRatioP([0, 0], [1, 1]), sampleRatioP([1e9, 1e9], [1, 1]), sampleRatioP([5, 1], [1, 0]), sampleRatioP([1e9, 0], [1, 1])]).toEqual([1, 1, 0, 0]);
  });

  test('raw people and their aggregates give the same', () => {
    const totals = fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 100_000 }).map((cents) => cents / 100) }), { minLength: 2, maxLength: 60 });
    const direct = (values: number[]) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) };
    };
    const aggregate = (values: number[]): Outcome => ({ n: values.length, sum: values.reduce((sum, value) => sum + value, 0), sumSq: values.reduce((sum, value) => sum + value * value, 0) });
    fc.assert(fc.property(totals, totals, (one, two) => {
      fc.pre(one.some((value) => value > 0) && two.some((value) => value > 0) && new Set([...one, ...two]).size > 2);
      const [a, b] = [direct(one), direct(two)];
      const found = logRatio(aggregate(one), aggregate(two))!;
      expect(found.psi).toBeCloseTo(Math.log(b.mean / a.mean), 9);
      expect(found.se).toBeCloseTo(Math.sqrt(a.variance / (one.length * a.mean ** 2) + b.variance / (two.length * b.mean ** 2)), 6);
    }), RUNS);
    expect(relativeVariance({ n: 3, sum: 0.1 + 0.1 + 0.1, sumSq: 0.03 })).toBe(0);
    const yes = (n: number, x: number) => Array.from({ length: n }, (_, i) => Number(i < x));
    const [rates, sums] = [logRatio({ n: 300, x: 20 }, { n: 310, x: 31 })!, logRatio(aggregate(yes(300, 20)), aggregate(yes(310, 31)))!];
    expect(sums.psi).toBeCloseTo(rates.psi, 12);
    expect(sums.se / rates.se).toBeCloseTo(1, 2);
  });
});
