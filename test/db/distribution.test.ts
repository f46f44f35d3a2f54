import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { distributionOf, type Distribution } from '../../src/platform/database/distribution.js';
import { rows } from '../../src/platform/database/db.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let found: Distribution;

beforeAll(async () => {
  database = await createTestDatabase();
  found = await distributionOf(database.db);
});
afterAll(() => database.drop());

test('each table is either spread by person or whole, and has one statement', async () => {
  const tables = await rows<{ name: string }>(database.db, `select c.relname as name from pg_class as c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`);
  expect([...found.spread, ...found.whole].toSorted()).toEqual(tables.map(({ name }) => name).toSorted());
  expect(found.statements).toHaveLength(tables.length);
  expect(found.spread).toEqual(expect.arrayContaining(['person', 'event', 'enrollment', 'step_visit', 'assignment', 'delivery', 'delivery_event', 'decision', 'segment_member', 'list_member']));
  // What is spread by person needs the person's table there first.
  expect(found.statements.indexOf(`select create_distributed_table('person', 'id')`)).toBe(found.whole.length);
});

test('what stands in the way is known: a new unique key without the person is noticed here', () => {
  expect(found.obstacles.filter((one) => one.includes('unique index')).map((one) => one.split(' ', 1)[0])).toEqual([
    'canary_note:', 'consent_proof:', 'display_claim:', 'experiment_override:', 'identity_conflict:', 'outgoing_event:', 'outgoing_event:', 'outgoing_note:', 'person:', 'person_identity:',
  ]);
});
