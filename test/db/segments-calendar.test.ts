import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { AttributeCondition } from '../../src/contract/segment-conditions.js';
import type { SegmentNode } from '../../src/contract/segment.js';
import { rows } from '../../src/platform/database/db.js';
import { BuildService } from '../../src/segments/build.service.js';
import { MembershipService } from '../../src/segments/membership.service.js';
import { compileFrontier, edgesOf } from '../../src/segments/domain/edges.js';
import { resolveOrThrow } from '../../src/segments/domain/resolved.js';
import { explainPerson, membersAmong, membersOf } from '../../src/segments/segment-questions.js';
import { nextBoundary } from '../../src/segments/store/answers.js';
import { insertSegment } from '../../src/segments/store/segments.store.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { dayLeaf } from '../support/segment-arbitraries-attribute.js';
import { matches } from '../support/segment-oracle.js';
import { newPerson, queueChange, storePeople, type WorldPerson } from '../support/segment-world.js';
import { VirtualClock } from '../support/virtual-clock.js';
import fc from '../support/fast-check.js';

const RUNS = Number(process.env.SEGMENT_RUNS ?? 20);
const ZONES = ['Pacific/Auckland', 'Asia/Kathmandu', 'America/Havana', 'Asia/Seoul', 'America/St_Johns', 'Pacific/Kiritimati', 'Etc/GMT+12', null];
/** Days around which clocks change, years turn and leap days lie. */
const STARTS = ['2026-03-07T12:00:00Z', '2026-10-31T12:00:00Z', '2026-04-03T12:00:00Z', '2026-09-25T12:00:00Z', '2028-02-27T06:00:00Z', '2026-02-26T18:00:00Z', '2026-12-30T18:00:00Z', '2010-11-06T06:00:00Z'];
const log = pino({ level: 'silent' });
let database: TestDatabase;
beforeAll(async () => { database = await createTestDatabase(); });
afterAll(() => database.drop());

interface World { people: WorldPerson[]; segments: Map<string, SegmentNode>; clock: VirtualClock; zone: string; settle(): Promise<void> }

/** Dates near the days that the clock passes, in other years, with and without a time. */
const dateNear = (start: string) => fc.record({ year: fc.integer({ min: -6, max: 1 }), hours: fc.integer({ min: -60, max: 110 }), day: fc.boolean(), leap: fc.boolean() }).map(({ year, hours, day, leap }) => {
  const at = new Date(Date.parse(start) + hours * 3_600_000);
  at.setUTCFullYear(at.getUTCFullYear() + year);
  if (leap) return day ? '2024-02-29' : '2024-02-29T03:00:00Z';
  return day ? at.toISOString().slice(0, 10) : at.toISOString();
});

async function worldOf(people: WorldPerson[], definitions: readonly SegmentNode[], zone: string, start: string): Promise<World> {
  for (const table of ['segment', 'segment_build', 'segment_build_member', 'segment_member', 'membership_change', 'settled_change', 'person_change', 'person', 'person_date']) await rows(database.db, `delete from ${table}`);
  await rows(database.db, `insert into workspace (id, name, time_zone, language, created_at) values (1, '단비', $1, 'ko', now()) on conflict (id) do update set time_zone = excluded.time_zone`, [zone]);
  await storePeople(database.db, people);
  const clock = new VirtualClock(new Date(start));
  const service = new MembershipService(database.db, clock, log);
  const builds = new BuildService(database.db, service, log);
  const settle = async () => {
    for (let busy = true; busy; ) {
      const step = await service.advance();
      busy = (await builds.advance()) > 0 || step === null || step.changes + step.flips > 0 || step.behind;
    }
  };
  const segments = new Map<string, SegmentNode>();
  for (const [index, node] of definitions.entries()) segments.set(await insertSegment(database.db, { name: `s${index}`, description: '', purpose: 'shared', ownerId: null, definition: node, createdBy: 'test' }, clock.now()), node);
  await settle();
  return { people, segments, clock, zone, settle };
}

async function expectAgreement({ people, segments, clock, zone }: World): Promise<void> {
  const now = clock.now();
  for (const [id, node] of segments) {
    const oracle = people.filter((person) => matches(node, person, { now, zone, segments })).map((person) => person.id).toSorted();
    const set = (await membersOf(database.db, node, now)).toSorted();
    const some = [...(await membersAmong(database.db, node, people.map((person) => person.id), now))].toSorted();
    const kept = (await rows<{ id: string }>(database.db, 'select m.person_id as id from segment_member as m where m.segment_id = $1 order by 1', [id])).map((found) => found.id);
    expect({ now, node, set, some, kept }).toEqual({ now, node, set: oracle, some: oracle, kept: oracle });
  }
}

