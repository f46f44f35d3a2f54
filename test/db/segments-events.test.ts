import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Leaf, SequenceCondition } from '../../src/contract/segment-conditions.js';
import type { SegmentNode } from '../../src/contract/segment.js';
import { newId } from '../../src/kernel/ids.js';
import { inTransaction, rows } from '../../src/platform/database/db.js';
import { explainAsKnown, explainPerson, frontier, membersAmong, membersOf, validateDefinition } from '../../src/segments/segment-questions.js';
import { BASE, event, seconds } from '../support/segment-arbitraries.js';
import { LEAF_PROOFS } from '../support/segment-leaves.js';
import { matches } from '../support/segment-oracle.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { newPerson, storePeople, type WorldPerson } from '../support/segment-world.js';
import fc from '../support/fast-check.js';

const RUNS = Number(process.env.SEGMENT_RUNS ?? 40);
let database: TestDatabase;
beforeAll(async () => { database = await createTestDatabase(); });
afterAll(() => database.drop());

const eventsOf = (given: readonly { name: string; properties: object; offset: number }[]): WorldPerson['events'] => given.map(({ offset, ...rest }) => ({ ...rest, properties: rest.properties as Record<string, unknown>, id: newId(), at: seconds(offset) }));
const truthsOf = (node: SegmentNode, people: readonly WorldPerson[], now: Date) => people.map((person) => matches(node, person, { now, zone: 'UTC', segments: new Map() }));

test('conditions on events answer as the oracle does, and change with the clock only on the frontier', async () => {
  const dense = fc.array(fc.oneof(event, event.map((one) => ({ ...one, offset: Math.round(one.offset / 6) }))), { maxLength: 9 });
  const world = fc.record({
    people: fc.array(dense, { minLength: 12, maxLength: 12 }),
    leaves: fc.tuple(...(['event', 'event_value', 'event_time', 'sequence', 'sequence'] as const).map((type) => LEAF_PROOFS[type].arbitrary as fc.Arbitrary<Leaf>)),
    from: fc.integer({ min: -60, max: 60 }),
    step: fc.integer({ min: 1, max: 20 }),
  });
  await fc.assert(fc.asyncProperty(world, async ({ people: given, leaves, from, step }) => {
    await rows(database.db, 'truncate event, person cascade');
    const people = given.map((events, index) => newPerson({ lastSeenAt: BASE, timeZone: index % 2 === 0 ? 'Pacific/Auckland' : null, events: eventsOf(events) }));
    await storePeople(database.db, people);
    const ids = people.map(({ id }) => id);
    const [before, now] = [seconds(from), seconds(from + step)];
    for (const node of leaves) {
      const wanted = truthsOf(node, people, now);
      const some = await membersAmong(database.db, node, ids, now);
      const set = new Set(await membersOf(database.db, node, now));
      expect({ node, some: ids.map((id) => some.has(id)), set: ids.map((id) => set.has(id)) }).toEqual({ node, some: wanted, set: wanted });
      const moved = await frontier(database.db, node, before, now);
      const flipped = truthsOf(node, people, before).flatMap((truth, index) => (truth === wanted[index] ? [] : [ids[index]!]));
      expect({ node, missed: flipped.filter((id) => !moved.includes(id)) }).toEqual({ node, missed: [] });
    }
  }), { numRuns: RUNS });
}, 600_000);

test('sequences of people with too many events to compare with each other are found as those of others', async () => {
  const world = fc.record({ people: fc.array(fc.array(event, { maxLength: 7 }), { minLength: 4, maxLength: 4 }), node: LEAF_PROOFS.sequence.arbitrary as fc.Arbitrary<SequenceCondition> });
  await fc.assert(fc.asyncProperty(world, async ({ people: given, node }) => {
    await rows(database.db, 'truncate event, person cascade');
    const people = given.map((events) => newPerson({ lastSeenAt: BASE, events: eventsOf(events) }));
    // The same instants many times over make no other sequences, so the oracle need not read them.
    await storePeople(database.db, people.map((person, index) => (index === 0 ? person : { ...person, events: Array.from({ length: 101 }, () => person.events.map((one) => ({ ...one, id: newId() }))).flat() })));
    const set = new Set(await membersOf(database.db, node, BASE));
    expect({ node, set: people.map(({ id }) => set.has(id)) }).toEqual({ node, set: truthsOf(node, people, BASE) });
  }), { numRuns: RUNS });
}, 600_000);

const TIMEOUT = 4_000;
const crowded: { name: string; steps: SequenceCondition['steps']; within?: SequenceCondition['within']; expected: boolean }[] = [
  { name: 'A, then B within 1 s', steps: [{ event: 'a' }, { event: 'b', within: { seconds: 1 } }], expected: false },
  { name: 'A, then B, then C, which never happened', steps: [{ event: 'a' }, { event: 'b' }, { event: 'c' }], expected: false },
  { name: 'A five times within 3 s each, with a property that the last one lacks', steps: [{ event: 'a' }, { event: 'a', within: { seconds: 3 } }, { event: 'a', within: { seconds: 3 } }, { event: 'a', within: { seconds: 3 } }, { event: 'a', within: { seconds: 3 }, where: [{ property: 'n', op: 'lt', value: 0 }] }], expected: false },
  { name: 'A, and then not B within 10 s', steps: [{ event: 'a' }, { event: 'b', within: { seconds: 10 }, not: true }], expected: false },
  { name: 'A, and then not A within 1 hour, inside 30 days', steps: [{ event: 'a' }, { event: 'a', within: { hours: 1 }, not: true }], within: { days: 30 }, expected: true },
  { name: 'A, then B within 10 days, with a property that none has', steps: [{ event: 'a' }, { event: 'b', within: { days: 10 }, where: [{ property: 'n', op: 'lt', value: 0 }] }], expected: false },
];

