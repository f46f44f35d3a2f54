import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { ReportsService } from '../../src/analytics/reports.service.js';
import { inTransaction, row, rows, type Db } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { oneFile } from '../support/one-file.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { Setup } from '../../src/access/setup.service.js';
import { spawnDanbi } from '../support/process.js';
import { comparable, numbersOf } from '../support/results/answer.js';
import { exportRows, placesOf } from '../support/results/export.js';
import { Numbers, recountResults } from '../support/results/recount.js';
import { chaosSeries, ChaosWorld, STEPS } from '../support/results/world.js';
import { random } from '../story/world.js';

/** In CI five thousand; a million at night. */
const DELIVERIES = Number(process.env.DANBI_RESULTS_DELIVERIES ?? 5_000);
const PEOPLE = Math.ceil(DELIVERIES / STEPS.length / 0.86);
const SEED = Number(process.env.DANBI_RESULTS_SEED ?? Date.now() % 1_000_000);
const CHUNK = PEOPLE > 50_000 ? 2_000 : 500;
const LANES = 2;
/** With so many a comparison of everything takes minutes, and processes must live long enough to do something. */
const IS_LARGE = DELIVERIES > 100_000;
const MINUTES = Number(process.env.DANBI_RESULTS_MINUTES ?? 5);
const draw = random(SEED);
const ASKED = { goals: 'as_published' as const };

let app: TestApp;
let service: string;
let world: ChaosWorld;
let campaignId: string;
const personIds = new Map<string, string>();
const happened = { kills: 0, snapshots: 0, busy: 0, merged: 0, erased: 0, events: 0 };
const state = { over: false };

const ok = async <T = any>(method: string, path: string, body?: unknown): Promise<T> => { // eslint-disable-line typescript/no-explicit-any -- answers are examined by the test
  const answer = await app.api(method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body as T;
};

/** Sends a batch, and a part of it once more under the same ids. */
async function ingest(batch: object[]): Promise<void> {
  for (const part of [batch, batch.slice(0, Math.ceil(batch.length / 4))]) {
    const answer = await fetch(`${app.url}/v1/batch`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: app.writeKey, batch: part }) });
    if (!answer.ok) throw new Error(`refused: ${answer.status} ${await answer.text()}`);
  }
}

/** Users `u-N`, and for one in twenty a browser `a-N` that is not known to be theirs yet. */
const handles = Array.from({ length: PEOPLE }, (_, index) => (index % 20 === 19 ? `a-${index}` : `u-${index}`));
const who = (handle: string) => (handle.startsWith('a') ? { anonymousId: handle } : { userId: handle });

async function makePeople(): Promise<void> {
  for (let from = 0; from < PEOPLE; from += 1_000) await ingest(handles.slice(from, from + 1_000).map((handle) => ({ type: 'track', event: 'Seen', messageId: `seen-${handle}`, ...who(handle) })));
  const found = await rows<{ value: string; id: string }>(app.db, 'select i.value, i.person_id as id from person_identity as i');
  for (const { value, id } of found) personIds.set(value, id);
}

async function orders(some: readonly string[]): Promise<void> {
  await ingest(some.map((handle, index) => ({
    type: 'track', event: draw() < 0.9 ? 'Order' : 'Other', messageId: `o-${handle}-${index}-${Math.floor(draw() * 1e9)}`, ...who(handle),
    timestamp: new Date(Date.now() - Math.floor(draw() * draw() * 8 * 86_400_000)).toISOString(), properties: { total: Math.round(draw() * 10_000) / 100 },
  })));
  happened.events += some.length;
  await ingest(some.slice(0, Math.ceil(some.length / 5)).map((handle) => ({ type: 'identify', messageId: `p-${handle}-${Math.floor(draw() * 1e9)}`, ...who(handle), traits: { plan: draw() < 0.7 ? 'pro' : 'free' } })));
}

/** What a campaign does to these people, and they to it: each thing after they came in, beside everything else. */
async function live(chunk: readonly string[], index: number): Promise<void> {
  const inside = chunk.map((handle) => personIds.get(handle)!);
  await again(() => world.enter(inside));
  const things = [
    () => world.settle(chunk.length), () => world.settle(chunk.length), () => world.settle(chunk.length), () => world.react(chunk.length), () => world.react(chunk.length / 2), () => world.relabel(chunk.length / 2), () => world.leave(chunk.length / 4),
    () => orders(chunk.filter(() => draw() < 0.4)), () => orders(chunk.filter(() => draw() < 0.2)),
    async () => {
      const browsers = chunk.filter((handle) => handle.startsWith('a'));
      happened.merged += browsers.length;
      await ingest(browsers.map((handle) => ({ type: 'identify', messageId: `m-${handle}`, anonymousId: handle, userId: `u-${Number(handle.slice(2)) - 1}` })));
    },
    async () => {
      const gone = chunk.filter((handle) => handle.startsWith('u') && draw() < 0.01).slice(0, 5);
      happened.erased += gone.length;
      for (const handle of gone) await again(() => app.api('DELETE', `/v1/people/${personIds.get(handle)!}`));
    },
    ...(index % 3 === 0 ? [() => world.enter(inside.slice(0, inside.length / 10)).catch(() => undefined)] : []),
  ];
  for (const thing of things.toSorted(() => draw() - 0.5)) await again(thing);
}

