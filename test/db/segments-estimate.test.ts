import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { SegmentNode } from '../../src/contract/segment.js';
import { newId } from '../../src/kernel/ids.js';
import { rows } from '../../src/platform/database/db.js';
import { SegmentInsight } from '../../src/segments/insight.service.js';
import { countMembers } from '../../src/segments/segment-questions.js';
import { samplePersonIds } from '../../src/segments/store/insight.store.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { VirtualClock } from '../support/virtual-clock.js';

const PEOPLE = 30_000;
const now = new Date('2026-03-10T09:00:00Z');
let database: TestDatabase;
let next = 20_260_310;
/** The same numbers in every run (mulberry32). */
function random(): number {
  next = (next + 0x6d2b79f5) | 0;
  let mixed = Math.imul(next ^ (next >>> 15), 1 | next);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
}
const hex = (digits: number) => Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
/** As `newId` makes them, a hundred within each millisecond. */
const idOf = (index: number) => `0190a1b2-${(0xc000 + Math.floor(index / 100)).toString(16)}-7${hex(3)}-8${hex(3)}-${(index % 100).toString(16).padStart(2, '0')}${hex(10)}`;

beforeAll(async () => {
  database = await createTestDatabase();
  const ids = Array.from({ length: PEOPLE }, (_, index) => idOf(index));
  const attributes = ids.map((_, index) => JSON.stringify({ made: index, ...Object.fromEntries(Array.from({ length: 8 }, (__, key) => [`a${key}`, Math.round(random() * 1e6) / 1e6])) }));
  await rows(database.db, `
    insert into person (id, kind, attributes, first_seen_at, last_seen_at, created_at, updated_at)
    select n.id, 'lead', n.attributes::jsonb, $3, $3, $3, $3 from unnest($1::uuid[], $2::text[]) as n (id, attributes)`, [ids, attributes, now]);
  await rows(database.db, 'analyze person');
}, 600_000);
afterAll(() => database.drop());

test('the true number lies within the bounds about 19 times in 20', async () => {
  const insight = new SegmentInsight(database.db, new VirtualClock(now));
  let held = 0;
  const rounds = 120;
  for (let round = 0; round < rounds; round += 1) {
    const key = round % 9 === 8 ? 'made' : `a${round % 9}`;
    const share = random() ** 3;
    const definition: SegmentNode = { type: 'attribute', key, op: 'lt', value: key === 'made' ? Math.round(share * PEOPLE) : share };
    const estimate = await insight.estimate(definition);
    expect(estimate).toMatchObject({ exact: false, sampled: 4_000, total: PEOPLE });
    const truth = await countMembers(database.db, definition, now);
    if (estimate.low! <= truth && truth <= estimate.high!) held += 1;
  }
  expect(held / rounds).toBeGreaterThan(0.88);
}, 600_000);

test('the sample is read from its index, is the same each time, and says nothing of when people were made', async () => {
  const sample = await samplePersonIds(database.db, 4_000);
  expect(await samplePersonIds(database.db, 4_000)).toEqual(sample);
  const plan = await rows<{ 'QUERY PLAN': string }>(database.db, 'explain select p.id from person as p where get_byte(uuid_send(p.id), 15) < 64 order by substring(uuid_send(p.id) from 12) limit 4000');
  expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toContain('Index Scan using person_sample');
  const [found] = await rows<{ mean: number }>(database.db, `select avg((p.attributes ->> 'made')::numeric)::float8 as mean from person as p where p.id = any($1::uuid[])`, [sample]);
  // Five standard errors of the mean of 4,000 numbers below 30,000.
  expect(Math.abs(found!.mean - PEOPLE / 2)).toBeLessThan((5 * PEOPLE) / Math.sqrt(12 * 4_000));
});

test('the last five bytes of ids made one after another are random', () => {
  const tails = Array.from({ length: 20_000 }, () => Buffer.from(newId().slice(-10), 'hex'));
  for (let byte = 0; byte < 5; byte += 1) {
    const low = tails.filter((tail) => tail[byte]! < 64).length;
    // Six standard deviations: wrong once in half a billion runs.
    expect(Math.abs(low - 5_000)).toBeLessThan(6 * Math.sqrt(20_000 * 0.25 * 0.75));
  }
});
