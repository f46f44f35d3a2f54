import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newId } from '../../src/kernel/ids.js';
import type { Edge } from '../../src/segments/domain/leaves/leaf.js';
import { nextBoundary } from '../../src/segments/store/answers.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { newPerson, storePeople } from '../support/segment-world.js';

const NOW = new Date('2026-03-10T09:00:00Z');
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
let database: TestDatabase;
beforeAll(async () => { database = await createTestDatabase(); });
afterAll(() => database.drop());

test('the next boundary of more edges than a statement takes is that of all of them', async () => {
  const events = [['e4', 50], ['e1199', 20], ['e700', 30]].map(([name, seconds]) => ({ id: newId(), name: name as string, properties: {}, at: later(seconds as number) }));
  await storePeople(database.db, [newPerson({ lastSeenAt: NOW, events })]);
  const edges: Edge[] = Array.from({ length: 1_200 }, (_, index) => ({ source: 'event', key: `e${index}`, offset: 0 }));
  expect(await nextBoundary(database.db, edges, NOW)).toEqual(later(20));
  expect(await nextBoundary(database.db, edges.slice(0, 1_199), NOW)).toEqual(later(30));
  expect(await nextBoundary(database.db, edges, later(50))).toBeNull();
}, 600_000);
