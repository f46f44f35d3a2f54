import { expect, test } from '@jest/globals';
import { compileMoments, compileTruths, valuesIn } from '../../src/segments/domain/compile.js';
import type { Resolved } from '../../src/segments/domain/resolved.js';
import { batches, waitBeforeRebuild } from '../../src/segments/evaluation.js';

const PARAMETERS = 65_535;
const moment = { now: new Date('2026-03-10T09:00:00Z'), timeZone: 'UTC' };

/** A definition that binds about `values` values of its own. */
const treeOf = (place: number, values: number): Resolved => ({ type: 'event', event: `e${place}`, count: { op: 'at_least', value: 1 }, where: Array.from({ length: values / 2 }, (_, index) => ({ property: `${place} p ${index}`, op: 'is', value: `${place} v ${index}` })) });

test.each([
  { name: 'the largest definitions there can be', trees: Array.from({ length: 40 }, (_, place) => treeOf(place, 3_990)), statements: 3 },
  { name: 'small ones, which share a statement', trees: Array.from({ length: 80 }, (_, place) => treeOf(place, 10)), statements: 1 },
  { name: 'more than are planned together', trees: Array.from({ length: 91 }, (_, place) => treeOf(place, 2)), statements: 2 },
])('no statement has more values than PostgreSQL takes: $name', ({ trees, statements }) => {
  const questions = trees.map((tree, place) => ({ one: { id: String(place), build: false, followed: { at: '', personId: null }, plan: { tree, leaves: 1, values: valuesIn(tree), edges: [], reads: new Set<string>() } }, inputs: ['x'] }));
  const found = batches(questions);
  expect(found.flat()).toEqual(questions);
  expect(found).toHaveLength(statements);
  for (const batch of found) {
    const asked = batch.map(({ one }) => one.plan.tree);
    expect(compileTruths(asked, [], moment).values.length).toBeLessThanOrEqual(PARAMETERS);
    expect(compileMoments(asked, [], 'UTC').values.length).toBeLessThanOrEqual(PARAMETERS);
  }
});

test('a segment that stalls again and again is built anew after longer and longer', () => {
  expect([1, 2, 3, 4, 8, 9, 1_000].map(waitBeforeRebuild)).toEqual([0, 60_000, 120_000, 240_000, 3_600_000, 3_600_000, 3_600_000]);
});
