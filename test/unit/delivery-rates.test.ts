import { expect, test } from '@jest/globals';
import { pick } from '../../src/delivery/relays/domain/choice.js';
import { asksToSlowDown, currentRate, grant, lease, lower, nextToken, refilled, type Bucket } from '../../src/delivery/relays/domain/rate.js';
import { allowanceOn, dayAfter, DEFAULT_WARM_UP } from '../../src/delivery/relays/domain/warm-up.js';

const START = new Date('2026-03-02T09:00:00Z');
const after = (seconds: number) => new Date(START.getTime() + seconds * 1000);
const empty: Bucket = { tokens: 0, at: START, promisedUntil: START, loweredTo: null, loweredFrom: null, loweredAt: null };

test('shares by weight are exact to within one at every moment', () => {
  const all = [5, 3, 1].map((weight) => ({ weight, credit: 0, taken: 0 }));
  for (let turn = 1; turn <= 900; turn += 1) {
    pick(all)!.taken += 1;
    for (const { weight, taken } of all) expect(Math.abs(taken - (turn * weight) / 9)).toBeLessThanOrEqual(1);
  }
  expect(pick([])).toBeNull();
});

test('a bucket never gives more than its rate and two seconds of it', () => {
  let bucket = empty;
  let given = 0;
  for (let second = 0; second <= 600; second += 7) {
    const { bucket: left, leased } = lease(refilled(bucket, 2.5, after(second)), 1_000);
    bucket = left;
    given += leased;
    expect(given).toBeLessThanOrEqual(2.5 * second + 5);
  }
  expect(given).toBeGreaterThan(400);
  expect(nextToken({ ...empty, tokens: 0.5 }, 0.5)).toEqual(after(1));
});

test('who has to wait gets a place of their own, and it is kept when it comes', () => {
  const first = grant(refilled({ ...empty, tokens: 2 }, 2, START), 2, Array.from({ length: 10 }, () => ({ promised: false })), START);
  expect(first.places).toEqual([null, null, ...[0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4].map(after)]);
  let { bucket } = first;
  for (const place of first.places) {
    if (!place) continue;
    // Somebody new asks at the same moment and may not go before the one who waited.
    const later = grant(refilled(bucket, 2, place), 2, [{ promised: false }, { promised: true }], place);
    expect(later.places[1]).toBeNull();
    expect(later.places[0]! > after(4)).toBe(true);
    ({ bucket } = later);
  }
});

test('places are given a quarter of an hour ahead and no further', () => {
  const { places } = grant(empty, 1, Array.from({ length: 2_000 }, () => ({ promised: false })), START);
  expect(Math.max(...places.map((place) => place!.getTime()))).toBe(after(900).getTime());
});

test('slowing down halves once for one request, rises by a tenth a minute, and ends', () => {
  const once = lower(empty, 40, 0, START)!;
  expect(currentRate(40, once, START)).toBe(20);
  expect(lower(once, 40, 0, after(5))).toBeNull();
  expect(currentRate(40, lower(once, 40, 0, after(11))!, after(11))).toBeCloseTo(10.15, 1);
  expect(currentRate(40, once, after(60))).toBeCloseTo(22, 5);
  expect([currentRate(40, once, after(420)) === 40, currentRate(40, once, after(480))]).toEqual([false, 40]);
  const unlimited = lower(empty, null, 30, START)!;
  expect([currentRate(null, unlimited, START), currentRate(null, unlimited, after(900))]).toEqual([15, null]);
  let floor = unlimited;
  for (let time = 11; time < 400; time += 11) floor = lower(floor, null, 0, after(time))!;
  expect(currentRate(null, floor, after(399))).toBeGreaterThanOrEqual(0.1);
});

test.each([
  ['421 4.7.0 Try again later, closing connection', true], ['450 4.7.1 Too many messages', true], ['452 4.3.2 System not accepting messages', true], ['450-4.7.28 Gmail has detected 450 4.7.28 an unusual rate', true],
  ['451 4.7.1 Greylisted, come back', false], ['450 4.2.0 Mailbox busy', false], ['550 5.7.1 Blocked', false], ['connect ECONNREFUSED 127.0.0.1:4210', false],
])('%s', (answer, expected) => expect(asksToSlowDown(answer)).toBe(expected));

test('warm-up follows the curve by local dates and ends', () => {
  const plan = { startedOn: '2026-03-02', ...DEFAULT_WARM_UP };
  expect([allowanceOn(plan, '2026-03-01'), allowanceOn(plan, '2026-03-02'), allowanceOn(plan, '2026-03-03'), allowanceOn(plan, '2026-04-12'), allowanceOn(plan, '2026-04-13')]).toEqual([0, 200, 237, 200_000, null]);
  expect([dayAfter('2026-02-28'), dayAfter('2026-12-31'), dayAfter('2028-02-28')]).toEqual(['2026-03-01', '2027-01-01', '2028-02-29']);
});
