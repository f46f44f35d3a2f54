import { expect, test } from '@jest/globals';
import { judgeEntrants, median } from '../../src/analytics/anomalies/domain/rule.js';

/** A sequence of its own for each seed (mulberry32), so that outcomes never hang on chance. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Poisson by counting arrivals; a mean that is itself drawn makes people come in bursts. */
function draw(next: () => number, mean: number, burst: number): number {
  const rate = mean * Math.exp(burst * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()));
  let count = 0;
  for (let sum = -Math.log(1 - next()); sum < rate; sum -= Math.log(1 - next())) count += 1;
  return count;
}

const weeks = [40, 44, 39, 41, 38, 45];
test.each<[string, Parameters<typeof judgeEntrants>[0], string | null]>([
  ['as usual', { seen: 37, weeks, days: [] }, null],
  ['nobody', { seen: 0, weeks, days: [] }, 'zero'],
  ['nobody where few came', { seen: 0, weeks: [6, 5, 7, 4], days: [] }, null],
  ['far fewer', { seen: 8, weeks, days: [] }, 'collapse'],
  ['half is still told as half', { seen: 20, weeks, days: [] }, null],
  ['far more', { seen: 120, weeks, days: [] }, 'surge'],
  ['more of few is no surge', { seen: 15, weeks: [1, 0, 2], days: [] }, null],
  ['out of nothing', { seen: 30, weeks: [0, 0, 0, 1], days: [] }, 'surge'],
  ['one holiday and one surge before move nothing', { seen: 40, weeks: [40, 0, 400, 41, 42], days: [] }, null],
  ['a young campaign by its days', { seen: 0, weeks: [40], days: [40, 42, 39, 41] }, 'zero'],
  ['too young to say', { seen: 0, weeks: [40], days: [40, 42, 39] }, null],
  ['where it always scatters', { seen: 5, weeks: [10, 90, 30, 200, 60, 20], days: [] }, null],
])('%s', (_, entrants, kind) => {
  expect(judgeEntrants(entrants)?.kind ?? null).toBe(kind);
});

test('of 3,000 ordinary days, with bursts too, hardly one is told of; of days without anybody, nearly all', () => {
  const next = random(8);
  const alarms = { ordinary: 0, empty: 0, tripled: 0 };
  const days = 3_000;
  for (let day = 0; day < days; day += 1) {
    const mean = [5, 30, 200][day % 3]!;
    const burst = [0, 0.15][day % 2]!;
    const before = Array.from({ length: 6 }, () => draw(next, mean, burst));
    if (judgeEntrants({ seen: draw(next, mean, burst), weeks: before, days: [] })) alarms.ordinary += 1;
    if (mean >= 30 && judgeEntrants({ seen: 0, weeks: before, days: [] })) alarms.empty += 1;
    if (mean >= 30 && judgeEntrants({ seen: draw(next, mean * 3, burst), weeks: before, days: [] })) alarms.tripled += 1;
  }
  expect(alarms.ordinary).toBeLessThanOrEqual(3);
  expect(alarms.empty / ((days * 2) / 3)).toBeGreaterThan(0.9);
  expect(alarms.tripled / ((days * 2) / 3)).toBeGreaterThan(0.8);
});

test('the middle of an even number lies between the two', () => {
  expect([median([1, 9]), median([3]), median([1, 2, 10])]).toEqual([5, 3, 2]);
});
