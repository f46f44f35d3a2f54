import { expect, test } from '@jest/globals';
import { liftOf } from '../../src/analytics/domain/statistics/compare.js';
import { type ArmInput, type DecisionPlan, type Evaluation, type Look, type Memory, noMemory } from '../../src/analytics/domain/statistics/decision.js';
import { evaluate, extend } from '../../src/analytics/domain/statistics/evaluate.js';
import { watchGuardrail } from '../../src/analytics/domain/statistics/guardrail.js';
import { leaderOf } from '../../src/analytics/domain/statistics/leader.js';

const PLAN: DecisionPlan = { direction: 'higher', alphaEarly: 0.01, alphaFinal: 0.04, plannedPeople: 28_000, readoutAt: '2026-06-01T00:00:00.000Z', minEffect: 0.05, minDays: 7 };
const BEFORE: Look = { now: '2026-05-12T00:00:00.000Z', entryDays: 9, settled: true };
const AT: Look = { now: '2026-06-01T00:00:00.000Z', entryDays: 28, settled: true };
const AFTER: Look = { now: '2026-06-09T00:00:00.000Z', entryDays: 36, settled: true };

const arm = (key: string, n: number, x: number, more: Partial<ArmInput> = {}): ArmInput => ({ key, weight: 1, assigned: n, outcome: { n, x }, ...more });
const spend = (key: string, n: number, nonZero: number, mean: number): ArmInput => ({ key, weight: 1, assigned: n, outcome: { n, nonZero, sum: nonZero * mean, sumSq: nonZero * mean * mean * 1.5 } });
const look = (arms: ArmInput[], at: Look, earlier: Memory = noMemory(), plan: Partial<DecisionPlan> = {}): Evaluation => evaluate({ plan: { ...PLAN, ...plan }, arms, look: at, earlier });

const EVEN = [arm('A', 5_000, 150), arm('B', 5_000, 190)];
const CLEAR = [arm('A', 5_000, 150), arm('B', 5_000, 245)];
const SAME = [arm('A', 250_000, 62_500), arm('B', 250_200, 62_700)];
const SMALL = [arm('A', 2_900, 4), arm('B', 2_950, 19)];

const cases: { name: string; arms: ArmInput[]; at: Look; plan?: Partial<DecisionPlan>; wanted: Partial<Evaluation> }[] = [
  { name: 'a clear difference before the read-out', arms: CLEAR, at: BEFORE, wanted: { state: 'winner', winner: 'B', reason: 'beats_every_other', phase: 'before' } },
  { name: 'the same where less is better', arms: CLEAR, at: BEFORE, plan: { direction: 'lower' }, wanted: { state: 'winner', winner: 'A' } },
  { name: 'the same without early budget', arms: CLEAR, at: BEFORE, plan: { alphaEarly: 0, alphaFinal: 0.05 }, wanted: { state: 'collecting', reason: 'not_separated', multiplier: null } },
  { name: 'the same after six days of entries', arms: CLEAR, at: { ...BEFORE, entryDays: 6 }, wanted: { state: 'collecting', reason: 'too_few_days', winner: null } },
  { name: 'the same after six days where everybody enters at once', arms: CLEAR, at: { ...BEFORE, entryDays: 0 }, plan: { minDays: 0 }, wanted: { state: 'winner', winner: 'B' } },
  { name: 'no clear difference yet', arms: EVEN, at: BEFORE, wanted: { state: 'collecting', reason: 'not_separated' } },
  { name: 'a difference the read-out proves and a look before does not', arms: [arm('A', 14_000, 420), arm('B', 13_990, 492)], at: AT, wanted: { state: 'winner', winner: 'B', phase: 'readout' } },
  { name: 'the read-out waits until all is counted', arms: [arm('A', 14_000, 420), arm('B', 13_990, 492)], at: { ...AT, settled: false }, wanted: { state: 'collecting', phase: 'before' } },
  { name: 'without a final budget there is no read-out', arms: EVEN, at: AT, plan: { alphaEarly: 0.05, alphaFinal: 0 }, wanted: { state: 'collecting', phase: 'before' } },
  { name: 'nothing separates at the read-out', arms: [arm('A', 5_000, 150), arm('B', 5_000, 160)], at: AT, wanted: { state: 'no_clear_winner', reason: 'not_separated' } },
  { name: 'nothing that matters at the read-out', arms: SAME, at: AT, wanted: { state: 'practically_same', reason: 'within_min_effect' } },
  { name: 'the same numbers before it', arms: SAME, at: BEFORE, wanted: { state: 'collecting' } },
  { name: 'too few outcomes', arms: SMALL, at: BEFORE, wanted: { state: 'collecting', reason: 'gates', gates: [{ arm: 'A', gate: 'with_outcome', has: 4, needs: 10 }], multiplier: null } },
  { name: 'too few outcomes at the read-out', arms: SMALL, at: AT, wanted: { state: 'not_enough_data', reason: 'gates' } },
  { name: 'nobody without the outcome', arms: [arm('A', 99, 99), arm('B', 100, 91)], at: AT, wanted: { gates: [{ arm: 'A', gate: 'matured', has: 99, needs: 100 }, { arm: 'A', gate: 'without_outcome', has: 0, needs: 10 }, { arm: 'B', gate: 'without_outcome', has: 9, needs: 10 }] } },
  { name: 'a single arm', arms: [arm('A', 5_000, 150)], at: BEFORE, wanted: { state: 'collecting', gates: [{ arm: 'A', gate: 'arms', has: 1, needs: 2 }], comparisons: [] } },
  { name: 'amounts of too few buyers', arms: [spend('A', 1_000, 29, 40), spend('B', 1_000, 60, 40)], at: BEFORE, wanted: { state: 'collecting', gates: [{ arm: 'A', gate: 'non_zero', has: 29, needs: 30 }] } },
  { name: 'amounts that differ', arms: [spend('A', 5_000, 150, 40), spend('B', 5_000, 260, 40)], at: BEFORE, wanted: { state: 'winner', winner: 'B' } },
  { name: 'more refunds than sales', arms: [{ ...arm('A', 1, 0), outcome: { n: 1_000, nonZero: 40, sum: -5, sumSq: 900 } }, spend('B', 1_000, 60, 40)], at: BEFORE, wanted: { gates: [{ arm: 'A', gate: 'positive_mean', has: 0, needs: 1 }] } },
  { name: 'a split that is off', arms: [arm('A', 5_000, 150, { assigned: 5_300 }), arm('B', 4_500, 245, { assigned: 4_700 })], at: BEFORE, wanted: { state: 'traffic_problem', reason: 'split_of_assigned', winner: null } },
  { name: 'a split that gates made lopsided', arms: [arm('A', 5_000, 150, { eligible: 5_000 }), arm('B', 5_000, 245, { eligible: 4_400 })], at: BEFORE, wanted: { state: 'traffic_problem', reason: 'split_of_eligible' } },
  { name: 'three arms of which two separate', arms: [arm('A', 9_000, 250), arm('B', 9_000, 450), arm('C', 9_000, 440)], at: AT, wanted: { state: 'no_clear_winner' } },
  { name: 'three arms of which one beats both', arms: [arm('A', 9_000, 250), arm('B', 9_000, 450), arm('C', 9_000, 300)], at: AT, wanted: { state: 'winner', winner: 'B' } },
];
test.each(cases)('$name', ({ arms, at, plan, wanted }) => {
  const found = look(arms, at, noMemory(), plan);
  expect(found).toMatchObject(wanted);
  expect(JSON.parse(JSON.stringify(found))).toEqual(found);
});

