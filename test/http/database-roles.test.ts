import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rm } from 'node:fs/promises';
import pg from 'pg';
import { startApp } from '../../src/app.js';
import { readConfig } from '../../src/platform/config.js';
import { row, rows } from '../../src/platform/database/db.js';
import { createServiceLogin, removeServiceLogin } from '../../src/platform/database/service-roles.js';
import { prepareAgenda } from '../../src/platform/jobs/agenda-alarms.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { series } from '../support/campaign-definitions.js';
import { identifyPeople, launchToAll } from '../support/crash/launch.js';
import { TEST_SECRET_KEY } from '../support/secret-keys.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
const names = [`service_${process.pid}`, `backup_${process.pid}`] as const;
let app: TestApp;
let [service, backup, ownerUrl] = ['', '', ''];

const asLogin = (url: string, name: string, password: string) => Object.assign(new URL(url), { username: name, password }).href;
const connected = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try { return await work(client); } finally { await client.end(); }
};
/** The SQLSTATE with which each is refused. */
const refused = (url: string, statements: readonly string[]) => connected(url, async (client) => {
  const codes: string[] = [];
  for (const sql of statements) codes.push(await client.query(sql).then(() => `done: ${sql}`, (error: { code: string }) => error.code));
  return codes;
});
const exists = async (table: string) => (await row<{ found: boolean }>(app.db, 'select to_regclass($1) is not null as found', [table]))!.found;

beforeAll(async () => {
  app = await startTestApp({
    clock, alarms: true,
    connectAs: async (owner, url) => {
      ownerUrl = url;
      await prepareAgenda(url);
      service = asLogin(url, names[0], await createServiceLogin(owner, names[0], 'danbi_service'));
      backup = asLogin(url, names[1], await createServiceLogin(owner, names[1], 'danbi_backup'));
      return service;
    },
  });
});
afterAll(async () => {
  const { db } = app;
  for (const group of ['danbi_service', 'danbi_backup']) await rows(db, `revoke all on all tables in schema public from ${group}`);
  for (const name of names) await removeServiceLogin(db, name);
  await app.close();
});

test('a day of work goes by under a login that owns nothing: people, launch, series, mail, import, erasure', async () => {
  const who = await connected(service, async (client) => (await client.query(`select current_user as name, rolsuper as super, rolcreaterole as roles from pg_roles where rolname = current_user`)).rows[0]);
  expect(who).toEqual({ name: names[0], super: false, roles: false });
  await identifyPeople(app, 5);
  await app.runner.runUntilIdle();
  await launchToAll(app);
  const created = await app.api('POST', '/v1/campaigns', { name: '주문 감사', definition: series({ entry: { type: 'event', event: 'Order Completed' } }) });
  expect((await app.api('POST', `/v1/campaigns/${created.body.id}/publish`, {})).status).toBe(200);
  await app.runner.runUntilIdle();
  const tracked = await fetch(`${app.url}/v1/track`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: app.writeKey, userId: 'p-0', event: 'Order Completed' }) });
  expect(tracked.status).toBe(200);
  await app.runner.runUntilIdle();
  expect(await rows(app.db, `select d.state, count(*)::int as n from delivery as d group by 1`)).toEqual([{ state: 'sent', n: 6 }]);
  const [{ raw }] = await rows<{ raw: Buffer }>(app.db, 'select m.raw from sandbox_mail as m order by m.id limit 1') as [{ raw: Buffer }];
  const link = /^List-Unsubscribe:[\s\S]*?<(https?:[^>]+)>/im.exec(raw.toString())![1]!;
  expect((await fetch(new URL(new URL(link).pathname + new URL(link).search, app.url), { method: 'POST', body: 'List-Unsubscribe=One-Click', headers: { 'content-type': 'application/x-www-form-urlencoded' } })).status).toBeLessThan(300);
  const { id } = (await row<{ id: string }>(app.db, `select p.id from person as p where p.external_id = 'p-4'`))!;
  expect((await app.api('DELETE', `/v1/people/${id}`)).status).toBeLessThan(300);
  expect((await app.api('POST', '/v1/webhook-endpoints', { kind: 'standard', name: '운영', url: 'https://example.com/hook' })).status).toBe(201);
  await app.runner.runUntilIdle();
  expect((await app.api('GET', '/v1/status')).body.findings.length).toBeGreaterThan(5);
  expect((await row<{ n: number }>(app.db, 'select count(*)::int as n from person'))!.n).toBe(4);
});