test.each(crowded)('20,000 events of one person cost no more than a pass: $name', async ({ steps, within, expected }) => {
  await rows(database.db, 'truncate event, person cascade');
  const person = newPerson({ lastSeenAt: BASE });
  await storePeople(database.db, [person]);
  // A at every even second and B two milliseconds before the next A: near each other, yet never within a second after.
  await rows(database.db, `
    insert into event (id, person_id, type, name, properties, occurred_at, received_at, message_id)
    select gen_random_uuid(), $1, 'track', e.name, jsonb_build_object('n', n), $2::timestamptz + n * interval '2 seconds' + e.shift * interval '1 millisecond', $2, n::text || e.name
      from generate_series(1, 10000) as n, (values ('a', 0), ('b', 1998)) as e (name, shift)`, [person.id, new Date(BASE.getTime() - 86_400_000)]);
  await rows(database.db, 'analyze event');
  const definition: SequenceCondition = { type: 'sequence', steps, within };
  const found = await inTransaction(database.db, async (tx) => {
    await rows(tx, `select set_config('statement_timeout', $1, true)`, [String(TIMEOUT)]);
    const some = (await membersAmong(tx, definition, [person.id], BASE)).has(person.id);
    const set = (await membersOf(tx, definition, BASE)).includes(person.id);
    return { some, set };
  });
  expect(found).toEqual({ some: expected, set: expected });
});

test('a late event takes back what was true without it', async () => {
  const definition: SequenceCondition = { type: 'sequence', steps: [{ event: 'a' }, { event: 'b', within: { days: 1 }, not: true }] };
  const person = newPerson({ lastSeenAt: BASE, events: eventsOf([{ name: 'a', properties: {}, offset: -90_000 }]) });
  await storePeople(database.db, [person]);
  expect((await explainPerson(database.db, definition, person.id, BASE)).truth).toBe(true);
  person.events.push(...eventsOf([{ name: 'b', properties: {}, offset: -80_000 }]).map((late) => ({ ...late, receivedAt: seconds(60) })));
  await storePeople(database.db, [person]);
  expect((await explainPerson(database.db, definition, person.id, BASE)).truth).toBe(false);
  expect(await explainAsKnown(database.db, definition, person.id, seconds(59))).toMatchObject({ truth: true, compared: { from: '2026-03-09T08:00:00+00:00', to: '2026-03-10T08:00:00+00:00' } });
  expect(await explainAsKnown(database.db, definition, person.id, seconds(60))).toMatchObject({ truth: false, compared: null });
});

test('faults of conditions on events are named with their place', async () => {
  const refused = async (definition: object) => (await validateDefinition(database.db, definition as SegmentNode, 'audience')).map(({ path, code }) => `${path} ${code}`);
  const count = { op: 'at_least', value: 1 };
  expect(await refused({ type: 'event', event: 'x', count, within: { days: 1 }, between: { from: '2026-03-01' } })).toEqual(['audience.between segment.value']);
  expect(await refused({ type: 'event', event: 'x', count, between: {} })).toEqual(['audience.between segment.value']);
  expect(await refused({ type: 'event', event: 'x', count, between: { from: '2026-03-02', to: '2026-03-02' } })).toEqual(['audience.between.to segment.value']);
  expect(await refused({ type: 'event', event: 'x', count, between: { from: '2026-02-30', to: '2026-03-02T00:00:00' } })).toEqual(['audience.between.from segment.value', 'audience.between.to segment.value']);
  expect(await refused({ type: 'event', event: 'x', count, between: { from: '2026-03-02T00:00:00+18:00' } })).toEqual(['audience.between.from segment.value']);
  expect(await refused({ type: 'event', event: 'x', count, between: { from: '2026-03-02', to: '2026-03-01T10:00:01Z' } })).toEqual([]);
  const value = { type: 'event_value', event: 'x', measure: 'sum', property: 'p', op: 'between', value: 1 };
  expect(await refused(value)).toEqual(['audience.to segment.value']);
  expect(await refused({ ...value, op: 'less_than', value: 0 })).toEqual([]);
  expect(await refused({ ...value, measure: 'distinct', op: 'less_than', value: 0 })).toEqual(['audience.value segment.value']);
  const time = { type: 'event_time', event: 'x', which: 'first', value: { days: 1 } };
  expect(await refused({ ...time, op: 'in_next' })).toEqual(['audience.op segment.operator-type']);
  expect(await refused({ ...time, op: 'is' })).toEqual(['audience.op segment.operator-type']);
  expect(await refused({ ...time, op: 'before' })).toEqual(['audience.value segment.value']);
  const sequence = (...steps: object[]) => ({ type: 'sequence', steps });
  expect(await refused(sequence({ event: 'x', within: { days: 1 } }, { event: 'y' }))).toEqual(['audience.steps.0.within segment.value']);
  expect(await refused(sequence({ event: 'x' }, { event: 'y', not: true }))).toEqual(['audience.steps.1.within segment.value']);
  expect(await refused(sequence({ event: 'x' }, { event: 'y', not: true, within: { days: 1 } }, { event: 'z', where: [{ property: 'p', op: 'nope' }] }))).toEqual(['audience.steps.1.not segment.value', 'audience.steps.2.where.0.op segment.unknown-operator']);
});
