import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../ormconfig.js';
import { StoredAuditLog } from '../../src/access/audit.service.js';
import type { SegmentNode } from '../../src/contract/segment.js';
import { inPeopleTransaction, writePeople } from '../../src/people/people-writer.js';
import { inTransaction, rows } from '../../src/platform/database/db.js';
import { ManualAlarms } from '../../src/platform/jobs/alarms.js';
import { WorkerRunner } from '../../src/platform/jobs/runner.js';
import { BuildService } from '../../src/segments/build.service.js';
import { MembershipService } from '../../src/segments/membership.service.js';
import { membersOf } from '../../src/segments/segment-questions.js';
import { SegmentsService } from '../../src/segments/segments.service.js';
import { adoptBuild, beginBuild, oldestBuild } from '../../src/segments/store/build.store.js';
import { becomeEvaluator, stageMembers } from '../../src/segments/store/membership.store.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { emptiedTables } from '../support/segment-replay.js';
import { ACTOR } from '../support/segment-world.js';
import { VirtualClock } from '../support/virtual-clock.js';

const log = pino({ level: 'silent' });
const clock = new VirtualClock(new Date('2026-03-10T09:00:00Z'));
const PEOPLE = 23;
const PRO: SegmentNode = { type: 'attribute', key: 'plan', op: 'is', value: 'pro' };
const NOT_PRO: SegmentNode = { type: 'not', of: PRO };

class SmallPages extends BuildService { protected override readonly pageSize = 4; }
let database: TestDatabase;
let db: DataSource;
let empty: () => Promise<void>;
let service: SegmentsService;
beforeAll(async () => {
  database = await createTestDatabase();
  ({ db } = database);
  empty = await emptiedTables(db);
  service = new SegmentsService(db, clock, new WorkerRunner(new ManualAlarms(), log), new StoredAuditLog(db));
});
afterAll(() => database.drop());
beforeEach(() => empty());

const say = (...users: [number, string][]) => inPeopleTransaction(db, (tx) => writePeople(tx, users.map(([user, plan]) => ({ ref: { userId: `u${user}` }, at: clock.now(), attributes: { plan } })), { now: clock.now(), source: 'test' }));
const everybody = () => say(...Array.from({ length: PEOPLE }, (_, user): [number, string] => [user, user % 3 === 0 ? 'pro' : 'free']));
const workers = (over: DataSource) => {
  const membership = new MembershipService(over, clock, log);
  return { membership, builds: new SmallPages(over, membership, log) };
};
async function settle({ membership, builds }: ReturnType<typeof workers>): Promise<void> {
  for (let busy = true; busy; ) {
    const step = await membership.advance();
    busy = (await builds.advance()) + (step?.changes ?? 1) > 0;
  }
}
const members = async (id: string) => (await rows<{ id: string }>(db, 'select m.person_id as id from segment_member as m where m.segment_id = $1 order by 1', [id])).map((one) => one.id);
const matching = async (node: SegmentNode) => (await membersOf(db, node, clock.now())).toSorted();

async function liveSegment(definition: SegmentNode): Promise<string> {
  await everybody();
  const { id } = await service.create({ name: 's', description: '', definition }, ACTOR);
  await settle(workers(db));
  return id;
}

test('an edit is built page by page with its progress shown, while the members keep following the definition before', async () => {
  const id = await liveSegment(PRO);
  const { membership, builds } = workers(db);
  await membership.advance();
  await service.edit(id, { revision: 1, definition: NOT_PRO }, ACTOR);
  const progress: number[] = [];
  for (let page = 0; page < 5; page += 1) {
    await builds.advance();
    // Somebody of a page that is done and somebody of one to come change places.
    await say([page, page % 2 === 0 ? 'free' : 'pro'], [PEOPLE - 1 - page, page % 2 === 0 ? 'pro' : 'free']);
    await membership.advance();
    const { peopleDone, peopleTotal, state } = await service.load(id);
    progress.push(peopleDone!);
    expect([peopleTotal, state]).toEqual([PEOPLE, 'building']);
    expect(await members(id)).toEqual(await matching(PRO));
  }
  expect(progress).toEqual([4, 8, 12, 16, 20]);
  await settle({ membership, builds });
  expect((await service.load(id)).state).toBe('live');
  expect(await members(id)).toEqual(await matching(NOT_PRO));
});

/** Everything that segments keep; when and by whom the row was last touched, and the numbers given to edits, are the trail of the edit itself. */
async function contents(): Promise<unknown> {
  const tables = ['segment', 'segment_build', 'segment_build_member', 'segment_member', 'membership_change', 'settled_change', 'person_change'];
  return Promise.all(tables.map(async (table) => [table, await rows(db, `select to_jsonb(t) - 'updated_at' - 'updated_by' - 'last_revision' as row from ${table} as t order by 1`)]));
}

test.each([0, 1, 3])('an edit that is cancelled after %i pages leaves no trace, and so does a new segment', async (pages) => {
  const id = await liveSegment(PRO);
  const { builds } = workers(db);
  const before = await contents();
  await service.edit(id, { revision: 1, definition: NOT_PRO }, ACTOR);
  for (let page = 0; page < pages; page += 1) await builds.advance();
  await service.cancelBuild(id, ACTOR);
  expect(await contents()).toEqual(before);
  const made = await service.create({ name: 'other', description: '', definition: NOT_PRO }, ACTOR);
  for (let page = 0; page < pages; page += 1) await builds.advance();
  expect(await service.cancelBuild(made.id, ACTOR)).toBeNull();
  expect(await contents()).toEqual(before);
});

