import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pino } from 'pino';
import type { SegmentNode } from '../../src/contract/segment.js';
import { newId } from '../../src/kernel/ids.js';
import { changedKeys } from '../../src/people/domain/changed-keys.js';
import { rows } from '../../src/platform/database/db.js';
import { BuildService } from '../../src/segments/build.service.js';
import { MembershipService } from '../../src/segments/membership.service.js';
import { explainPerson, membersAmong, membersOf } from '../../src/segments/segment-questions.js';
import { insertSegment } from '../../src/segments/store/segments.store.js';
import { attributes, BASE, change, clockLeaf, definition, event, seconds, type WorldChange } from '../support/segment-arbitraries.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { matches } from '../support/segment-oracle.js';
import { newPerson, queueChange, storePeople, type WorldPerson } from '../support/segment-world.js';
import { VirtualClock } from '../support/virtual-clock.js';

const RUNS = Number(process.env.SEGMENT_RUNS ?? 30);
const log = pino({ level: 'silent' });
let database: TestDatabase;
beforeAll(async () => { database = await createTestDatabase(); });
afterAll(() => database.drop());

interface World { people: WorldPerson[]; segments: Map<string, SegmentNode>; clock: VirtualClock; settle(): Promise<void> }
const IDS = [newId(), newId(), newId(), newId()];

class SmallSteps extends MembershipService { protected override readonly limits = { moments: 1, milliseconds: 60_000, alone: 1 }; }

async function emptyWorld(given: { attributes: Record<string, unknown>; events: { name: string; properties: object; offset: number }[] }[]): Promise<World> {
  for (const table of ['segment', 'segment_build', 'segment_build_member', 'segment_member', 'membership_change', 'settled_change', 'person_change', 'person', 'person_date', 'person_tag', 'list_member', 'event']) await rows(database.db, `delete from ${table}`);
  const people = given.map((one, index) => newPerson({
    attributes: one.attributes, kind: index % 3 === 0 ? 'visitor' : 'user', lastSeenAt: seconds(-index * 9), signedUpAt: index % 2 === 0 ? seconds(index * 7 - 40) : null, timeZone: index % 2 === 0 ? null : 'Pacific/Auckland',
    events: one.events.map(({ offset, ...rest }) => ({ ...rest, properties: rest.properties as Record<string, unknown>, id: newId(), at: seconds(offset) })),
  }));
  await storePeople(database.db, people);
  const clock = new VirtualClock(BASE);
  // Two evaluators take every step together: the lock makes them take turns, and neither may write a stale flip. One stops after each boundary.
  const services = [new MembershipService(database.db, clock, log), new SmallSteps(database.db, clock, log)];
  const builds = new BuildService(database.db, services[0]!, log);
  const settle = async () => {
    for (let busy = true; busy; ) {
      const steps = await Promise.all(services.map((service) => service.advance()));
      busy = (await builds.advance()) > 0 || steps.some((step) => step === null || step.changes + step.flips > 0 || step.behind);
    }
  };
  return { people, segments: new Map(), clock, settle };
}

async function apply({ people, clock }: World, changes: readonly WorldChange[]): Promise<void> {
  for (const one of changes) {
    const person = people[one.person % people.length]!;
    if (one.attribute) person.attributes = { ...person.attributes, [one.attribute[0]]: one.attribute[1] };
    if (one.event) person.events.push({ id: newId(), name: one.event.name, properties: one.event.properties as Record<string, unknown>, at: new Date(clock.now().getTime() + one.event.offset * 500) });
    if (one.tag && !person.tags.delete(one.tag)) person.tags.add(one.tag);
    if (one.list && !person.lists.delete(one.list)) person.lists.add(one.list);
    await storePeople(database.db, [person]);
    await queueChange(database.db, { at: clock.now(), people: [person.id], keys: changedKeys(one.attribute ? [one.attribute[0]] : [], { created: false, raised: false, seen: one.event !== null && one.event !== undefined }), events: one.event ? [one.event.name] : [], tags: one.tag ? [one.tag] : [], others: one.list ? [`list:${one.list}`] : [] });
  }
}

/** Somebody of whom nothing is known yet. */
async function join({ people, clock }: World): Promise<void> {
  const person = newPerson({ lastSeenAt: clock.now(), kind: 'visitor' });
  people.push(person);
  await storePeople(database.db, [person]);
  await queueChange(database.db, { at: clock.now(), people: [person.id], keys: changedKeys([], { created: true, raised: false, seen: true }) });
}

async function expectAgreement(world: World): Promise<void> {
  const now = world.clock.now();
  const ids = world.people.map(({ id }) => id);
  for (const [segmentId, node] of world.segments) {
    const oracle = world.people.filter((person) => matches(node, person, { now, zone: 'UTC', segments: world.segments })).map(({ id }) => id);
    const set = (await membersOf(database.db, node, now)).toSorted();
    const some = [...(await membersAmong(database.db, node, ids, now))].toSorted();
    const kept = (await rows<{ id: string }>(database.db, 'select m.person_id as id from segment_member as m where m.segment_id = $1 order by 1', [segmentId])).map(({ id }) => id);
    expect({ at: now, node, set, some, kept }).toEqual({ at: now, node, set: oracle.toSorted(), some: oracle.toSorted(), kept: oracle.toSorted() });
  }
  expect(await rows(database.db, 'select s.id, s.member_count from segment as s where s.member_count <> (select count(*) from segment_member as m where m.segment_id = s.id)')).toEqual([]);
}

