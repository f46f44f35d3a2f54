import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { SegmentNode } from '../../src/contract/segment.js';
import { newId } from '../../src/kernel/ids.js';
import { rows } from '../../src/platform/database/db.js';
import { BuildService } from '../../src/segments/build.service.js';
import { MembershipService } from '../../src/segments/membership.service.js';
import { insertSegment } from '../../src/segments/store/segments.store.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { BASE, seconds } from '../support/segment-arbitraries-values.js';
import { emptiedTables } from '../support/segment-replay.js';
import { newPerson, storePeople } from '../support/segment-world.js';
import { VirtualClock } from '../support/virtual-clock.js';

const log = pino({ level: 'silent' });
let database: TestDatabase;
let empty: () => Promise<void>;
beforeAll(async () => {
  database = await createTestDatabase();
  empty = await emptiedTables(database.db);
});
afterAll(() => database.drop());

const DATED: SegmentNode = { type: 'attribute', key: 'd', op: 'within_last', value: { seconds: 30 } };
test.each<{ name: string; node: SegmentNode; flips: [number, boolean][] }>([
  { name: 'within the last 30 s of a date 10 s ahead', node: DATED, flips: [[10, true], [40, false]] },
  { name: 'not within the last 30 s', node: { type: 'not', of: DATED }, flips: [[10, false], [40, true]] },
  { name: '30 s past', node: { ...DATED, op: 'older_than' }, flips: [[40, true]] },
  { name: 'within the next 7 s', node: { ...DATED, op: 'in_next', value: { seconds: 7 } }, flips: [[3, true], [10, false]] },
  { name: 'sign-up', node: { ...DATED, key: '$signed_up_at' }, flips: [[5, true], [35, false]] },
  { name: 'an event dated ahead, without a window', node: { type: 'event', event: 'login', count: { op: 'at_least', value: 1 } }, flips: [[20, true]] },
  { name: 'two events in a window', node: { type: 'event', event: 'login', count: { op: 'exactly', value: 1 }, within: { seconds: 30 } }, flips: [[20, true], [25, false], [50, true], [55, false]] },
])('one late tick still gives each flip its own instant: $name', async ({ node, flips }) => {
  await empty();
  const login = (offset: number) => ({ id: newId(), name: 'login', properties: {}, at: seconds(offset) });
  await storePeople(database.db, [newPerson({ lastSeenAt: BASE, attributes: { d: seconds(10).toISOString() }, signedUpAt: seconds(5), events: [login(20), login(25)] })]);
  await insertSegment(database.db, { name: 's', description: '', purpose: 'shared', ownerId: null, definition: node, createdBy: 'test' }, BASE);
  const clock = new VirtualClock(BASE);
  const membership = new MembershipService(database.db, clock, log);
  await new BuildService(database.db, membership, log).advance();
  clock.advance(3_600_000);
  await membership.advance();
  const found = await rows<{ at: Date; entered: boolean }>(database.db, `select c.at, c.entered from membership_change as c where c.cause = 'clock' order by c.id`);
  expect(found).toEqual(flips.map(([offset, entered]) => ({ at: seconds(offset), entered })));
});