test('months are made ahead and dropped by retention though the login may do neither itself', async () => {
  await rows(app.db, `insert into event (id, person_id, type, name, occurred_at, received_at, message_id) select gen_random_uuid(), p.id, 'track', 'Seen', '2026-02-05', now(), 'x' || p.id from person as p`);
  clock.set(new Date('2026-07-15T09:00:00Z'));
  await app.runner.runUntilIdle();
  expect([await exists('event_2026_02'), await exists('event_2026_10'), await exists('decision_2026_10')]).toEqual([true, true, true]);
  expect((await app.api('PUT', '/v1/retention', { policy: { events: 100 }, agreed: { rows: 1e6, readers: true } })).status).toBe(200);
  clock.advance(11 * 60_000);
  await app.runner.runUntilIdle();
  expect(await exists('event_2026_02')).toBe(false);
  expect((await row<{ owner: string }>(app.db, `select t.tableowner as owner from pg_tables as t where t.tablename = 'event_2026_10'`))!.owner).not.toBe(names[0]);
  expect(await refused(service, [`select danbi_drop_month('person')`, `select danbi_drop_month('event_default')`, `select danbi_make_month('person', '2026-01-01')`, `select danbi_make_month('event', '2026-01-02')`, `select danbi_make_month('event; drop table person', '2026-01-01')`])).toEqual(Array.from({ length: 5 }, () => 'P0001'));
});

test('it may not change the schema, other roles, or what was migrated, and reads nothing that is not its own', async () => {
  await rows(app.db, 'create schema if not exists others');
  await rows(app.db, 'create table others.salaries as select 1 as amount');
  expect(await refused(service, [
    'create table mine (a int)', 'drop table person', 'alter table person add column a int', 'truncate person', 'create index on person (email)', 'create schema mine', 'create extension pg_trgm',
    'create function f() returns int language sql as $$ select 1 $$', `delete from migration`, `insert into migration (timestamp, name) values (1, 'x')`, 'alter table person disable trigger all', 'create trigger t after insert on person execute function pg_notify()',
    'create role mine', `alter role danbi password 'x'`, 'select * from pg_authid', 'select * from others.salaries', `select pg_read_file('/etc/passwd')`, `copy person to program 'cat'`, `copy person to '/tmp/x'`, 'set session authorization danbi', 'set role danbi',
  ])).toEqual(Array.from({ length: 21 }, () => '42501'));
  expect(await refused(backup, [`update person set email = 'x'`, 'delete from person', 'create table mine (a int)', 'select * from others.salaries']).then((codes) => codes.map((code) => ['42501', '25006'].includes(code)))).toEqual([true, true, true, true]);
  expect(await connected(backup, async (client) => (await client.query('select count(*)::int as n from person')).rows[0])).toEqual({ n: 4 });
});

test('a process starts with it, alarm clock and all, given what its owner has prepared, and its owner prepares what is missing', async () => {
  const folder = `${app.dataDir}-second`;
  const config = (more: NodeJS.ProcessEnv) => readConfig({ PORT: '0', LOG_LEVEL: 'error', DATA_DIR: folder, DANBI_SECRET_KEY: TEST_SECRET_KEY, ...more });
  try {
    const second = await startApp({ databaseUrl: service, config: config({}) });
    expect((await fetch(`${second.url}/health/ready`)).status).toBe(200);
    await second.close();
    // As after an upgrade: a migration is missing.
    await rows(app.db, `drop table service_level_walk, service_level_cell, service_level, status_sample`);
    await rows(app.db, `delete from migration as m where m.name like 'ServiceLevels%'`);
    await expect(startApp({ databaseUrl: service, config: config({}) })).rejects.toMatchObject({ code: '42501' });
    const third = await startApp({ databaseUrl: service, config: config({ DATABASE_OWNER_URL: ownerUrl }) });
    expect((await fetch(`${third.url}/v1/service-levels`, { headers: { authorization: `Bearer ${app.key}` } })).status).toBe(200);
    await third.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
