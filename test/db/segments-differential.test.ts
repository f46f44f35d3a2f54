import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { emptiedTables, replay } from '../support/segment-replay.js';
import { lessen } from '../support/segment-lessen.js';
import { world, type World } from '../support/segment-steps.js';
import fc from '../support/fast-check.js';

/** The same worlds in every run; `DANBI_SEED=random` tells some that nobody has seen yet. `SEGMENT_SEED` tells the worlds of one seed (or of some: `7,8`) again, `SEGMENT_LESSEN=no` leaves a failing one as large as it is. */
const SEEDS = process.env.SEGMENT_SEED ? process.env.SEGMENT_SEED.split(',').map(Number) : process.env.DANBI_SEED === 'random' ? [Math.trunc(Math.random() * 2 ** 31)] : [20_260_310, 7];
const RUNS = Math.ceil(Number(process.env.SEGMENT_RUNS ?? 16) / SEEDS.length);
const MINUTES = Math.max(5, RUNS / 10);
const LEAST = 2_000;

interface FixedWorld extends World { name: string }
const fixed = JSON.parse(readFileSync(new URL('../cases/segments-worlds.json', import.meta.url), 'utf8')) as FixedWorld[];

let database: TestDatabase;
let empty: () => Promise<void>;
let compared = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  empty = await emptiedTables(database.db);
});
afterAll(() => database.drop());

async function tell(one: World): Promise<void> {
  await empty();
  compared += await replay(database.db, one);
}

test.each(fixed.map((one) => ({ ...one })))('$name', (one) => tell(one), 30_000);

test.each(SEEDS)('set = some = maintained membership = oracle, in worlds of seed %i', async (seed) => {
  const details = await fc.check(fc.asyncProperty(world, tell), { seed, numRuns: RUNS, endOnFailure: true });
  if (!details.failed) return;
  const smallest = process.env.SEGMENT_LESSEN === 'no' ? { world: details.counterexample![0], error: details.errorInstance } : await lessen(details.counterexample![0], tell);
  throw new Error(`SEGMENT_SEED=${seed} fails in world ${details.numRuns}. Made small, to be kept in test/cases/segments-worlds.json:\n${JSON.stringify({ name: '', ...smallest.world })}\n`, { cause: smallest.error });
}, MINUTES * 60_000);

test('that was enough to believe it', () => {
  process.stdout.write(`${compared} comparisons of (world, definition, moment); seeds ${SEEDS.join(', ')}\n`);
  expect(compared).toBeGreaterThanOrEqual(Math.min(LEAST, RUNS * SEEDS.length * 15));
});
