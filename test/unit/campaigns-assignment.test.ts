import { expect, test } from '@jest/globals';
import { armOf, basisPoints, bucketOf } from '../../src/kernel/bucket.js';
import { newId } from '../../src/kernel/ids.js';

/** Pearson's statistic of observed counts against expected ones. */
const chiSquare = (observed: readonly number[], expected: readonly number[]) => observed.reduce((sum, count, index) => sum + (count - expected[index]!) ** 2 / expected[index]!, 0);

/** Fixed ids, so that the figure is the same in every run. */
const ids = Array.from({ length: 100_000 }, (_, index) => `0190a6b0-0000-7000-8000-${index.toString(16).padStart(12, '0')}`);

test.each([
  // Critical values of chi-square at p = 1e-6 by degrees of freedom.
  { weights: [1, 1], critical: 23.93 },
  { weights: [9, 1], critical: 23.93 },
  { weights: [1, 1, 1], critical: 27.63 },
  { weights: [45, 45, 10], critical: 27.63 },
  { weights: [1, 1, 1, 1, 1, 1, 1, 1], critical: 40.52 },
])('100,000 people are split $weights', ({ weights, critical }) => {
  const points = basisPoints(weights);
  const arms = points.map((share, index) => ({ key: `arm${index}`, basisPoints: share }));
  const counts = arms.map(() => 0);
  for (const id of ids) counts[Number(armOf(arms, bucketOf('salt:1', id)).slice(3))]! += 1;
  expect(chiSquare(counts, points.map((share) => (share / 10_000) * ids.length))).toBeLessThan(critical);
});

test('two salts assign independently of each other', () => {
  const arms = [{ key: 'A', basisPoints: 5000 }, { key: 'B', basisPoints: 5000 }];
  const table: Record<string, number> = { AA: 0, AB: 0, BA: 0, BB: 0 };
  for (const id of ids) table[armOf(arms, bucketOf('one:1', id)) + armOf(arms, bucketOf('one:2', id))]! += 1;
  expect(chiSquare(Object.values(table), [25_000, 25_000, 25_000, 25_000])).toBeLessThan(30.66);
});

test('growing an arm at its end moves nobody out of it', () => {
  const small = [{ key: 'A', basisPoints: 3000 }, { key: 'B', basisPoints: 7000 }];
  const large = [{ key: 'A', basisPoints: 4000 }, { key: 'B', basisPoints: 6000 }];
  const moved = ids.filter((id) => armOf(small, bucketOf('s', id)) === 'A' && armOf(large, bucketOf('s', id)) !== 'A');
  expect(moved).toEqual([]);
  expect(bucketOf('s', newId())).toBeLessThan(10_000);
});
