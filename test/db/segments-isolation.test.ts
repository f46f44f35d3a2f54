import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { SegmentNode } from '../../src/contract/segment.js';
import { rows } from '../../src/platform/database/db.js';
import { BuildService } from '../../src/segments/build.service.js';
import { MembershipService } from '../../src/segments/membership.service.js';
import { insertSegment, loadSegment } from '../../src/segments/store/segments.store.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { newPerson, queueChange, storePeople } from '../support/segment-world.js';
import { VirtualClock } from '../support/virtual-clock.js';

const log = pino({ level: 'silent' });
const NOW = new Date('2026-03-10T09:00:00Z');
const login: SegmentNode = { type: 'event', event: 'login', count: { op: 'at_least', value: 1 }, within: { days: 1 } };
const isPro: SegmentNode = { type: 'attribute', key: 'plan', op: 'is', value: 'pro' };
/** Passes every check of shape, and is refused by PostgreSQL: a number that is none. */
const broken: SegmentNode = { type: 'attribute', key: 'plan', op: 'gt', value: 'pro' };

let database: TestDatabase;
const clock = new VirtualClock(NOW);
class Quick extends MembershipService { protected override readonly limits = { changes: 500, people: 5_000, moments: 100, milliseconds: 300, alone: 2 }; }
let membership: Quick;
let builds: BuildService;

beforeAll(async () => {
  database = await createTestDatabase();
  membership = new Quick(database.db, clock, log);
  builds = new BuildService(database.db, membership, log);
});
afterAll(() => database.drop());

async function settle(): Promise<void> {
  for (let busy = true; busy; ) {
    const step = await membership.advance();
    busy = (await builds.advance()) > 0 || step!.changes + step!.flips > 0 || step!.behind;
  }
}
const make = (name: string, definition: SegmentNode) => insertSegment(database.db, { name, description: '', purpose: 'shared', ownerId: null, definition, createdBy: 'test' }, clock.now());
const membersOf = async (id: string) => (await rows<{ id: string }>(database.db, 'select m.person_id as id from segment_member as m where m.segment_id = $1 order by 1', [id])).map((member) => member.id);
const define = (id: string, node: SegmentNode) => rows(database.db, `update segment set definition = $2, updated_at = updated_at + interval '1 second' where id = $1`, [id, JSON.stringify(node)]);

test('a definition that fails while it is maintained is put aside with its reason, and the others stay true', async () => {
  const people = ['pro', 'free', 'pro'].map((plan) => newPerson({ attributes: { plan }, lastSeenAt: NOW }));
  await storePeople(database.db, people);
  const [good, bad, timed] = [await make('good', isPro), await make('bad', isPro), await make('timed', login)];
  await settle();
  await define(bad, broken);
  people[1]!.attributes = { plan: 'pro' };
  people[2]!.attributes = { plan: 'free' };
  await storePeople(database.db, people);
  await queueChange(database.db, { at: clock.now(), people: people.map(({ id }) => id), keys: ['plan'] });
  await settle();
  expect(await membersOf(good)).toEqual([people[0]!.id, people[1]!.id].toSorted());
  expect(await membersOf(bad)).toEqual([people[0]!.id, people[2]!.id].toSorted());
  expect(await loadSegment(database.db, bad)).toMatchObject({ state: 'live', building: false, problem: expect.stringContaining('invalid input syntax for type numeric') });
  expect((await rows(database.db, 'select from person_change'))).toHaveLength(0);
  expect(await loadSegment(database.db, timed)).toMatchObject({ problem: null });

  // Once it can be evaluated again, a build makes it true.
  await define(bad, isPro);
  await rows(database.db, `insert into segment_build (segment_id, definition, revision, announces, requested_at) select s.id, s.definition, s.revision, true, $2 from segment as s where s.id = $1`, [bad, clock.now()]);
  await settle();
  expect(await membersOf(bad)).toEqual([people[0]!.id, people[1]!.id].toSorted());
  expect(await loadSegment(database.db, bad)).toMatchObject({ problem: null });
  await queueChange(database.db, { at: clock.now(), people: [people[2]!.id], keys: ['plan'] });
  people[2]!.attributes = { plan: 'pro' };
  await storePeople(database.db, people);
  await settle();
  expect(await membersOf(bad)).toHaveLength(3);
});