/** Writers of rows that others hold may be asked to come again. */
async function again(work: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== '40P01' || tries === 10) throw error;
    }
  }
}

/** One process after another works until it is killed. */
async function killing(lane: number): Promise<void> {
  const next = random(SEED + lane);
  while (!state.over) {
    const danbi = spawnDanbi({ PORT: '0', DATABASE_URL: app.databaseUrl, DATA_DIR: app.dataDir, DATABASE_POOL: '6', SMTP_URL: 'smtp://127.0.0.1:9' }, service);
    await danbi.until(/ready at/);
    await sleep(200 + next() * (IS_LARGE ? 12_000 : 2_500));
    danbi.child.kill('SIGKILL');
    await danbi.ended;
    happened.kills += 1;
  }
}

async function recounted(db: Db, goals: 'as_published' | 'current', now: Date): Promise<Record<string, number>> {
  const into = new Numbers();
  const places = await placesOf(db, campaignId, goals);
  const slices = Math.ceil(DELIVERIES / 200_000);
  for (let slice = 0; slice < slices; slice += 1) recountResults(await exportRows(db, campaignId, slice, slices), places, now.getTime(), into);
  return comparable(into);
}

/** Answer and recount of one snapshot. @returns whether everybody was in it */
async function compareNow(goals: 'as_published' | 'current' = 'as_published'): Promise<boolean> {
  return inTransaction(app.db, async (tx) => {
    await rows(tx, 'set transaction isolation level repeatable read, read only');
    const now = new Date();
    const results = await app.nest.get(ReportsService, { strict: false }).read(tx, campaignId, { ...ASKED, goals }, now);
    if (results.pending > 0 || (goals === 'current' && results.recount)) return false;
    expect(comparable(numbersOf(results))).toEqual(await recounted(tx, goals, now));
    return true;
  });
}

/** While everything goes on, what is answered as complete is complete. */
async function looking(): Promise<void> {
  while (!state.over) {
    const started = performance.now();
    const isWhole = await compareNow();
    if (isWhole) happened.snapshots += 1;
    else happened.busy += 1;
    // Most of the time is left for what is looked at.
    for (const until = performance.now() + Math.max(1_500, 4 * (performance.now() - started)); !state.over && performance.now() < until;) await sleep(250);
  }
}

async function workOff(): Promise<void> {
  // Merges wait for messages that a sender holds.
  await rows(app.db, `update delivery as d set state = 'sent', sent_at = now(), settled_at = now() where d.state = 'sending'`);
  const danbi = spawnDanbi({ PORT: '0', DATABASE_URL: app.databaseUrl, DATA_DIR: app.dataDir, DATABASE_POOL: '6', SMTP_URL: 'smtp://127.0.0.1:9' }, service);
  await danbi.until(/ready at/);
  const left = () => row<{ count: number }>(app.db, `
    select (select count(*) from person_change) + (select count(*) from settled_change) + (select count(*) from result_mark) + (select count(*) from result_goals as g where g.cursor is not null) as count`);
  while (Number((await left())!.count) > 0) await sleep(100);
  danbi.child.kill('SIGTERM');
  await danbi.ended;
}

