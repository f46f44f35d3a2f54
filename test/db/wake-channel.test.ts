import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { createLog } from '../../src/platform/logging.js';
import { WakeChannel } from '../../src/platform/jobs/wake-channel.js';
import { writtenSoFar } from '../../src/platform/jobs/written.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
const heard: Record<'one' | 'other', string[]> = { one: [], other: [] };
let one: WakeChannel;
let other: WakeChannel;

beforeAll(async () => {
  database = await createTestDatabase();
  [one, other] = (['one', 'other'] as const).map((name) => new WakeChannel(database.url, createLog('silent'), (woken) => heard[name].push(woken))) as [WakeChannel, WakeChannel];
  await one.start();
  await other.start();
});
afterAll(async () => {
  await one.stop();
  await other.stop();
  await database.drop();
});

async function until(fits: () => boolean): Promise<void> {
  for (let waited = 0; !fits(); waited += 5) {
    if (waited > 10_000) throw new Error(`waited in vain: ${JSON.stringify(heard)}`);
    await pause(5);
  }
}

test('wakes every other process once for what was said at once, and not the one that said it', async () => {
  for (const name of ['a', 'b', 'a']) one.notify(name);
  await until(() => heard.other.length === 2);
  other.notify('c');
  // What `one` said itself would have come before this.
  await until(() => heard.one.length > 0);
  expect(heard).toEqual({ one: ['c'], other: ['a', 'b'] });
});

test('what is said while the database is slow to take the last is said together, not one statement behind the other', async () => {
  const listener = new pg.Client(database.url);
  const payloads: string[] = [];
  listener.on('notification', ({ payload }) => payloads.push(payload!));
  await listener.connect();
  await listener.query('listen danbi_wake');
  const { rows } = await listener.query<{ pid: number }>(`select a.pid from pg_stat_activity as a where a.application_name = 'danbi-wake' and a.datname = current_database() order by a.backend_start limit 1`);
  process.kill(rows[0]!.pid, 'SIGSTOP');
  try {
    for (const name of ['d', 'e', 'f']) {
      one.notify(name);
      await pause(60);
    }
  } finally {
    process.kill(rows[0]!.pid, 'SIGCONT');
  }
  await until(() => heard.other.includes('f'));
  await listener.query('select 1');
  await listener.end();
  expect(payloads).toEqual(['d', 'e,f']);
});

test('what is written is another text after each commit, of whichever transaction, and the same one while nothing is', async () => {
  const [early, late] = [new pg.Client(database.url), new pg.Client(database.url)];
  await Promise.all([early.connect(), late.connect()]);
  try {
    await late.query('create table seen (n int)');
    // Everybody else of this server is another test: only what changes here is sure.
    const differs = async (work: () => Promise<unknown>) => {
      const before = await writtenSoFar(database.db);
      await work();
      return (await writtenSoFar(database.db)) !== before;
    };
    await early.query('begin');
    await early.query('insert into seen values (1)');
    expect(await differs(() => late.query('insert into seen values (2)'))).toBe(true);
    expect(await differs(() => early.query('commit'))).toBe(true);
    // Other tests of the same server may write in between, now and then.
    let same = 0;
    for (let tries = 0; tries < 200 && same === 0; tries += 1) if (!(await differs(() => late.query('select from seen')))) same += 1;
    expect(same).toBe(1);
  } finally {
    await Promise.all([early.end(), late.end()]);
  }
});
