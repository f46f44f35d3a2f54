import { expect, test } from '@jest/globals';
import { armOf, bucketOf, BUCKETS } from '../../src/kernel/bucket.js';
import { armsFor, isInShare, UNSTEERED, type Steering } from '../../src/campaigns/domain/steering.js';
import fc from '../support/fast-check.js';

const arm = (key: string, basisPoints: number, isControl = false) => ({ key, basisPoints, isControl });
const experiment = { experimentId: 'e', salt: 'e:1', arms: [arm('A', 4500), arm('B', 3000), arm('C', 1500), arm('control', 1000, true)] };
const people = Array.from({ length: 10_000 }, (_, index) => `person-${index}`);
const given = (steering: Partial<Steering>, of = experiment) => {
  const give = armsFor(of, { ...UNSTEERED, ...steering });
  return people.map((id) => give(id));
};
const before = given({});

test('without a decision everybody gets the arm of their bucket', () => {
  expect(before).toEqual(people.map((id) => {
    const variant = armOf(experiment.arms, bucketOf('e:1', id));
    return { variant, isControl: variant === 'control', bucket: bucketOf('e:1', id), source: 'hash' };
  }));
});

test.each([0, 1000, 5000])('of new people exactly those whose hash under the own salt is below %i go on being split, the others get the choice', (keep) => {
  const after = given({ choice: { variant: 'B', keep } });
  expect(after).toEqual(people.map((id, index) => (bucketOf('e:1:keep', id) < keep ? before[index] : { ...before[index], variant: 'B', isControl: false, source: 'choice' })));
  const split = after.filter(({ source }) => source === 'hash');
  expect(Math.abs(split.length - people.length * keep / BUCKETS)).toBeLessThanOrEqual(3 * Math.sqrt(people.length * 0.25));
  // Who is split does not depend on the arm: the shares of the split are those of the experiment.
  for (const { key, basisPoints } of experiment.arms) expect(Math.abs(split.filter(({ variant }) => variant === key).length - split.length * basisPoints / BUCKETS)).toBeLessThanOrEqual(4 * Math.sqrt(split.length * 0.25));
});

test('control can be the choice', () => {
  expect(given({ choice: { variant: 'control', keep: 0 } }).every(({ isControl, source }) => isControl && source === 'choice')).toBe(true);
});

test('the share of a test has its own salt', () => {
  expect(people.filter((id) => isInShare(experiment, 2000, id))).toEqual(people.filter((id) => bucketOf('e:1:share', id) < 2000));
  const shared = people.filter((id) => isInShare(experiment, 2000, id));
  const inA = shared.filter((id) => armOf(experiment.arms, bucketOf('e:1', id)) === 'A').length;
  expect(Math.abs(inA - shared.length * 0.45)).toBeLessThanOrEqual(4 * Math.sqrt(shared.length * 0.25));
});

test('the buckets of dropped arms go to the rest in proportion and nobody else moves', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 3, maxLength: 8 }), fc.integer({ min: 1, max: 5 }), (weights, drops) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const points = weights.map((weight) => Math.floor((weight / total) * BUCKETS));
    points[0]! += BUCKETS - points.reduce((sum, part) => sum + part, 0);
    const arms = points.map((basisPoints, index) => arm(`arm${index}`, basisPoints));
    const dropped = arms.map(({ key }) => key).slice(1, 1 + Math.min(drops, arms.length - 2));
    const owners = (without: string[]) => ownersOf({ experimentId: 'x', salt: 'x:1', arms }, without);
    let earlier = owners([]);
    for (let count = 1; count <= dropped.length; count += 1) {
      const gone = dropped[count - 1]!;
      const now = owners(dropped.slice(0, count));
      expect(now).not.toContain(gone);
      expect(now.filter((variant, person) => variant !== earlier[person] && earlier[person] !== gone)).toEqual([]);
      earlier = now;
    }
  }), { numRuns: 20 });
});

test('the ratio among the rest is unchanged to less than one bucket an arm and drop', () => {
  const sizes = countBuckets(['C']);
  expect(sizes.get('C')).toBeUndefined();
  expect(sizes.get('A')).toBe(4500 + 794);
  expect(sizes.get('B')).toBe(3000 + 529);
  expect(sizes.get('control')).toBe(1000 + 177);
  const two = countBuckets(['C', 'control']);
  expect([...two.values()].reduce((sum, size) => sum + size, 0)).toBe(BUCKETS);
  expect(Math.abs(two.get('A')! - BUCKETS * 0.6)).toBeLessThanOrEqual(2);
});

/** One person for each bucket of a salt. */
function onePerBucket(salt: string): string[] {
  const found: string[] = [];
  for (let index = 0, left = BUCKETS; left > 0; index += 1) {
    const bucket = bucketOf(salt, `p${index}`);
    if (found[bucket] === undefined) { found[bucket] = `p${index}`; left -= 1; }
  }
  return found;
}
const BUCKET_PEOPLE = new Map([['e:1', onePerBucket('e:1')]]);
function countBuckets(dropped: string[]): Map<string, number> {
  const give = armsFor(experiment, { choice: null, dropped });
  const sizes = new Map<string, number>();
  for (const id of BUCKET_PEOPLE.get('e:1')!) { const { variant } = give(id); sizes.set(variant, (sizes.get(variant) ?? 0) + 1); }
  return sizes;
}
function ownersOf(of: typeof experiment, dropped: string[]): string[] {
  const give = armsFor(of, { choice: null, dropped });
  return people.slice(0, 300).map((id) => give(id).variant);
}