test('who read an edit that was cancelled cannot overwrite what came after it', async () => {
  const id = await liveSegment(PRO);
  const { revision: read } = await service.edit(id, { revision: 1, definition: NOT_PRO }, ACTOR);
  await service.cancelBuild(id, ACTOR);
  const { revision } = await service.edit(id, { revision: 1, name: 'kept' }, ACTOR);
  expect(revision).not.toBe(read);
  await expect(service.edit(id, { revision: read, name: 'lost' }, ACTOR)).rejects.toMatchObject({ code: 'segment.changed' });
  expect(await service.load(id)).toMatchObject({ name: 'kept', definition: PRO });
});

test('connections cut at any moment of pages and adoption lose nothing and repeat nothing', async () => {
  const id = await liveSegment(PRO);
  const cut = await createDataSource(`${database.url}?application_name=cut`, 3).initialize();
  (cut.driver as unknown as { master: EventEmitter }).master.on('error', () => {});
  try {
    let fallen = 0;
    for (let round = 0; round < 12; round += 1) {
      const { revision } = await service.load(id);
      const wanted = round % 2 === 0 ? NOT_PRO : PRO;
      await service.edit(id, { revision, definition: wanted }, ACTOR);
      const worker = workers(cut);
      for (let busy = true; busy; ) {
        const killed = sleep(Math.random() * 12).then(() => rows(db, `select pg_terminate_backend(a.pid) from pg_stat_activity as a where a.application_name = 'cut' and random() < 0.4`));
        busy = await worker.builds.advance().then((done) => done > 0, () => { fallen += 1; return true; });
        await killed;
      }
      expect([await members(id), (await service.load(id)).problem]).toEqual([await matching(wanted), null]);
    }
    expect(fallen).toBeGreaterThan(0);
    const flips = await rows<{ n: number }>(db, 'select count(*)::int as n from membership_change as c where c.segment_id = $1', [id]);
    expect(flips).toEqual([{ n: Math.ceil(PEOPLE / 3) + 12 * PEOPLE }]);
  } finally {
    await cut.destroy();
  }
});

test('people are written while a build is in the middle of its adoption: they do not wait for it', async () => {
  const id = await liveSegment(PRO);
  await service.edit(id, { revision: 1, definition: NOT_PRO }, ACTOR);
  await inTransaction(db, async (tx) => {
    expect(await becomeEvaluator(tx)).toBe(true);
    const build = (await oldestBuild(tx, clock.now()))!;
    await beginBuild(tx, build.segmentId, clock.now(), 'UTC');
    const people = await matching(NOT_PRO);
    await stageMembers(tx, build.segmentId, people, new Set(people));
    await adoptBuild(tx, build.segmentId, true, clock.now());
    // Would time out if it had to wait for this transaction, which ends after it.
    await say([0, 'free'], [100, 'pro'], [1, 'pro']);
    expect(await rows(db, `select p.id from person as p where p.external_id = 'u100'`)).toHaveLength(1);
  });
  await settle(workers(db));
  expect(await members(id)).toEqual(await matching(NOT_PRO));
});

const inside = (segmentId: string): SegmentNode => ({ type: 'segment', op: 'in', segmentId });
const newSegment = async (name: string): Promise<string> => (await service.create({ name, description: '', definition: PRO }, ACTOR)).id;
const outcome = (work: Promise<unknown>): Promise<string> => work.then(() => 'done', (error: { code: string }) => error.code);

test('two edits at once cannot put two segments into each other, nor one name what another archives', async () => {
  for (let round = 0; round < 5; round += 1) {
    const [a, b] = [await newSegment(`a${round}`), await newSegment(`b${round}`)];
    const edits = await Promise.all([outcome(service.edit(a, { revision: 1, definition: inside(b) }, ACTOR)), outcome(service.edit(b, { revision: 1, definition: inside(a) }, ACTOR))]);
    expect(edits.toSorted()).toEqual(['done', 'segment.cycle']);
    const [c, d] = [await newSegment(`c${round}`), await newSegment(`d${round}`)];
    const [edited, archived] = await Promise.all([outcome(service.edit(c, { revision: 1, definition: inside(d) }, ACTOR)), outcome(service.archive(d, ACTOR))]);
    expect([['done', 'segment.in-use'], ['segment.unknown', 'done']]).toContainEqual([edited, archived]);
  }
});

test('an edit that is being built counts for cycles like the definition it replaces', async () => {
  const [a, b] = [await newSegment('a'), await newSegment('b')];
  await settle(workers(db));
  await service.edit(a, { revision: 1, definition: inside(b) }, ACTOR);
  expect(await outcome(service.edit(b, { revision: 1, definition: inside(a) }, ACTOR))).toBe('segment.cycle');
  await settle(workers(db));
  await service.edit(a, { revision: 2, definition: NOT_PRO }, ACTOR);
  expect(await outcome(service.edit(b, { revision: 1, definition: inside(a) }, ACTOR))).toBe('segment.cycle');
  await settle(workers(db));
  expect(await outcome(service.edit(b, { revision: 1, definition: inside(a) }, ACTOR))).toBe('done');
});