/** Flips by the clock are true to the millisecond, and the alarm rings no later than each. */
async function expectExactFlips({ people, segments, zone }: World): Promise<number> {
  const flips = await rows<{ segment_id: string; person_id: string; entered: boolean; at: Date }>(database.db, `select c.segment_id, c.person_id, c.entered, c.at from membership_change as c where c.cause = 'clock'`);
  for (const flip of flips) {
    const node = segments.get(flip.segment_id)!;
    const truthAt = (at: Date) => matches(node, people.find(({ id }) => id === flip.person_id)!, { now: at, zone, segments });
    const before = new Date(flip.at.getTime() - 1);
    expect([node, flip.at, truthAt(flip.at), truthAt(before)]).toEqual([node, flip.at, flip.entered, !flip.entered]);
    expect((await nextBoundary(database.db, edgesOf(resolveOrThrow(node, new Map())), before))!.getTime()).toBeLessThanOrEqual(flip.at.getTime());
  }
  return flips.length;
}

/** A world in which anniversaries begin and end, whatever chance brings besides. */
function sureWorld() {
  const anniversary = (op: string, value: number): AttributeCondition => ({ type: 'attribute', key: 'k', op, value });
  const today = anniversary('anniversary', 0);
  const all: SegmentNode = { type: 'all', of: [anniversary('anniversary_within', 2), { type: 'not', of: today }] };
  const person = (zone: string | null) => ({ zone, k: '2020-03-08', x: null, signed: null });
  const step = (minutes: 720 | 2000) => ({ minutes, moves: null, dates: null });
  const definitions: [AttributeCondition, AttributeCondition, AttributeCondition, SegmentNode] = [today, anniversary('anniversary_within', 1), anniversary('anniversary', -1), all];
  return { start: '2026-03-07T12:00:00Z', zone: 'UTC' as const, people: ['America/Havana', 'Asia/Seoul', 'Pacific/Kiritimati', null].map(person), definitions, steps: [step(720), step(2000)] };
}

/** Clocks that go back a minute after midnight: a day begins, ends, and begins again. */
function dayTwice() {
  const leaf = (op: string, value: AttributeCondition['value'], zone?: 'person'): AttributeCondition => ({ type: 'attribute', key: 'k', op, value, ...(zone ? { zone } : {}) });
  const within = leaf('anniversary_within', 0, 'person');
  const person = (zone: string, k: string | null) => ({ zone, k, x: null, signed: null });
  const definitions: [AttributeCondition, AttributeCondition, AttributeCondition, SegmentNode] = [within, leaf('anniversary', 0, 'person'), leaf('hour_between', [0, 24], 'person'), { type: 'all', of: [within, { type: 'not', of: leaf('day_of_week', ['fri'], 'person') }] }];
  const step = (minutes: 1 | 60 | 1440) => ({ minutes, moves: null, dates: null });
  return { start: '2010-11-06T06:00:00Z', zone: 'UTC' as const, people: [person('Pacific/Auckland', null), person('America/St_Johns', '2009-11-06T06:00:00.000Z'), person('America/St_Johns', '2009-11-07'), person('Asia/Seoul', null)], definitions, steps: [step(1440), step(1), step(60), step(1440)] };
}

