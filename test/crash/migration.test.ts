import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { oneFile } from '../support/one-file.js';
import { spawnDanbi } from '../support/process.js';
import { random } from '../story/world.js';

const KILLS = Number(process.env.DANBI_KILLS_OF_MIGRATION ?? 16);
const SEED = Number(process.env.DANBI_KILL_SEED ?? Date.now() % 1_000_000);
/** A database is started this often before it is let through, so that a half-made schema meets the next start. */
const KILLS_A_DATABASE = 8;

let dataDir: string;
let admin: pg.Client;
let service: string;
let complete: string[];
const MONTH = /_20\d\d_\d\d(?!\d)/g;
const states = { empty: 0, partial: 0, complete: 0 };

const urlOf = (name: string) => process.env.DANBI_TEST_SERVER!.replace(/\/danbi$/, `/${name}`);

async function on<T>(name: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: urlOf(name) });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Every table, column, index and function of ours, as one line each. */
async function schemaOf(name: string): Promise<string[]> {
  const { rows } = await on(name, (client) => client.query<{ line: string }>(`
    select 'column ' || c.table_name || '.' || c.column_name || ' ' || c.data_type as line from information_schema.columns as c where c.table_schema = 'public'
    union all select 'index ' || i.indexdef from pg_indexes as i where i.schemaname = 'public'
    union all select 'function ' || p.proname || ' ' || md5(p.prosrc) from pg_proc as p where p.pronamespace = 'public'::regnamespace
    union all select 'migration ' || m.name from migration as m
    order by 1`));
  const lines = rows.map(({ line }) => line).filter((line) => !line.includes('agenda'));
  // The template and a first start of today have partitions of other months, and as many.
  const months = [...new Set(lines.flatMap((line) => line.match(MONTH) ?? []))].toSorted();
  return lines.map((line) => line.replaceAll(MONTH, (month) => `_month_${months.indexOf(month)}`)).toSorted();
}

async function applied(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ is: boolean }>(`select to_regclass('migration') is not null as is`);
  return rows[0]!.is ? (await client.query<{ count: number }>('select count(*)::int as count from migration')).rows[0]!.count : 0;
}

beforeAll(async () => {
  service = await oneFile();
  dataDir = await mkdtemp(join(tmpdir(), 'danbi-data-'));
  admin = new pg.Client({ connectionString: process.env.DANBI_TEST_SERVER });
  await admin.connect();
  complete = await schemaOf('danbi_template');
});
afterAll(async () => {
  await admin.end();
  await rm(dataDir, { recursive: true, force: true });
});

test(`a first start killed ${KILLS} times while it makes the schema ends in the whole schema (seed ${SEED})`, async () => {
  const next = random(SEED);
  const all = complete.filter((line) => line.startsWith('migration ')).length;
  for (let kill = 0; kill < KILLS; kill += KILLS_A_DATABASE) {
    const name = `migrating_${process.pid}_${kill}`;
    await admin.query(`create database ${name} template template0`);
    for (let life = 0; life < KILLS_A_DATABASE; life += 1) {
      const danbi = spawnDanbi({ PORT: '0', DATABASE_URL: urlOf(name), DATA_DIR: dataDir }, service);
      await on(name, (client) => migrated(client, Math.floor(next() * all), danbi.ended));
      await sleep(next() * 20);
      danbi.child.kill('SIGKILL');
      await danbi.ended;
      const count = await on(name, applied);
      states[count === 0 ? 'empty' : count < all ? 'partial' : 'complete'] += 1;
    }
    const danbi = spawnDanbi({ PORT: '0', DATABASE_URL: urlOf(name), DATA_DIR: dataDir }, service);
    await danbi.until(/ready at/);
    danbi.child.kill('SIGTERM');
    expect((await danbi.ended).code).toBe(0);
    expect(await schemaOf(name)).toEqual(complete);
    await admin.query(`drop database ${name} with (force)`);
  }
  process.stdout.write(`kills during migration left: ${JSON.stringify(states)}\n`);
  expect(states.partial).toBeGreaterThan(0);
}, 600_000);

/** Resolves when so many migrations are committed, or the process has ended. */
async function migrated(client: pg.Client, count: number, ended: Promise<unknown>): Promise<void> {
  const life = { over: false };
  void ended.then(() => { life.over = true; });
  while (!life.over && (await applied(client)) < count) await sleep(1);
}
