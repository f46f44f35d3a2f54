import { describe, expect, test } from '@jest/globals';
import { designEffect, evenAccounts, normalOf, studentOf } from '../../src/analytics/domain/statistics/accounts.js';
import { relativeVariance, type AccountSums } from '../../src/analytics/domain/statistics/outcome.js';
import { type Design, detectableLift, peopleNeeded, samplePerArm, samplePerArmAlwaysValid, spreadOfRate } from '../../src/analytics/domain/statistics/planning.js';
import { planTest, type PlanRequest } from '../../src/analytics/domain/statistics/test-plan.js';
import fc from '../support/fast-check.js';

const PLANNED: Design = { weights: [1, 1], alphaEarly: 0.01, alphaFinal: 0.04 };
const DAY = 86_400_000;
const START = new Date('2026-05-01T00:00:00Z');
const request = (more: Partial<PlanRequest>): PlanRequest => ({ mode: 'planned', weights: [1, 1], baseline: { rate: 0.03 }, lift: 0.2, arrivals: { perDay: 1_000 }, start: START, window: 7 * DAY, ...more });
const daysAfter = (plan: { readoutAt: Date | null }) => (plan.readoutAt!.getTime() - START.getTime()) / DAY;

test('equal arms need the sample per arm times their number', () => {
  expect(peopleNeeded(PLANNED, { rate: 0.03 }, 0.2)).toBeCloseTo(2 * samplePerArm({ baseline: 0.03, lift: 0.2, alphaFinal: 0.04 })!, 6);
  expect(peopleNeeded({ ...PLANNED, weights: [1, 1, 1] }, { rate: 0.03 }, 0.2)).toBeCloseTo(3 * samplePerArm({ baseline: 0.03, lift: 0.2, alphaFinal: 0.04, pairs: 3 })!, 6);
  expect(peopleNeeded({ ...PLANNED, alphaEarly: 0.05, alphaFinal: 0 }, { rate: 0.03 }, 0.2)).toBeCloseTo(2 * samplePerArmAlwaysValid({ baseline: 0.03, lift: 0.2, alpha: 0.05 })!, 6);
});

test('a lopsided split needs more people, and either arm may be the better one', () => {
  const lopsided = { ...PLANNED, weights: [9, 1] };
  expect(peopleNeeded(lopsided, { rate: 0.02 }, 0.3)!).toBeGreaterThan(2 * peopleNeeded(PLANNED, { rate: 0.02 }, 0.3)!);
  expect(peopleNeeded(lopsided, { rate: 0.02 }, 0.3)).toBeCloseTo(peopleNeeded({ ...lopsided, weights: [1, 9] }, { rate: 0.02 }, 0.3)!, 6);
  // The rarer outcome may come to stand in the smaller arm.
  const factor = (2.053748910631823 + 0.8416212335729143) ** 2 / Math.log(0.7) ** 2;
  expect(peopleNeeded(lopsided, { rate: 0.02 }, -0.3)).toBeCloseTo(factor * (0.98 / 0.02 / 0.9 + 0.986 / 0.014 / 0.1), 3);
});

test('what people can detect needs just these people', () => {
  const rates = fc.tuple(fc.double({ min: 0.001, max: 0.6, noNaN: true }), fc.integer({ min: 2_000, max: 5_000_000 }), fc.constantFrom('higher' as const, 'lower' as const), fc.constantFrom([1, 1], [9, 1], [1, 1, 1, 1]));
  fc.assert(fc.property(rates, ([rate, people, direction, weights]) => {
    const design = { ...PLANNED, weights };
    const lift = detectableLift(design, { rate }, people, direction);
    if (lift === null) return;
    expect(Math.sign(lift)).toBe(direction === 'higher' ? 1 : -1);
    expect(peopleNeeded(design, { rate }, lift)! / people).toBeCloseTo(1, 6);
    expect(peopleNeeded(design, { rate }, lift * 0.9)!).toBeGreaterThan(people);
  }), { numRuns: 300 });
});

test('amounts are planned by their spread', () => {
  const needed = peopleNeeded(PLANNED, { spread: 80 }, 0.2)!;
  expect(needed).toBeCloseTo((2 * (2.053748910631823 + 0.8416212335729143) ** 2 * 160) / Math.log(1.2) ** 2, 3);
  expect(detectableLift(PLANNED, { spread: 80 }, needed)).toBeCloseTo(0.2, 9);
  expect(spreadOfRate(0.2)).toBe(4);
});