beforeAll(async () => {
  service = await oneFile();
  app = await startTestApp();
  await makePeople();
  campaignId = (await ok('POST', '/v1/campaigns', { name: 'Chaos', definition: chaosSeries(48) })).id;
  await ok('POST', `/v1/campaigns/${campaignId}/publish`, {});
  await app.runner.runUntilIdle();
  world = new ChaosWorld(app, campaignId, draw);
  const chunks = Array.from({ length: Math.ceil(PEOPLE / CHUNK) }, (_, index) => handles.slice(index * CHUNK, (index + 1) * CHUNK));
  const beside = [killing(1), killing(2), looking()];
  let next = 0;
  const lives = Promise.all(Array.from({ length: LANES }, async () => {
    for (let index = next++; index < chunks.length; index = next++) {
      // In the middle the goal is edited: everybody so far has to be counted by the new one as well.
      if (index === Math.floor(chunks.length / 2)) {
        const { revision } = await ok('GET', `/v1/campaigns/${campaignId}`);
        await ok('PUT', `/v1/campaigns/${campaignId}`, { revision, name: 'Chaos', definition: chaosSeries(24 * 5) });
        // Refused when somebody was assigned for the first time while it was checked.
        for (let tries = 0; (await app.api('POST', `/v1/campaigns/${campaignId}/publish`, {})).status !== 200;) if ((tries += 1) > 20) throw new Error('the edited goal was not published');
      }
      await live(chunks[index]!, index);
    }
  })).finally(() => { state.over = true; });
  await Promise.all([lives, ...beside]);
  await workOff();
}, MINUTES * 60_000);
afterAll(async () => {
  state.over = true;
  await app?.close();
});

describe(`${DELIVERIES} deliveries in disorder, several processes killed (seed ${SEED})`, () => {
  test('it was chaos', async () => {
    const counted = (await row<Record<string, number>>(app.db, `
      select (select count(*)::int from delivery) as deliveries, (select count(*)::int from delivery_event) as reactions, (select count(*)::int from person_merge) as merges, (select count(*)::int from erased_person) as erased,
             (select count(*)::int from event where name = 'Order') as orders, (select count(*)::int from result_cell) as cells, (select count(*)::int from result_person) as people`))!;
    process.stdout.write(`results chaos: ${JSON.stringify({ ...happened, ...counted })}\n`);
    expect(counted.deliveries).toBeGreaterThan(DELIVERIES * 0.9);
    expect(counted.merges).toBeGreaterThan(PEOPLE / 40);
    expect(counted.erased).toBeGreaterThan(0);
    expect(happened.kills).toBeGreaterThan(1);
    expect(happened.snapshots).toBeGreaterThan(0);
  });

  test('what is answered is what a recount of every row in TypeScript says', async () => {
    expect(await compareNow()).toBe(true);
  }, MINUTES * 60_000);

  test('the edited goal too, over everybody since the beginning', async () => {
    expect(await compareNow('current')).toBe(true);
  }, MINUTES * 60_000);

  // In chaos somebody forgotten is soon counted again for another reason; here every kind of change stands alone.
  test.each(['settle', 'react', 'relabel', 'leave'] as const)('%s alone is noticed', async (change) => {
    await world[change](100);
    await app.runner.runUntilIdle();
    expect(await compareNow()).toBe(true);
  }, MINUTES * 60_000);

  test('cells are the sums of what people added, and the quarters of an hour of what happened add up to totals', async () => {
    expect(await rows(app.db, `
      select c.id, c.measure, c.detail, c.count::int, s.n, c.amount, s.amount as summed
        from (select p.campaign_id, u.cell, sum(coalesce(u.n, 1)) as n, sum(u.amount) as amount from result_person as p cross join lateral unnest(p.cells, p.counts, p.amounts) as u (cell, n, amount) group by p.campaign_id, u.cell) as s
        full join result_cell as c on c.id = s.cell where (c.count, coalesce(c.amount, 0)) is distinct from (coalesce(s.n, 0), coalesce(s.amount, 0)) limit 10`)).toEqual([]);
    expect(await rows(app.db, `
      select c.measure, c.detail, c.further, sum(c.count) filter (where c.bucket is null)::int as total, sum(c.count) filter (where c.bucket is not null)::int as buckets
        from result_cell as c where c.measure = 'reaction' or (c.measure = 'goal' and c.further = 'converted') group by 1, 2, 3
      having sum(c.count) filter (where c.bucket is null) is distinct from sum(c.count) filter (where c.bucket is not null)`)).toEqual([]);
  });
});