test('a verdict stays and the live numbers go on', () => {
  const won = look(CLEAR, BEFORE);
  const later = look([arm('A', 9_000, 300), arm('B', 9_000, 300)], AT, won.memory);
  expect(later).toMatchObject({ state: 'winner', winner: 'B', reason: 'latched', phase: 'after', comparisons: [{ psi: 0 }] });
  expect(later.memory.verdict).toEqual(won.memory.verdict);
  expect(won.memory.verdict).toMatchObject({ at: BEFORE.now, kind: 'early', comparisons: [{ a: 'A', b: 'B' }] });
});

test('the read-out is evaluated once; an extension spends the early budget only and keeps what the read-out said', () => {
  const read = look(EVEN.map((one) => ({ ...one, outcome: { n: 5_000, x: 160 } })), AT);
  const strong = [arm('A', 14_000, 420), arm('B', 14_000, 492)];
  expect(look(strong, AFTER, read.memory)).toMatchObject({ state: 'no_clear_winner', reason: 'latched', phase: 'after' });
  const extended = extend(read.memory, AFTER.now);
  expect(look(strong, AFTER, extended)).toMatchObject({ state: 'collecting', phase: 'extended' });
  const won = look(CLEAR, AFTER, extended);
  expect(won).toMatchObject({ state: 'winner', winner: 'B', memory: { verdict: { kind: 'extension' }, readout: { state: 'no_clear_winner' } } });
  expect(look(EVEN, AFTER, won.memory)).toMatchObject({ state: 'winner', reason: 'latched', phase: 'after' });
  expect(extend(won.memory, AFTER.now)).toEqual(won.memory);
  expect(extend(noMemory(), AFTER.now)).toEqual(noMemory());
});

test('a split that was off once stays a problem, and a verdict reached before is kept but not said', () => {
  const won = look(CLEAR, BEFORE);
  const off = look([arm('A', 5_000, 150, { assigned: 5_300 }), arm('B', 4_500, 245, { assigned: 4_700 })], BEFORE, won.memory);
  expect(off).toMatchObject({ state: 'traffic_problem', winner: null, comparisons: [{ lift: null }] });
  const even = look(CLEAR, AFTER, off.memory);
  expect(even).toMatchObject({ state: 'traffic_problem', memory: { trafficProblem: { since: BEFORE.now, reason: 'split_of_assigned' }, verdict: { winner: 'B' } } });
});

