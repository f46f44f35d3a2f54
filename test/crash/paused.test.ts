import { beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { identifyPeople, launchToAll } from '../support/crash/launch.js';
import { judge, openWork, statesOf, type Verdict } from '../support/crash/verdict.js';
import { oneFile } from '../support/one-file.js';
import { spawnDanbi } from '../support/process.js';
import { SmtpSink } from '../support/smtp-sink.js';

const PEOPLE = 400;
const CONNECTIONS = 5;
/** A claim lasts two minutes in real time; the paused process sleeps through its end. */
const LEASE_PASSES_MS = 240_000;

interface Story { verdict: Verdict; held: number; sentByTheOther: number }

/** A worker is stopped in the middle of sending, another one works on, the first wakes when its claims have run out. */
async function tellStory(app: TestApp, folders: { first: string; second: string }): Promise<Story> {
  const sinks = await Promise.all([new SmtpSink({ delay: 150 }).start(), new SmtpSink({ delay: 5 }).start()]);
  const service = await oneFile();
  const start = (sink: SmtpSink, dataDir: string) => spawnDanbi({ PORT: '0', DATABASE_URL: app.databaseUrl, SMTP_URL: sink.url, SMTP_CONNECTIONS: String(CONNECTIONS), DATA_DIR: dataDir, DATABASE_POOL: '6' }, service);
  const [slow, fast] = [sinks[0]!, sinks[1]!];
  await identifyPeople(app, PEOPLE);
  await app.runner.runUntilIdle();
  const campaignId = await launchToAll(app);
  const first = start(slow, folders.first);
  while (slow.read.length < 10) await sleep(10);
  first.child.kill('SIGSTOP');
  const [{ held }] = await rows<{ held: number }>(app.db, `select count(*)::int as held from delivery as d where d.state = 'sending'`) as [{ held: number }];
  const second = start(fast, folders.second);
  for (const until = performance.now() + LEASE_PASSES_MS; performance.now() < until; await sleep(500)) {
    const [{ left }] = await rows<{ left: number }>(app.db, `select count(*)::int as left from delivery as d where d.state = 'sending' and d.lease_until > now()`) as [{ left: number }];
    if (left === 0 && fast.read.length > 0) break;
  }
  // A moment for the second to look around, or not: the first must behave either way.
  await sleep(2_000);
  first.child.kill('SIGCONT');
  // What it had not begun it gives back, and that is sent then: finished is what stays finished.
  for (let quiet = 0; quiet < 20; await sleep(250)) quiet = (await openWork(app.db)) > 0 ? 0 : quiet + 1;
  for (const { child } of [first, second]) child.kill('SIGTERM');
  await Promise.all([first.ended, second.ended]);
  const verdict = judge(await statesOf(app.db, campaignId), sinks.flatMap(({ read }) => read), sinks.flatMap(({ accepted }) => accepted));
  await Promise.all(sinks.map((sink) => sink.stop()));
  return { verdict, held, sentByTheOther: fast.read.length };
}

const PLACES = ['one machine', 'two machines'] as const;
const stories = new Map<string, Story>();

/** Both wait for two minutes, so they wait together. */
beforeAll(async () => {
  await Promise.all(PLACES.map(async (where) => {
    const app = await startTestApp();
    const folders = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), 'danbi-data-'))));
    stories.set(where, await tellStory(app, { first: folders[0]!, second: folders[where === 'one machine' ? 0 : 1]! }));
    await app.close();
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }));
}, LEASE_PASSES_MS + 120_000);

describe.each(PLACES)('a worker paused beyond its lease, %s', (where) => {
  test('it really held claims, and the other worker sent the rest', () => {
    const { held, sentByTheOther, verdict } = stories.get(where)!;
    process.stdout.write(`${where}: ${held} held while paused, ${sentByTheOther} sent by the other; ${JSON.stringify(verdict.states)}\n`);
    expect(held).toBeGreaterThanOrEqual(CONNECTIONS);
    expect(sentByTheOther).toBeGreaterThan(PEOPLE / 2);
  });

  test('nothing was sent twice and nobody was lost', () => {
    const { verdict } = stories.get(where)!;
    expect(verdict).toMatchObject({ twice: [], lost: [], claimed: [], denied: [] });
    expect((verdict.states.sent ?? 0) + (verdict.states.uncertain ?? 0)).toBe(PEOPLE);
  });
});