test.each([
  ['no lift', 0.03, 0], ['a lift beyond everybody', 0.6, 0.7], ['a rate of nothing', 0, 0.2], ['a rate of everybody', 1, 0.2], ['a rate that is none', 1.5, -0.5], ['losing everybody', 0.03, -1],
])('%s has no plan', (_name, baseline, lift) => {
  expect(samplePerArm({ baseline, lift, alphaFinal: 0.04 })).toBeNull();
  expect(samplePerArmAlwaysValid({ baseline, lift, alpha: 0.05 })).toBeNull();
  expect(peopleNeeded(PLANNED, { rate: baseline }, lift)).toBeNull();
  expect(planTest(request({ baseline: { rate: baseline }, lift }))).toMatchObject({ needed: null, perArm: null, isEnough: false, bound: 'most' });
});
test('too few people detect nothing', () => {
  expect([detectableLift(PLANNED, { rate: 0.5 }, 10), detectableLift(PLANNED, { rate: 0.03 }, 0), detectableLift({ ...PLANNED, weights: [1] }, { rate: 0.03 }, 1e6)]).toEqual([null, null, null]);
});

test.each([
  { name: 'the first whole day with enough matured people', more: {}, wanted: { needed: 29_815, perArm: 14_908, days: 30 + 7, plannedPeople: 30_000, bound: null, isEnough: true } },
  { name: 'a week at least', more: { arrivals: { perDay: 100_000 } }, wanted: { days: 7 + 7, plannedPeople: 700_000, bound: 'least', isEnough: true } },
  { name: 'eight weeks at most, and it says so', more: { arrivals: { perDay: 100 } }, wanted: { days: 56 + 7, plannedPeople: 5_600, bound: 'most', isEnough: false } },
  { name: 'nobody expected', more: { arrivals: { perDay: 0 } }, wanted: { days: 63, bound: 'most', isEnough: false, detectable: null } },
  { name: 'a broadcast is read once, when everybody has matured', more: { mode: 'single' as const, arrivals: { total: 64_000 } }, wanted: { alphaEarly: 0, alphaFinal: 0.05, days: 7, plannedPeople: 64_000, isEnough: true } },
  { name: 'a read-out by hand', more: { readoutAt: new Date(START.getTime() + 20 * DAY) }, wanted: { days: 20, plannedPeople: 13_000, bound: null, isEnough: false } },
  { name: 'a read-out before anybody has matured', more: { readoutAt: START }, wanted: { days: 0, isEnough: false, detectable: null } },
])('$name', ({ more, wanted }) => {
  const plan = planTest(request(more));
  const { days, ...others } = wanted;
  expect(daysAfter(plan)).toBe(days);
  expect(plan).toMatchObject(others);
  if (plan.isEnough) expect(plan.detectable!).toBeLessThanOrEqual(0.2);
});
test('an open test has no read-out and is planned for the people it needs', () => {
  const plan = planTest(request({ mode: 'open' }));
  expect(plan).toMatchObject({ readoutAt: null, alphaEarly: 0.05, alphaFinal: 0, perArm: 26_727, plannedPeople: 53_454 });
  expect(plan.detectable).toBeCloseTo(0.2, 3);
});

describe('accounts', () => {
  const sumsOf = (accounts: readonly { n: number; y: number }[]): { n: number; x: number; accounts: AccountSums } => {
    const sum = (of: (account: { n: number; y: number }) => number) => accounts.reduce((total, account) => total + of(account), 0);
    return { n: sum(({ n }) => n), x: sum(({ y }) => y), accounts: { count: accounts.length, met: sum(({ y }) => Number(y > 0)), peopleSq: sum(({ n }) => n * n), cross: sum(({ n, y }) => n * y), outcomeSq: sum(({ y }) => y * y) } };
  };

  test('accounts of one are people', () => {
    const people = sumsOf(Array.from({ length: 400 }, (_, index) => ({ n: 1, y: Number(index % 5 === 0) })));
    expect(relativeVariance(people)).toBeCloseTo((400 / 399) * relativeVariance({ n: 400, x: 80 })!, 12);
    expect([evenAccounts(people), evenAccounts({ n: 400, x: 80 }), designEffect({ n: 400, x: 80 })]).toEqual([400, null, null]);
  });

  test('accounts whose people all do the same count as one person each; one large account makes them few', () => {
    const alike = sumsOf(Array.from({ length: 100 }, (_, index) => ({ n: 7, y: index % 5 === 0 ? 7 : 0 })));
    expect(designEffect(alike)).toBeCloseTo(7 * (100 / 99), 10);
    expect(Math.floor(evenAccounts(sumsOf([...Array.from({ length: 100 }, () => ({ n: 1, y: 0 })), { n: 100, y: 50 }]))!)).toBe(3);
    expect(peopleNeeded({ ...PLANNED, designEffect: 3 }, { rate: 0.03 }, 0.2)).toBeCloseTo(3 * peopleNeeded(PLANNED, { rate: 0.03 }, 0.2)!, 6);
  });

  // Quantiles of Student's t by published tables: level, degrees, value.
  test.each([[1.959964, 40, 2.021075], [1.959964, 100, 1.983972], [2.575829, 60, 2.660283], [3.290527, 40, 3.550966], [3.290527, 60, 3.460200]])('z %d at %d degrees is t %d', (z, degrees, t) => {
    expect(Math.abs(studentOf(z, degrees) / t - 1)).toBeLessThan(0.0005);
    expect(normalOf(studentOf(-z, degrees), degrees)).toBeCloseTo(-z, 9);
  });
});