test('a definition that the clock cannot follow is put aside, and the others keep their instants', async () => {
  const person = newPerson({ attributes: {}, lastSeenAt: NOW, events: [{ id: '00000000-0000-7000-8000-000000000001', name: 'login', properties: { amount: 1 }, at: clock.now() }] });
  await storePeople(database.db, [person]);
  const [good, bad] = [await make('window', login), await make('broken window', login)];
  await settle();
  await define(bad, { ...login, where: [{ property: 'amount', op: 'gt', value: 'x' }] } as SegmentNode);
  clock.advance(2 * 86_400_000);
  await settle();
  expect(await membersOf(good)).toEqual([]);
  expect(await rows(database.db, `select c.at from membership_change as c where c.segment_id = $1 and c.cause = 'clock'`, [good])).toEqual([{ at: new Date(NOW.getTime() + 86_400_000) }]);
  expect(await loadSegment(database.db, bad)).toMatchObject({ state: 'live', problem: expect.stringContaining('invalid input syntax') });
});

test('a definition that can be built and yet fails when it is followed is not built at once again', async () => {
  const person = newPerson({ attributes: { plan: 'pro' }, lastSeenAt: NOW });
  await storePeople(database.db, [person]);
  const id = await make('again and again', isPro);
  await settle();
  const stalls = async () => {
    await queueChange(database.db, { at: clock.now(), people: [person.id], keys: ['plan'] });
    await define(id, broken);
    await membership.advance();
    // What is built is right; what is followed next time is not.
    await rows(database.db, 'update segment_build set definition = $2 where segment_id = $1', [id, JSON.stringify(isPro)]);
    await settle();
    return (await loadSegment(database.db, id))!.building;
  };
  expect(await stalls()).toBe(false);
  expect(await stalls()).toBe(true);
  clock.advance(59_000);
  await settle();
  expect((await loadSegment(database.db, id))!.building).toBe(true);
  clock.advance(1_000);
  await settle();
  expect(await loadSegment(database.db, id)).toMatchObject({ building: false, problem: null });
});

test('a first build of a definition that cannot be evaluated fails, with its reason', async () => {
  const [bad, good] = [await make('never', broken), await make('after it', isPro)];
  await settle();
  expect(await loadSegment(database.db, bad)).toMatchObject({ state: 'failed', building: false, problem: expect.stringContaining('invalid input syntax') });
  expect(await loadSegment(database.db, good)).toMatchObject({ state: 'live' });
});

test('a question that takes too long for many people is asked about fewer', async () => {
  const people = Array.from({ length: 6 }, () => newPerson({ attributes: { slow: '2026-03-01T00:00:00Z' }, timeZone: 'UTC', lastSeenAt: NOW }));
  await storePeople(database.db, people);
  const on: SegmentNode = { type: 'attribute', key: 'slow', op: 'on', value: '2026-03-01' };
  const [slow, other] = [await make('slow', on), await make('other', { ...on, key: 'other' })];
  await settle();
  expect(await membersOf(slow)).toHaveLength(6);
  // A tenth of a second a person: six take longer than a question may, two do not.
  await rows(database.db, `create or replace function segment_local(instant timestamptz, zone text, fallback text) returns timestamp language plpgsql stable parallel safe as $$
    begin perform pg_sleep(case when instant is null then 0 else 0.1 end); return '2026-03-02'; end $$`);
  await queueChange(database.db, { at: clock.now(), people: people.map(({ id }) => id), keys: ['slow', 'other'] });
  await settle();
  expect(await membersOf(slow)).toEqual([]);
  expect([await loadSegment(database.db, slow), await loadSegment(database.db, other)]).toMatchObject([{ problem: null }, { problem: null }]);
});
