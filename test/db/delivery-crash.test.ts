import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { appendFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../../src/kernel/ids.js';
import { rows } from '../../src/platform/database/db.js';
import { foreignJournals, SendJournal } from '../../src/delivery/sending/journal.js';
import { livenessOf, ownIdentity, type ProcessIdentity } from '../../src/delivery/sending/process-identity.js';
import { claimDue } from '../../src/delivery/sending/store/claims.store.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { deliveries, makePeople, makePlace, queue, tally } from '../support/deliveries.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { VirtualClock } from '../support/virtual-clock.js';

const START = new Date('2026-03-02T09:00:00Z');
const LATER = new Date(START.getTime() + 120_000);
let clock: VirtualClock;
let sink: SmtpSink;
let app: TestApp;
let folder: string;

beforeAll(async () => {
  sink = await new SmtpSink().start();
  clock = new VirtualClock(START);
  app = await startTestApp({ clock, env: { SMTP_URL: sink.url } });
  folder = join(app.dataDir, 'journal');
});
afterAll(async () => {
  await app.close();
  await sink.stop();
});
beforeEach(async () => {
  clock.set(START);
  sink.script = {};
  for (const list of [sink.accepted, sink.read, sink.offered]) list.length = 0;
  await rows(app.db, 'truncate delivery, person');
});

/** A process that has ended, on this machine and in this boot. */
async function deadProcess(): Promise<ProcessIdentity> {
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((done) => { child.once('exit', done); });
  return { ...ownIdentity(), pid: child.pid!, started: '1' };
}

/** Rows claimed by another worker, as they are when it is killed before it settles anything. */
async function claimedBy(worker: string, count: number) {
  await queue(app.db, await makePlace(app.db, START), await makePeople(app.db, count, START), START);
  return claimDue(app.db, { channel: 'email', worker, leaseUntil: LATER, limit: count, held: [], now: START });
}

async function leaveJournal(worker: string, process: ProcessIdentity, lines: string[], torn = ''): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${worker}.1.log`);
  await writeFile(path, `${[JSON.stringify({ version: 1, worker, process }), ...lines].join('\n')}\n${torn}`);
  return path;
}

test('a killed sender: accepted is sent, begun is uncertain, refused and untouched go again, a torn line counts for nothing', async () => {
  const worker = newId();
  const [accepted, begun, refused, untouched, torn] = await claimedBy(worker, 5);
  const line = (word: string, { id, fence }: { id: string; fence: number }) => `${word} ${id} ${fence} ${START.getTime()}`;
  const path = await leaveJournal(worker, await deadProcess(), [line('B', accepted!), line('B', begun!), line('A', accepted!), line('B', refused!), line('R', refused!), `A ${begun!.id} ${begun!.fence + 1} ${START.getTime()}`], line('B', torn!).slice(0, -3));
  await app.runner.runUntilIdle();
  const after = await deliveries(app.db);
  expect([accepted, begun, refused, untouched, torn].map((each) => after.get(each!.id)!.state)).toEqual(['sent', 'uncertain', 'queued', 'sent', 'sent']);
  expect(after.get(accepted!.id)!.sentAt).toEqual(START);
  expect(after.get(begun!.id)!.reason).toBe('PROVIDER_UNCERTAIN');
  expect(after.get(refused!.id)!.dueAt.getTime()).toBe(START.getTime() + 5 * 60_000);
  expect(sink.accepted.map(({ messageId }) => messageId.slice(1, 37)).sort()).toEqual([untouched!.id, torn!.id].sort());
  await expect(readdir(folder)).resolves.not.toContain(path.split('/').pop());
});

test('killed between claim and send, it all goes again at once', async () => {
  const worker = newId();
  await claimedBy(worker, 3);
  await leaveJournal(worker, await deadProcess(), []);
  await app.runner.runUntilIdle();
  expect([await tally(app.db), sink.accepted.length]).toEqual([{ sent: 3 }, 3]);
});

test('the journal of a living process is left alone, even when its lease has passed', async () => {
  const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  try {
    const stat = await import('node:fs/promises').then((fs) => fs.readFile(`/proc/${other.pid}/stat`, 'latin1').catch(() => null));
    const worker = newId();
    await claimedBy(worker, 1);
    await leaveJournal(worker, { ...ownIdentity(), pid: other.pid!, started: stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null }, []);
    await app.runner.runUntilIdle();
    expect(await tally(app.db)).toEqual({ sending: 1 });
    if (stat) {
      clock.set(new Date(LATER.getTime() + 60_000));
      await app.runner.runUntilIdle();
      expect(await tally(app.db)).toEqual({ sending: 1 });
    }
  } finally {
    other.kill('SIGKILL');
    await new Promise((done) => { other.once('exit', done); });
  }
  clock.set(START);
  await app.runner.runUntilIdle();
  expect(await tally(app.db)).toEqual({ sent: 1 });
});

test('after a restart of the machine the journal may lack its end: what it does not mention is uncertain once the lease is over', async () => {
  const worker = newId();
  const [accepted] = await claimedBy(worker, 2);
  await leaveJournal(worker, { ...(await deadProcess()), boot: 'another boot' }, [`B ${accepted!.id} ${accepted!.fence} 1`, `A ${accepted!.id} ${accepted!.fence} ${START.getTime()}`]);
  await app.runner.runUntilIdle();
  expect(await tally(app.db)).toEqual({ sending: 2 });
  clock.set(new Date(LATER.getTime() + 1));
  await app.runner.runUntilIdle();
  expect([await tally(app.db), sink.read.length]).toEqual([{ sent: 1, uncertain: 1 }, 0]);
});

test('a lease that runs out with no journal at hand is uncertain and never sent again', async () => {
  await claimedBy(newId(), 1);
  await app.runner.runUntilIdle();
  expect(await tally(app.db)).toEqual({ sending: 1 });
  clock.set(new Date(LATER.getTime() + 1));
  await app.runner.runUntilIdle();
  expect([await tally(app.db), sink.read.length]).toEqual([{ uncertain: 1 }, 0]);
});

test('a process number given to another process does not bring the old one back', async () => {
  expect(livenessOf(ownIdentity())).toBe('alive');
  expect(livenessOf({ ...ownIdentity(), started: '1' })).toBe('dead');
  expect(livenessOf(await deadProcess())).toBe('dead');
  expect(livenessOf({ ...ownIdentity(), space: 'pid:[1]' })).toBe('unknown');
});

test('a journal keeps only what is not settled, across segments', async () => {
  const here = join(app.dataDir, 'journal-test');
  const journal = new SendJournal(here);
  const claims = Array.from({ length: 20_005 }, (_, index) => ({ id: newId(), fence: index }));
  for (const claim of claims) {
    journal.begin({ ...claim, relay: 'environment' }, START);
    journal.settled([claim]);
  }
  const open = { id: newId(), fence: 1 };
  journal.begin({ ...open, relay: 'environment' }, START);
  journal.accepted(open, START);
  expect(await readdir(here)).toHaveLength(1);
  expect(foreignJournals(here, 'nobody')[0]).toMatchObject({ liveness: 'alive' });
  journal.close();
  await appendFile(join(here, (await readdir(here))[0]!), 'A torn');
  const [left] = foreignJournals(here, 'nobody');
  expect(left).toMatchObject({ worker: journal.worker, liveness: 'dead' });
  expect(left!.entries.at(-1)).toEqual({ ...open, word: 'accepted', at: START, relay: 'environment' });
});

test('two senders on one queue: every message once', async () => {
  const second = await startSecond();
  try {
    await queue(app.db, await makePlace(app.db, START), await makePeople(app.db, 1_000, START), START);
    await Promise.all([app.runner.runUntilIdle(), second.runner.runUntilIdle()]);
    expect(await tally(app.db)).toEqual({ sent: 1_000 });
    expect([sink.counts().size, sink.accepted.length]).toEqual([1_000, 1_000]);
  } finally {
    await second.close();
  }
});

test('S5: a wrong password pauses everything and costs nobody an attempt; set right, each goes once', async () => {
  let password = 'other';
  const guarded = await new SmtpSink({ password: () => password }).start();
  const sender = await startSecond({ SMTP_URL: guarded.url });
  try {
    await queue(app.db, await makePlace(app.db, START), await makePeople(app.db, 200, START), START);
    const worker = sender.nest.get((await import('../../src/delivery/sending/jobs/email.worker.js')).EmailWorker, { strict: false });
    const paused = await worker.runOnce();
    expect(paused).toEqual({ done: 0, next: new Date(START.getTime() + 30_000) });
    expect([await tally(app.db), [...(await deliveries(app.db)).values()].filter(({ attempts }) => attempts > 0).length, guarded.read.length]).toEqual([{ queued: 200 }, 0, 0]);
    password = 'secret';
    clock.set(paused.next!);
    await worker.runOnce();
    expect([await tally(app.db), guarded.counts().size, guarded.accepted.length]).toEqual([{ sent: 200 }, 200, 200]);
  } finally {
    await sender.close();
    await guarded.stop();
  }
});

test('stopping in the middle of a queue: nothing lost, nothing uncertain, the rest is still queued', async () => {
  const slow = await new SmtpSink({ delay: 30 }).start();
  const sender = await startSecond({ SMTP_URL: slow.url });
  await queue(app.db, await makePlace(app.db, START), await makePeople(app.db, 300, START), START);
  const running = sender.runner.runUntilIdle();
  while (slow.accepted.length < 20) await new Promise((done) => { setTimeout(done, 5); });
  await Promise.all([sender.runner.stop(), running]);
  const { sent = 0, queued = 0, ...others } = await tally(app.db);
  expect([sent + queued, others, sent, queued > 0]).toEqual([300, {}, slow.accepted.length, true]);
  await sender.close();
  await slow.stop();
});

test('S9: two senders over two relays, stopped in the middle and started again: every message once, and its relay is known', async () => {
  const relays = await Promise.all([3, 6].map((delay) => new SmtpSink({ delay }).start()));
  for (const { port } of relays) await app.api('POST', '/v1/relays', { name: `relay ${port}`, host: '127.0.0.1', port, security: 'none', connections: 5 });
  const taken = () => relays.flatMap(({ accepted }) => accepted.map(({ messageId }) => messageId));
  try {
    await queue(app.db, await makePlace(app.db, START), await makePeople(app.db, 1_500, START), START);
    const first = await startSecond();
    const running = Promise.all([first.runner.runUntilIdle(), app.runner.runUntilIdle()]);
    while (taken().length < 200) await new Promise((done) => { setTimeout(done, 5); });
    await first.runner.stop();
    await running;
    await first.close();
    await app.runner.runUntilIdle();
    expect(await tally(app.db)).toEqual({ sent: 1_500 });
    expect([taken().length, new Set(taken()).size]).toEqual([1_500, 1_500]);
    expect((await rows(app.db, `select 1 from delivery as d left join relay as r on r.id::text = d.relay where r.id is null`)).length).toBe(0);
  } finally {
    await rows(app.db, 'delete from relay');
    for (const relay of relays) await relay.stop();
  }
});

/** Another process of the service over the same database and data folder, as far as its workers go. */
async function startSecond(env: NodeJS.ProcessEnv = {}) {
  const { startApp } = await import('../../src/app.js');
  const { readConfig } = await import('../../src/platform/config.js');
  return startApp({ config: readConfig({ PORT: '0', LOG_LEVEL: 'silent', DATA_DIR: app.dataDir, DATABASE_POOL: '6', SMTP_URL: sink.url, ...env }), databaseUrl: app.databaseUrl, clock, workers: 'manual' });
}
