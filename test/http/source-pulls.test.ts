import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';
import { readPostgres } from '../../src/people/sources/pull/read-postgres.js';
import type { Reach } from '../../src/people/sources/pull/reach.js';
import { Receiver } from '../support/receiver.js';
import { VirtualClock } from '../support/virtual-clock.js';

const HOUR = 3_600_000;
const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
let app: TestApp;
let server: Receiver;
beforeAll(async () => {
  server = await new Receiver().start();
  app = await startTestApp({ clock, env: { WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8' } });
});
afterAll(async () => {
  await app.close();
  await server.stop();
});

const ok = async (method: string, path: string, body?: unknown) => {
  const answer = await app.api(method, path, body);
  expect([answer.status < 300, answer.status < 300 ? undefined : answer.body]).toEqual([true, undefined]);
  return answer.body;
};
const later = async (milliseconds: number) => { clock.advance(milliseconds); await app.runner.runUntilIdle(); };
const from = (expression: string, as = 'as_it_is') => ({ from: expression, as });
const MAPPING = { rules: [{ name: 'Row', when: 'body.plan', person: { userId: from('body.id', 'text'), email: from('body.email', 'lower') }, traits: { plan: from('body.plan') }, event: { name: 'Plan Seen', id: 'body.seen', properties: { plan: from('body.plan') } } }] };
const source = async () => (await ok('POST', '/v1/sources', { kind: 'json', name: 'Rows', proof: { kind: 'bearer' }, mapping: MAPPING })).id as string;
const pull = async (id: string) => (await ok('GET', `/v1/sources/${id}/pull`)).pull as Record<string, unknown>;
const planOf = async (userId: string) => (await ok('GET', `/v1/people/external:${userId}`)).attributes.plan as string;
const seen = async (userId: string) => (await app.db.query(`select e.properties ->> 'plan' as plan from event as e join person as p on p.id = e.person_id where p.external_id = $1 and e.name = 'Plan Seen' order by e.received_at, e.id`, [userId])).map(({ plan }: { plan: string }) => plan);

test('a CSV file is fetched at its times, only when it changed; a row that changed is taken, one that did not is not taken twice', async () => {
  const id = await source();
  let [text, etag] = ['id;email;plan;seen\nc-1;Mina@example.org;"pro;plus";1\nc-2;jin@example.org;free;2\n', '"v1"'];
  server.answer = ({ headers }) => (headers['if-none-match'] === etag ? { status: 304 } : { status: 200, headers: { etag }, body: text });
  const { pull: made } = await ok('PUT', `/v1/sources/${id}/pull`, { kind: 'csv', address: `${server.url}?key=very-secret`, everyMinutes: 60 });
  expect(made).toMatchObject({ kind: 'csv', address: server.url, lastAt: null });
  await app.runner.runUntilIdle();
  expect([await planOf('c-1'), await planOf('c-2')]).toEqual(['pro;plus', 'free']);
  expect(await pull(id)).toMatchObject({ lastState: 'ok', lastRows: 2, lastError: null });
  expect(server.got).toHaveLength(1);
  await later(HOUR);
  expect([server.got.length, (await pull(id)).lastState]).toEqual([2, 'unchanged']);
  [text, etag] = [text.replace('free;2', 'pro;3'), '"v2"'];
  await later(HOUR);
  expect([await seen('c-1'), await seen('c-2'), (await pull(id)).lastRows]).toEqual([['pro;plus'], ['free', 'pro'], 1]);
  // What is wrong is said, and asked again at its time.
  server.answer = () => ({ status: 200, body: 'id,plan\n"unclosed' });
  await ok('POST', `/v1/sources/${id}/pull/now`);
  await app.runner.runUntilIdle();
  expect(await pull(id)).toMatchObject({ lastState: 'failed', lastError: expect.stringContaining('no CSV that can be read') });
  server.answer = () => ({ status: 404 });
  await later(HOUR);
  expect((await pull(id)).lastError).toBe('The file was not given: HTTP 404.');
  expect(JSON.stringify(await app.db.query('select p.* from source_pull as p'))).not.toContain('very-secret');
  // How each look went, the latest first, by pages.
  const runs = (await ok('GET', `/v1/sources/${id}/pull/runs`)).items as { state: string; rows: number; error: string | null; errorKo?: string }[];
  expect(runs.map(({ state, rows }) => [state, rows])).toEqual([['failed', 0], ['failed', 0], ['ok', 1], ['unchanged', 0], ['ok', 2]]);
  expect(runs[0]).toMatchObject({ error: 'The file was not given: HTTP 404.', errorKo: '파일을 받지 못했어요: HTTP 404' });
  const first = await ok('GET', `/v1/sources/${id}/pull/runs?limit=2`);
  expect((await ok('GET', `/v1/sources/${id}/pull/runs?limit=2&after=${first.next}`)).items).toEqual(runs.slice(2, 4));
  expect(await ok('GET', `/v1/sources/${id}`)).toMatchObject({ asks: 'csv', asked: 'failed' });
  // Looked at before it is kept: nothing is, and the address that is known need not be typed again.
  server.answer = ({ path }) => ({ status: 200, body: `id,plan\nt-1,${path.includes('very-secret') ? 'kept' : 'other'}\n` });
  const before = await pull(id);
  expect(await ok('POST', `/v1/sources/${id}/pull/try`, { kind: 'csv' })).toEqual({ rows: [{ id: 't-1', plan: 'kept' }], found: 1 });
  expect(await ok('POST', `/v1/sources/${id}/pull/try`, { kind: 'csv', address: server.url })).toEqual({ rows: [{ id: 't-1', plan: 'other' }], found: 1 });
  expect(await pull(id)).toEqual(before);
  expect((await app.api('POST', `/v1/sources/${id}/pull/try`, { kind: 'postgres', query: 'select 1 as a', cursorColumn: 'a' })).body).toMatchObject({ problems: [{ path: 'address' }] });
  expect((await app.api('POST', `/v1/sources/${id}/pull/try`, { kind: 'csv', address: 'http://169.254.169.254/latest' })).body).toMatchObject({ problems: [{ path: 'address' }] });
  expect(await ok('PUT', `/v1/sources/${id}/pull`, { kind: 'csv', everyMinutes: 5 })).toMatchObject({ pull: { address: server.url, everyMinutes: 5 } });
  await app.runner.runUntilIdle();
  expect(await planOf('t-1')).toBe('kept');
  // An address that does not open any more is said; it stands still until it is entered again.
  const { id: other } = await ok('POST', '/v1/sources', { kind: 'json', name: 'Other', proof: { kind: 'bearer' }, secret: 'a-secret-of-another' });
  await app.db.query(`update source_pull set address = (select k.value from source_secret as k where k.source_id = $2) where source_id = $1`, [id, other]);
  await later(HOUR);
  expect(await pull(id)).toMatchObject({ secretLost: true, lastState: 'failed' });
  await app.db.query(`update source_secret as k set value = (select p.address from source_pull as p where p.source_id = $1) || 'x' where k.source_id = $2`, [id, other]);
  expect(await ok('GET', `/v1/sources/${other}`)).toMatchObject({ secrets: [{ lost: true }] });
});

test('a query of PostgreSQL goes on after its cursor, without writing, losing or repeating a row', async () => {
  const id = await source();
  const { host, port, username, password, database } = app.db.options as { host?: string; port?: number; username?: string; password?: string; database?: string; url?: string };
  const { url } = app.db.options as { url?: string };
  const address = url ?? `postgres://${username}:${password}@${host}:${port}/${database}`;
  await app.db.query(`create table shop_customer (no int, mail text, plan text, changed int)`);
  await app.db.query(`insert into shop_customer select n, 'q' || n || '@example.org', case when n < 10 then 'free' end, n / 3 from generate_series(1, 1200) as n`);
  const query = { kind: 'postgres', address, query: `select no as id, mail as email, plan, changed, no || '-' || plan as seen from shop_customer -- of the shop`, cursorColumn: 'changed', everyMinutes: 60 };
  expect((await ok('PUT', `/v1/sources/${id}/pull`, query)).pull.address).not.toContain('@');
  await app.runner.runUntilIdle();
  expect(await pull(id)).toMatchObject({ lastState: 'ok', lastError: null, cursor: '400' });
  expect((await app.db.query(`select count(*)::int as n, count(distinct d.body ->> 'id')::int as ids from source_delivery as d where d.source_id = $1`, [id]))[0]).toEqual({ n: 1200, ids: 1200 });
  await app.db.query(`update shop_customer set plan = 'pro', changed = 500 where no in (7, 8)`);
  await later(HOUR);
  expect([await seen('7'), await seen('9'), (await pull(id)).lastRows]).toEqual([['free', 'pro'], ['free'], 2]);
  // It can not write, and says what PostgreSQL says.
  await ok('PUT', `/v1/sources/${id}/pull`, { ...query, query: `with gone as (delete from shop_customer returning *) select no, changed from gone` });
  await app.runner.runUntilIdle();
  expect(await pull(id)).toMatchObject({ lastState: 'failed', lastError: expect.stringContaining('PostgreSQL says') });
  expect((await app.db.query('select count(*)::int as n from shop_customer'))[0]).toEqual({ n: 1200 });
  await app.db.query('drop table shop_customer');
});

test('a table that is dropped, changed or moved all at once, and times without a zone, neither lose nor make up a row', async () => {
  const id = await source();
  const address = (app.db.options as { url?: string }).url!;
  const reach = { to: async () => ({ address: new URL(address).hostname, isPublic: false }) } as unknown as Reach;
  const ask = (query: string, cursor: string | null, mostTies?: number) => readPostgres(reach, address, { query, cursorColumn: 'at', cursor, limit: 2, mostTies });
  await app.db.query(`create table moved (no int, plan text, at timestamp); insert into moved select n, 'free', '2026-03-02 10:00' from generate_series(1, 9) as n; insert into moved values (10, 'free', null), (11, 'free', '2026-03-02 11:00:00.000001')`);
  // One statement gave all rows one time: they come together, up to what fits into memory.
  expect((await ask('select * from moved', null)).rows).toHaveLength(9);
  await expect(ask('select * from moved', null, 8)).rejects.toMatchObject({ code: 'pull.ties' });
  const first = await ask('select * from moved', null);
  expect([first.cursor, (await ask('select * from moved', first.cursor)).rows.map(({ no }) => no)]).toEqual(['2026-03-02 10:00:00', [11]]);
  expect((await ask('select * from moved', '2026-03-02 11:00:00.000001')).rows).toEqual([]);
  await expect(ask('select no, plan from moved', null)).rejects.toMatchObject({ code: 'pull.postgres' });
  for (const writes of [`select nextval('moved_seq') as at`, `select set_config('transaction_read_only', 'off', true) as at, (select count(*) from moved) as n`, `insert into moved values (1) returning at`, `select pg_sleep(0) as at) as q; drop table moved; select 1 from (select 1 as at`]) {
    await ask(writes, null).catch((error: unknown) => expect(error).toMatchObject({ code: 'pull.postgres' }));
  }
  expect((await app.db.query('select count(*)::int as n from moved'))[0]).toEqual({ n: 11 });
  const query = { kind: 'postgres', address, query: `select no as id, 'm' || no || '@example.org' as email, plan, at, 'm-' || no as seen from moved`, cursorColumn: 'at', everyMinutes: 60 };
  await ok('PUT', `/v1/sources/${id}/pull`, query);
  await app.runner.runUntilIdle();
  expect(await pull(id)).toMatchObject({ lastState: 'ok', cursor: '2026-03-02 11:00:00.000001' });
  await app.db.query('alter table moved rename to away');
  await later(HOUR);
  expect(await pull(id)).toMatchObject({ lastState: 'failed', cursor: '2026-03-02 11:00:00.000001' });
  await app.db.query(`alter table away rename to moved; update moved set plan = 'pro', at = '2026-03-02 12:00' where no = 4`);
  await later(HOUR);
  expect([await planOf('4'), (await pull(id)).lastState, (await pull(id)).lastRows]).toEqual(['pro', 'ok', 1]);
  await app.db.query('drop table moved');
});

test('addresses inside are refused, also under other names, and nothing is posted to such a source', async () => {
  const id = await source();
  for (const [kind, address, path] of [['csv', 'http://169.254.169.254/latest', 'address'], ['csv', 'http://[::ffff:10.0.0.1]/x', 'address'], ['csv', 'file:///etc/passwd', 'address'], ['postgres', 'postgres://a:b@192.168.0.1/x', 'address'], ['postgres', 'https://example.org', 'address']] as const) {
    expect((await app.api('PUT', `/v1/sources/${id}/pull`, { kind, address, query: 'select 1', cursorColumn: 'a' })).body).toMatchObject({ problems: [{ path }] });
  }
  expect((await app.api('PUT', `/v1/sources/${id}/pull`, { kind: 'postgres', address: 'postgres://a:b@127.0.0.1/x', query: 'select 1; drop table x', cursorColumn: 'a' })).body).toMatchObject({ problems: [{ path: 'query' }] });
  expect((await app.api('PUT', `/v1/sources/${id}/pull`, { kind: 'postgres', address: 'postgres://a:b@127.0.0.1/x', cursorColumn: 'a' })).body).toMatchObject({ problems: [{ path: 'query' }] });
  expect((await fetch(`${app.url}/in/${id}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).status).toBe(401);
});