describe('killed between two systems', () => {
  const sink = new SmtpSink();
  let userId: string;

  /** Danbi runs until something is true of it; then it is killed, or told to end. */
  async function runUntil(until: () => Promise<boolean>, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const danbi = spawnDanbi({ PORT: '0', DATABASE_URL: app.databaseUrl, DATA_DIR: app.dataDir, DATABASE_POOL: '6', SMTP_URL: sink.url }, service);
    await danbi.until(/ready at/);
    while (!(await until())) await sleep(25);
    danbi.child.kill(signal);
    await danbi.ended;
  }

  /** Kills Danbi while it waits to write into a table; then lets go of it. */
  async function killAt(table: string): Promise<void> {
    const runner = app.db.createQueryRunner();
    await runner.startTransaction();
    await runner.query(`lock table ${table} in exclusive mode`);
    await runUntil(async () => Number((await row<{ waiting: number }>(app.db, 'select count(*) as waiting from pg_locks as l where l.relation = $1::regclass and not l.granted and l.database = (select d.oid from pg_database as d where d.datname = current_database())', [table]))!.waiting) > 0, 'SIGKILL');
    await runner.rollbackTransaction();
    await runner.release();
    // What PostgreSQL was told to do it may still do; then it sees that nobody is there.
    while (Number((await row<{ left: number }>(app.db, `select count(*) as left from pg_stat_activity as a where a.datname = current_database() and a.pid <> pg_backend_pid() and a.state in ('active', 'idle in transaction')`))!.left) > 0) await sleep(25);
  }

  const sends = () => rows<{ id: string; state: string }>(app.db, 'select d.id, d.state from digest_send as d order by d.to_at');
  const due = (days: number) => rows(app.db, `update digest_setting set next_at = now() - $2 * interval '1 day', covered_to = now() - ($2 + 1) * interval '1 day' where user_id = $1`, [userId, days]);
  const over = () => rows(app.db, `update digest_send set try_at = now() - interval '1 second' where state = 'sending'`);
  const mailsOf = (id: string) => sink.read.filter(({ messageId }) => messageId.includes(id)).length;

  beforeAll(async () => {
    await sink.start();
    const token = await app.nest.get(Setup, { strict: false }).issue();
    const made = await fetch(`${app.url}/v1/setup`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token, email: 'minji@example.com', name: 'Minji', password: 'a walk on a rainy day', workspace: { name: 'Chaos', timeZone: 'UTC', language: 'en' } }) });
    userId = (await row<{ id: string }>(app.db, 'select u.id from app_user as u'))!.id;
    const set = await fetch(`${app.url}/v1/me/digest`, { method: 'PUT', headers: { cookie: made.headers.get('set-cookie')!.split(';')[0]!, 'x-danbi-csrf': '1', 'content-type': 'application/json' }, body: JSON.stringify({ cadence: 'daily', at: '09:00', whenEmpty: true }) });
    expect(set.status).toBe(200);
  });
  afterAll(() => sink.stop());

  test('a digest goes out once, or is listed as uncertain', async () => {
    // Before it was planned: nothing of it stays, and the next one plans it.
    await due(3);
    await killAt('digest_send');
    expect(await sends()).toEqual([]);
    // While the mail server had read all of it and not said so yet.
    let isRead = false;
    sink.script = { meanwhile: async () => { isRead = true; await sleep(2_000); } };
    await runUntil(async () => isRead, 'SIGKILL');
    sink.script = {};
    const [first] = await sends();
    expect(first!.state).toBe('sending');
    // Planned, and being taken.
    const second = (await row<{ id: string }>(app.db, `insert into digest_send (id, user_id, from_at, to_at, state, try_at) values (gen_random_uuid(), $1, now() - interval '2 hours', now() - interval '1 hour', 'waiting', now()) returning id`, [userId]))!.id;
    await killAt('digest_send');
    await over();
    await runUntil(async () => (await sends()).every(({ state: now }) => !['waiting', 'sending'].includes(now)), 'SIGTERM');
    // Which of the two ends first in time hangs on the hour of the day at which this runs.
    const ended = new Map((await sends()).map(({ id, state: how }) => [id, how]));
    expect([...ended.keys()].sort()).toEqual([first!.id, second].sort());
    expect([ended.get(first!.id), mailsOf(first!.id)]).toEqual(['uncertain', 1]);
    expect([['uncertain', 0], ['sent', 1]]).toContainEqual([ended.get(second), mailsOf(second)]);
  });

  test('a look that was killed has said nothing, and is made by the next process', async () => {
    const looks = async () => (await row<{ count: number }>(app.db, 'select count(*)::int as count from verdict_evaluation'))!.count;
    await rows(app.db, `update experiment_verdict set due_at = now() - interval '1 minute', seen = '{}'`);
    const kept = () => rows(app.db, 'select e.experiment_id, e.due_at, e.evaluated_at, e.memory, e.state from experiment_verdict as e order by e.experiment_id');
    const [before, count] = [await kept(), await looks()];
    expect(before.length).toBeGreaterThan(0);
    await killAt('verdict_evaluation');
    expect([await kept(), await looks()]).toEqual([before, count]);
    await runUntil(async () => (await row<{ due: number }>(app.db, 'select count(*)::int as due from experiment_verdict as e where e.due_at <= now()'))!.due === 0, 'SIGTERM');
    expect(await looks()).toBe(count + before.length);
  });
});