test('a dropped arm is out of the split, the gates and the comparisons, and the pairs paid for stay', () => {
  const kept = [arm('A', 5_000, 150), arm('B', 5_000, 250)];
  const stalled = arm('C', 1_200, 4);
  expect(look([...kept, stalled], BEFORE)).toMatchObject({ state: 'traffic_problem' });
  const after = look([...kept, { ...stalled, dropped: true }], BEFORE);
  expect(after).toMatchObject({ state: 'winner', winner: 'B', gates: [], comparisons: [{ a: 'A', b: 'B' }] });
  expect(after.comparisons).toHaveLength(1);
  expect(after.srm.assigned).toBe(look(kept, BEFORE).srm.assigned);
  // The interval of three arms, not of two.
  const three = look([...kept, arm('C', 5_000, 160)], BEFORE).comparisons[0]!;
  expect(after.comparisons[0]!.lift).toEqual(three.lift);
  expect(three.lift!.lo).toBeLessThan(look(kept, BEFORE).comparisons[0]!.lift!.lo);
});

test('evidence is the smallest adjusted p of all looks before the read-out', () => {
  const strong = look(CLEAR, { ...BEFORE, entryDays: 1 });
  const weak = look(EVEN, BEFORE, strong.memory);
  expect(strong.comparisons[0]!.evidence).toBe(strong.comparisons[0]!.adjustedP);
  expect(weak.comparisons[0]!.adjustedP!).toBeGreaterThan(strong.comparisons[0]!.evidence!);
  expect(weak.comparisons[0]!.evidence).toBe(strong.comparisons[0]!.evidence);
});

test('both orders of a pair tell the same', () => {
  const { comparisons } = look(CLEAR, BEFORE);
  const [ab, ba] = [liftOf(comparisons, 'A', 'B')!, liftOf(comparisons, 'B', 'A')!];
  expect((1 + ab.lo) * (1 + ba.hi)).toBeCloseTo(1, 12);
  expect((1 + ab.hi) * (1 + ba.lo)).toBeCloseTo(1, 12);
});

test.each([
  ['more people with than in all', { ...arm('A', 10, 11) }, 'arm A: x = 11 is not a count within n = 10'],
  ['a negative count', { ...arm('A', -1, 0) }, 'arm A: n = -1 is not a count'],
  ['a number that is none', { ...arm('A', 10, 1), assigned: Number.NaN }, 'arm A: NaN is not a number of people'],
  ['no share', { ...arm('A', 10, 1), weight: 0 }, 'arm A: weight = 0 is not a share'],
])('%s is refused by name', (_name, bad, message) => {
  expect(() => look([bad, arm('B', 10, 1)], BEFORE)).toThrow(message);
});

test.each([
  ['the higher', 'higher' as const, [arm('A', 100, 3), arm('B', 100, 4)], 'B'],
  ['the lower', 'lower' as const, [arm('A', 100, 3), arm('B', 100, 4)], 'A'],
  ['the first of equals', 'higher' as const, [arm('A', 100, 3), arm('B', 200, 6)], 'A'],
  ['who was counted', 'lower' as const, [arm('A', 0, 0), arm('B', 200, 6)], 'B'],
  ['nobody', 'higher' as const, [arm('A', 0, 0)], null],
])('the leader is %s', (_name, direction, arms, leader) => {
  expect(leaderOf(arms, direction)).toBe(leader);
});

const guard = (arms: ArmInput[], earlier: Parameters<typeof watchGuardrail>[0]['earlier'] = []) => watchGuardrail({ arms, plannedPeople: 28_000, now: BEFORE.now, earlier });
test('a guardrail names the arm that does harm, with few outcomes too, and does not forget', () => {
  expect(guard([arm('A', 9_000, 30), arm('B', 9_000, 35)])).toEqual([]);
  const harm = guard([arm('A', 9_000, 90), arm('B', 9_000, 30)]);
  expect(harm).toMatchObject([{ arm: 'A', against: 'B', since: BEFORE.now, lift: { lo: expect.any(Number) } }]);
  expect(harm[0]!.lift!.lo).toBeGreaterThan(0);
  expect(guard([arm('A', 9_000, 30), arm('B', 9_000, 30)], harm)).toEqual(harm);
  expect(guard([arm('A', 9_000, 0), arm('B', 9_000, 20)])).toMatchObject([{ arm: 'B', against: 'A', lift: null }]);
  expect(guard([arm('A', 9_000, 0), arm('B', 9_000, 5)])).toEqual([]);
});

test('an arm that gets people alone since another was dropped does no harm by that', () => {
  const arms = [arm('A', 1_000, 30, { dropped: true }), arm('B', 10_000, 305)];
  expect(guard(arms)).toEqual([]);
  const harm = guard([arm('A', 9_000, 90), arm('B', 9_000, 30)]);
  expect(guard([arm('A', 9_000, 90), arm('B', 30_000, 100, { dropped: true })], harm)).toEqual(harm);
  // What is left is still watched.
  expect(guard([...arms, arm('C', 10_000, 900)])).toMatchObject([{ arm: 'C', against: 'B' }]);
});