test('days and anniversaries: set = some = maintained = oracle in every zone, over days that clocks change', async () => {
  let flips = 0;
  const world = fc.constantFrom(...STARTS).chain((start) => fc.record({
    start: fc.constant(start),
    zone: fc.constantFrom('UTC', 'Asia/Seoul', 'America/Havana'),
    people: fc.array(fc.record({ zone: fc.constantFrom(...ZONES), k: fc.option(dateNear(start)), x: fc.option(dateNear(start)), signed: fc.option(dateNear(start)) }), { minLength: 4, maxLength: 9 }),
    definitions: fc.tuple(dayLeaf, dayLeaf, dayLeaf, fc.tuple(dayLeaf, dayLeaf).map((of): SegmentNode => ({ type: 'all', of: [of[0], { type: 'not', of: of[1] }] }))),
    steps: fc.array(fc.record({ minutes: fc.constantFrom(1, 15, 29, 60, 181, 720, 1440, 2000), moves: fc.option(fc.tuple(fc.nat({ max: 8 }), fc.constantFrom(...ZONES))), dates: fc.option(fc.tuple(fc.nat({ max: 8 }), dateNear(start))) }), { minLength: 2, maxLength: 6 }),
  }));
  await fc.assert(fc.asyncProperty(world, async ({ start, zone, people, definitions, steps }) => {
    const made = people.map((one) => newPerson({ timeZone: one.zone, lastSeenAt: new Date(start), signedUpAt: one.signed === null ? null : new Date(one.signed), attributes: { ...(one.k === null ? {} : { k: one.k }), plan: one.x === null ? {} : { x: one.x } } }));
    const state = await worldOf(made, definitions, zone, start);
    await expectAgreement(state);
    for (const { minutes, moves, dates } of steps) {
      state.clock.advance(minutes * 60_000);
      await state.settle();
      await expectAgreement(state);
      if (!moves && !dates) continue;
      flips += await expectExactFlips(state);
      await rows(database.db, 'delete from membership_change');
      const person = made[(moves ?? dates)![0] % made.length]!;
      if (moves) person.timeZone = moves[1];
      if (dates) person.attributes = { ...person.attributes, k: dates[1] };
      await storePeople(database.db, [person]);
      await queueChange(database.db, { at: state.clock.now(), people: [person.id], keys: [...(moves ? ['$time_zone'] : []), ...(dates ? ['k'] : [])] });
      await state.settle();
      await expectAgreement(state);
    }
    flips += await expectExactFlips(state);
    for (const node of definitions) {
      const root = await explainPerson(database.db, node, made[0]!.id, state.clock.now());
      const truthAt = (at: Date) => matches(node, made[0]!, { now: at, zone, segments: state.segments });
      expect(root.truth).toBe(truthAt(state.clock.now()));
      if (root.nextChangeAt) expect([node, truthAt(new Date(root.nextChangeAt)), truthAt(new Date(Date.parse(root.nextChangeAt) - 1))]).toEqual([node, !root.truth, root.truth]);
    }
  }), { numRuns: RUNS, examples: [[sureWorld()], [dayTwice()]] });
  expect(flips).toBeGreaterThan(0);
}, 600_000);

test('while no day begins anywhere, nobody is read', async () => {
  await rows(database.db, 'truncate person, person_date');
  await rows(database.db, `
    insert into person (id, kind, time_zone, first_seen_at, last_seen_at, created_at, updated_at)
    select ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'user', (array['Asia/Seoul', 'Pacific/Auckland', 'America/Havana', null])[n % 4 + 1], now(), now(), now(), now() from generate_series(1, 20000) as g (n)`);
  await rows(database.db, `insert into person_date (person_id, key, at) select p.id, 'born', '1970-01-01Z'::timestamptz + row_number() over () * interval '17 hours' from person as p`);
  await rows(database.db, 'analyze person, person_date');
  const node: AttributeCondition = { type: 'attribute', key: 'born', op: 'anniversary', value: 0 };
  const edges = edgesOf(resolveOrThrow(node, new Map()));
  const readFrom = async (from: string, to: string): Promise<{ dates: number; text: string }> => {
    const { text, values } = compileFrontier(edges, { at: from, personId: null }, new Date(to), 20_001);
    const [found] = await rows<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(database.db, `explain (analyze, format json) ${text}`, values);
    const plan = found!['QUERY PLAN'][0]!.Plan;
    return { dates: readRows(plan, 'person_date'), text: JSON.stringify(plan) };
  };
  const quiet = await readFrom('2026-03-10T09:00:00Z', '2026-03-10T09:00:30Z');
  expect(quiet.dates).toBe(0);
  const midnight = await readFrom('2026-03-10T14:59:50Z', '2026-03-10T15:00:20Z');
  expect(midnight.text).toContain('person_date_month_day');
  expect(midnight.dates).toBeGreaterThan(0);
  expect(midnight.dates).toBeLessThan(1_000);
});

interface PlanNode { 'Relation Name'?: string; 'Actual Rows': number; 'Actual Loops': number; Plans?: PlanNode[] }
/** Rows that a plan read from a table. */
const readRows = (node: PlanNode, table: string): number => (node['Relation Name'] === table ? node['Actual Rows'] * node['Actual Loops'] : 0) + (node.Plans ?? []).reduce((sum, child) => sum + readRows(child, table), 0);
