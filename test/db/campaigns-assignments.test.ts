import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newId } from '../../src/kernel/ids.js';
import { armOf, bucketOf } from '../../src/kernel/bucket.js';
import { row, rows, type Db } from '../../src/platform/database/db.js';
import { explainArm } from '../../src/campaigns/explain/chosen-arm.js';
import { assignVariants } from '../../src/campaigns/store/assignments.store.js';
import type { PublishedExperiment } from '../../src/campaigns/domain/published.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => { database = await createTestDatabase(); });
afterAll(() => database.drop());

const now = new Date('2026-03-01T00:00:00Z');
const campaignId = newId();
const arms = [{ key: 'A', basisPoints: 4500, isControl: false }, { key: 'B', basisPoints: 4500, isControl: false }, { key: 'control', basisPoints: 1000, isControl: true }];
const experimentOf = (): PublishedExperiment => {
  const experimentId = newId();
  return { experimentId, salt: `${experimentId}:1`, arms };
};
const stored = (experimentId: string) => rows<{ personId: string; variant: string; bucket: number; at: Date }>(database.db, 'select a.person_id as "personId", a.variant, a.bucket, a.assigned_at as at from assignment as a where a.experiment_id = $1', [experimentId]);

test('everyone gets the arm of their bucket, once, however often they are asked for', async () => {
  const experiment = experimentOf();
  const personIds = Array.from({ length: 500 }, newId);
  const first = await assignVariants(database.db, { experiment, campaignId, personIds: [...personIds, ...personIds], now });
  expect(first.size).toBe(500);
  for (const id of personIds) {
    const variant = armOf(arms, bucketOf(experiment.salt, id));
    expect(first.get(id)).toEqual({ variant, isControl: variant === 'control' });
  }
  const again = await assignVariants(database.db, { experiment, campaignId, personIds: [newId(), ...personIds], now: new Date('2026-04-01T00:00:00Z') });
  expect(personIds.map((id) => again.get(id))).toEqual(personIds.map((id) => first.get(id)));
  const kept = await stored(experiment.experimentId);
  expect(kept).toHaveLength(501);
  expect(kept.filter((one) => one.at.getTime() === now.getTime())).toHaveLength(500);
  expect(kept.every((one) => one.bucket === bucketOf(experiment.salt, one.personId))).toBe(true);
});

test('the record wins over the hash', async () => {
  const experiment = experimentOf();
  const person = newId();
  const other = armOf(arms, bucketOf(experiment.salt, person)) === 'A' ? 'B' : 'A';
  await database.db.query(`insert into assignment values ($1, $2, $3, $4, false, null, 'override', $5)`, [experiment.experimentId, person, campaignId, other, now]);
  expect(await assignVariants(database.db, { experiment, campaignId, personIds: [person], now })).toEqual(new Map([[person, { variant: other, isControl: false }]]));
});

test('transactions that assign the same people at once agree', async () => {
  const experiment = experimentOf();
  const personIds = Array.from({ length: 300 }, newId);
  const shuffled = personIds.toReversed();
  // Different arms by a different salt: whoever is first decides for both.
  const rival = { ...experiment, salt: 'another' };
  const [one, two] = await Promise.all([
    database.db.transaction((tx) => assignVariants(tx, { experiment, campaignId, personIds, now })),
    database.db.transaction((tx) => assignVariants(tx, { experiment: rival, campaignId, personIds: shuffled, now })),
  ]);
  expect(personIds.filter((id) => one.get(id)!.variant !== two.get(id)!.variant)).toEqual([]);
  expect(await row(database.db, 'select count(*)::int as n from assignment as a where a.experiment_id = $1', [experiment.experimentId])).toEqual({ n: 300 });
});

test('nobody to assign is no statement', async () => {
  expect(await assignVariants(database.db, { experiment: experimentOf(), campaignId, personIds: [], now })).toEqual(new Map());
});

test('who is given an arm while somebody asks for it is explained all the same', async () => {
  const experiment = experimentOf();
  for (const after of [1, 2, 3]) {
    const person = newId();
    let asked = 0;
    const during = { query: async (text: string, values?: unknown[]) => {
      const answer: unknown = await database.db.query(text, values);
      asked += 1;
      if (asked === after) await assignVariants(database.db, { experiment, campaignId, personIds: [person], now });
      return answer;
    } } as Db;
    const { facts } = await explainArm(during, experiment, person, 'UTC');
    expect([after, facts]).toEqual([after, { variant: armOf(arms, bucketOf(experiment.salt, person)), source: 'hash' }]);
  }
});
