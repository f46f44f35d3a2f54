import { expect, test } from '@jest/globals';
import { armOf, basisPoints, bucketOf, BUCKETS } from '../../src/kernel/bucket.js';
import { independenceP, srmChiSquare } from '../support/statistics-references.js';

/** A million in the nightly run. */
const IDS = Number(process.env.DANBI_ASSIGNED_IDS ?? 100_000);
const SPLITS = [[1, 1], [9, 1], [1, 1, 1], [45, 45, 10]];
const armsFor = (weights: number[]) => basisPoints(weights).map((points, i) => ({ key: String(i), basisPoints: points }));
const buckets = (salt: string) => Uint16Array.from({ length: IDS }, (_, i) => bucketOf(salt, `01890a5d-ac96-774b-bcce-${i.toString(16).padStart(12, '0')}`));

const [first, second] = [buckets('welcome:v1'), buckets('welcome:v2')];
const counted = (values: Uint16Array, weights: number[]) => {
  const arms = armsFor(weights);
  const ofBucket = Array.from({ length: BUCKETS }, (_, bucket) => Number(armOf(arms, bucket)));
  return Array.from(values, (bucket) => ofBucket[bucket]!);
};

test.each(SPLITS.map((weights) => [weights.join('/'), weights] as const))('people fall %s as planned, and another test knows nothing of it', (_name, weights) => {
  const [one, two] = [counted(first, weights), counted(second, weights)];
  const table = weights.map(() => weights.map(() => 0));
  for (let i = 0; i < IDS; i += 1) table[one[i]!]![two[i]!]! += 1;
  const rows = table.map((row) => row.reduce((sum, cell) => sum + cell, 0));
  expect(srmChiSquare(rows, weights).p).toBeGreaterThan(1e-6);
  expect(independenceP(table)).toBeGreaterThan(1e-6);
});

test('all buckets are used alike', () => {
  const counts = new Array<number>(100).fill(0);
  for (const bucket of first) counts[Math.floor(bucket / 100)]! += 1;
  expect(srmChiSquare(counts, counts.map(() => 1)).p).toBeGreaterThan(1e-6);
});

test('an arm that grows at its end loses nobody', () => {
  const [before, after] = [[{ key: 'a', basisPoints: 3_000 }, { key: 'b', basisPoints: 7_000 }], [{ key: 'a', basisPoints: 4_500 }, { key: 'b', basisPoints: 5_500 }]];
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) if (armOf(before, bucket) === 'a') expect(armOf(after, bucket)).toBe('a');
});

test('the test of a split sees a broken one', () => {
  expect(srmChiSquare([IDS * 0.51, IDS * 0.49], [1, 1]).p).toBeLessThan(1e-6);
  expect(independenceP([[300, 200], [200, 300]])).toBeLessThan(1e-6);
});