/** Flips by the clock are true to the millisecond: so from this instant, not so just before. */
async function expectExactFlips(world: World, since: bigint): Promise<void> {
  const flips = await rows<{ segment_id: string; person_id: string; entered: boolean; at: Date }>(database.db, `select c.segment_id, c.person_id, c.entered, c.at from membership_change as c where c.cause = 'clock' and c.id > $1`, [String(since)]);
  for (const flip of flips) {
    const person = world.people.find(({ id }) => id === flip.person_id)!;
    const truthAt = (at: Date) => matches(world.segments.get(flip.segment_id)!, person, { now: at, zone: 'UTC', segments: world.segments });
    expect([flip.at, truthAt(flip.at), truthAt(new Date(flip.at.getTime() - 1))]).toEqual([flip.at, flip.entered, !flip.entered]);
  }
}

const lastFlip = async () => BigInt((await rows<{ id: string }>(database.db, 'select coalesce(max(c.id), 0)::text as id from membership_change as c'))[0]!.id);

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
  const login = (offset: number) => ({ name: 'login', properties: {}, offset });
  const state = await emptyWorld([{ attributes: { d: seconds(10).toISOString() }, events: [login(20), login(25)] }]);
  Object.assign(state.people[0]!, { signedUpAt: seconds(5) });
  await storePeople(database.db, state.people);
  await insertSegment(database.db, { name: 's', description: '', purpose: 'shared', ownerId: null, definition: node, createdBy: 'test' }, BASE);
  await state.settle();
  state.clock.advance(3_600_000);
  await state.settle();
  const found = await rows<{ at: Date; entered: boolean }>(database.db, `select c.at, c.entered from membership_change as c where c.cause = 'clock' order by c.id`);
  expect(found).toEqual(flips.map(([offset, entered]) => ({ at: seconds(offset), entered })));
});

test('set = some = maintained membership = oracle, while people change and the clock moves', async () => {
  const person = fc.record({ attributes, events: fc.array(event, { maxLength: 7 }) });
  const world = fc.record({
    people: fc.array(person, { minLength: 3, maxLength: 8 }),
    definitions: fc.tuple(clockLeaf, clockLeaf, definition([IDS[0]!]), definition([IDS[0]!, IDS[2]!])),
    steps: fc.array(fc.record({ halfSeconds: fc.integer({ min: -4, max: 60 }), changes: fc.array(change, { maxLength: 3 }), joins: fc.boolean() }), { minLength: 2, maxLength: 5 }),
  });
  await fc.assert(fc.asyncProperty(world, async ({ people, definitions, steps }) => {
    const state = await emptyWorld(people);
    for (const [index, node] of definitions.entries()) {
      const id = await insertSegment(database.db, { name: `s${index}`, description: '', purpose: 'shared', ownerId: null, definition: node, createdBy: 'test' }, BASE);
      await rows(database.db, 'update segment_build as b set segment_id = $2 where b.segment_id = $1', [id, IDS[index]]);
      await rows(database.db, 'update segment as s set id = $2 where s.id = $1', [id, IDS[index]]);
      state.segments.set(IDS[index]!, node);
    }
    await state.settle();
    await expectAgreement(state);
    let furthest = BASE.getTime();
    for (const { halfSeconds, changes, joins } of steps) {
      const before = await lastFlip();
      // A step back of the clock must do no harm: nothing is compared then, and nothing may be wrong afterwards.
      state.clock.advance(halfSeconds * 500);
      await state.settle();
      await expectExactFlips(state, before);
      if (state.clock.now().getTime() < furthest) continue;
      furthest = state.clock.now().getTime();
      await expectAgreement(state);
      await apply(state, changes);
      if (joins) await join(state);
      await state.settle();
      await expectAgreement(state);
    }
    const [explained] = state.people;
    const now = new Date(furthest);
    for (const node of definitions) {
      const root = await explainPerson(database.db, node, explained!.id, now);
      const truthAt = (at: Date) => matches(node, explained!, { now: at, zone: 'UTC', segments: state.segments });
      expect(root.truth).toBe(truthAt(now));
      if (root.nextChangeAt) expect([truthAt(new Date(root.nextChangeAt)), truthAt(new Date(Date.parse(root.nextChangeAt) - 1))]).toEqual([!root.truth, root.truth]);
      else expect(truthAt(new Date(now.getTime() + 3_600_000))).toBe(root.truth);
    }
  }), { numRuns: RUNS, ...(process.env.SEGMENT_SEED ? { seed: Number(process.env.SEGMENT_SEED) } : {}) });
}, 120_000);
