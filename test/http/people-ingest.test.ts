import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newId } from '../../src/kernel/ids.js';
import { row, rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';

const NOW = new Date('2026-06-10T03:00:00.000Z');
const clock = new VirtualClock(NOW);
let app: TestApp;
let basic: string;
beforeAll(async () => {
  app = await startTestApp({ clock });
  basic = `Basic ${Buffer.from(`${app.writeKey}:`).toString('base64')}`;
});
afterAll(() => app.close());

type Headers = Record<string, string>;
interface Answer { status: number; body: Record<string, unknown>; headers: globalThis.Headers }

async function post(path: string, body: string | Buffer | object, headers: Headers = { authorization: basic }): Promise<Answer> {
  const data = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const answer = await fetch(`${app.url}${path}`, { method: 'POST', headers, body: data });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown>, headers: answer.headers };
}

const eventsOf = (userId: string) => rows<{ type: string; name: string; properties: Record<string, unknown>; context: Record<string, unknown>; occurred_at: Date; message_id: string }>(app.db, `
  select e.type, e.name, e.properties, e.context, e.occurred_at, e.message_id from event as e join person as p on p.id = e.person_id where p.external_id = $1 order by e.occurred_at, e.id`, [userId]);
const personOf = (userId: string) => row<{ id: string; attributes: Record<string, unknown>; first_seen_at: Date; last_seen_at: Date }>(app.db, 'select p.* from person as p where p.external_id = $1', [userId]);
const track = (userId: string, more: object = {}) => ({ type: 'track', event: 'Thing Done', userId, messageId: newId(), ...more });

const carriers: [string, (body: object) => [string, object, Headers]][] = [
  ['analytics-node: Basic and body key', (b) => ['/v1/batch', { ...b, writeKey: app.writeKey }, { authorization: basic, 'content-type': 'application/json' }]],
  ['analytics-node with OAuth: Bearer and body key', (b) => ['/v1/batch', { ...b, writeKey: app.writeKey }, { authorization: 'Bearer some.oauth.token', 'content-type': 'application/json' }]],
  ['dittofeed: bare key after Basic', (b) => ['/v1/batch', b, { authorization: `Basic ${app.writeKey}`, 'content-type': 'application/json' }]],
  ['jitsu: X-Write-Key with a secret', (b) => ['/v1/batch', b, { 'x-write-key': `${app.writeKey}:***`, 'content-type': 'application/json' }]],
  ['analytics-next: text/plain', (b) => ['/v1/b', { ...b, writeKey: app.writeKey }, { authorization: basic, 'content-type': 'text/plain' }]],
  ['rudder beacon: query key', (b) => [`/beacon/v1/batch?writeKey=${app.writeKey}`, b, { 'content-type': 'text/plain' }]],
  ['analytics-python: body key only', (b) => ['/v1/batch', { ...b, writeKey: app.writeKey }, { 'content-type': 'application/json' }]],
  ['analytics-ruby: import', (b) => ['/v1/import', b, { authorization: basic, 'content-type': 'application/json' }]],
  ['a server key as Bearer', (b) => ['/v1/batch', b, { authorization: `Bearer ${app.key}` }]],
  ['a body labelled as a form', (b) => ['/v1/batch', b, { authorization: basic, 'content-type': 'application/x-www-form-urlencoded' }]],
];

test.each(carriers)('%s is accepted with exactly {"success":true}', async (_, request) => {
  const userId = newId();
  const [path, body, headers] = request({ batch: [track(userId)] });
  const answer = await post(path, body, headers);
  expect([answer.status, answer.body]).toEqual([200, { success: true }]);
  expect(await eventsOf(userId)).toHaveLength(1);
});

test.each([
  ['gzip', gzipSync, { 'content-encoding': 'gzip', 'content-type': 'application/x-www-form-urlencoded' }, ''],
  ['deflate', deflateSync, { 'content-encoding': 'deflate' }, ''],
  ['br', brotliCompressSync, { 'content-encoding': 'br' }, ''],
  ['gzip announced in the query', gzipSync, { 'content-type': 'text/plain' }, '?z=1'],
  ['gzip announced nowhere', gzipSync, { 'content-type': 'text/plain' }, ''],
] as const)('a body in %s is read', async (_, compress, headers, query) => {
  const userId = newId();
  const answer = await post(`/v1/batch${query}`, compress(JSON.stringify({ batch: [track(userId, { event: '결제 완료' })] })), { authorization: basic, ...headers });
  expect([answer.status, answer.body]).toEqual([200, { success: true }]);
  expect((await eventsOf(userId))[0]!.name).toBe('결제 완료');
});

test.each([
  ['/v1/identify', { traits: { plan: 'pro' } }, 'identify', '$identify', { plan: 'pro' }],
  ['/v1/i', { context: { traits: { plan: 'pro' } } }, 'identify', '$identify', { plan: 'pro' }],
  ['/v1/track', { event: 'Signed Up', properties: { a: 1 } }, 'track', 'Signed Up', { a: 1 }],
  ['/v1/t', { event: 'Signed Up' }, 'track', 'Signed Up', {}],
  ['/v1/page', { name: 'Pricing', context: { page: { url: 'https://x.example/p', path: '/p', title: '요금' } } }, 'page', '$page', { name: 'Pricing', url: 'https://x.example/p', path: '/p', title: '요금' }],
  ['/v1/p', { properties: { path: '/q' }, context: { page: { path: '/p' } } }, 'page', '$page', { path: '/q' }],
  ['/v1/screen', { name: 'Home' }, 'screen', '$screen', { name: 'Home' }],
  ['/v1/s', { name: 'Home', category: 'x' }, 'screen', '$screen', { name: 'Home', category: 'x' }],
  ['/v1/group', { groupId: 'g1', traits: { size: 5 } }, 'group', '$group', { groupId: 'g1', traits: { size: 5 } }],
  ['/v1/g', { groupId: 7 }, 'group', '$group', { groupId: '7', traits: {} }],
  ['/v1/alias', { previousId: 'old-1' }, 'alias', '$alias', { previousId: 'old-1' }],
  ['/v1/a', { previousId: 'old-2' }, 'alias', '$alias', { previousId: 'old-2' }],
])('POST %s stores its event', async (path, message, type, name, properties) => {
  const userId = newId();
  expect((await post(path, { userId, messageId: newId(), ...message })).body).toEqual({ success: true });
  const [event, ...more] = await eventsOf(userId);
  expect(more).toEqual([]);
  expect([event!.type, event!.name, event!.properties]).toEqual([type, name, properties]);
  expect(event!.context.traits).toBeUndefined();
  if (type === 'identify') expect((await personOf(userId))!.attributes).toEqual({ plan: 'pro' });
});

test('telemetry is accepted and ignored; client settings name this server', async () => {
  expect(await post('/v1/m', { series: [] })).toMatchObject({ status: 200, body: { success: true } });
  const settings = (await (await fetch(`${app.url}/v1/projects/${app.writeKey}/settings`)).json()) as { integrations: Record<string, unknown> };
  expect(settings.integrations['Segment.io']).toMatchObject({ apiKey: app.writeKey, apiHost: `${app.url.replace('http://127.0.0.1', 'localhost')}/v1`, protocol: 'http', addBundledMetadata: false });
  expect((await fetch(`${app.url}/v1/projects/nobody/settings`)).status).toBe(401);
  const rudder = (await (await fetch(`${app.url}/sourceConfig/?p=npm&v=3&build=modern&writeKey=${app.writeKey}`, { headers: { authorization: basic } })).json()) as { source: object };
  expect(rudder.source).toMatchObject({ writeKey: app.writeKey, enabled: true, destinations: [] });
});

test.each(['/v1/identify', '/v1/t', '/api/s/track', '/v1/batch', '/beacon/v1/batch', '/v1/projects/x/settings', '/sourceConfig/', '/v1/m'])('OPTIONS %s allows what browsers ask for', async (path) => {
  const answer = await fetch(`${app.url}${path}`, { method: 'OPTIONS', headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' } });
  expect(answer.status).toBe(204);
  expect(answer.headers.get('access-control-allow-origin')).toBe('https://shop.example');
  expect(answer.headers.get('access-control-max-age')).toBe('7200');
  expect(answer.headers.get('access-control-allow-headers')).toMatch(/authorization, content-type.*x-retry-count.*anonymousid, sentat/);
  expect(answer.headers.get('access-control-expose-headers')).toContain('Retry-After');
});

test.each([['identify', { traits: { plan: 'pro' } }, '$identify'], ['track', { event: 'Signed Up' }, 'Signed Up'], ['page', { name: 'Pricing' }, '$page']])('Jitsu: /api/s/%s with its key in a header', async (type, message, name) => {
  const userId = newId();
  const sent = { type, userId, writeKey: '***', timestamp: '2026-06-10T02:00:00.000Z', context: { library: { name: 'jitsu-js' } }, ...message };
  expect(await post(`/api/s/${type}`, { ...sent, messageId: newId() }, { 'x-write-key': `${app.writeKey}:***`, 'content-type': 'application/json' })).toMatchObject({ status: 200, body: { success: true } });
  expect(await eventsOf(userId)).toMatchObject([{ type, name, occurred_at: new Date('2026-06-10T02:00:00Z') }]);
});

test('Dittofeed: a batch without timestamps happened when it came', async () => {
  const userId = newId();
  const batch = [{ type: 'identify', userId, messageId: newId(), traits: { plan: '팀' } }, { type: 'track', userId, messageId: newId(), event: 'Paid' }];
  expect(await post('/api/public/apps/batch', { batch }, { authorization: `Basic ${app.writeKey}`, 'content-type': 'application/json' })).toMatchObject({ status: 200, body: { success: true } });
  expect(await eventsOf(userId)).toMatchObject([{ name: '$identify', occurred_at: NOW }, { name: 'Paid', occurred_at: NOW }]);
  expect((await personOf(userId))!.attributes).toEqual({ plan: '팀' });
});

test('a key bound to pages is refused on others, and the page can read why', async () => {
  const made = await app.api<{ secret: string }>('POST', '/v1/api-keys', { kind: 'write', name: 'shop', allowedOrigins: ['https://shop.example'] });
  const from = (origin: string) => post('/v1/track', track(newId()), { authorization: `Basic ${Buffer.from(`${made.body.secret}:`).toString('base64')}`, origin });
  expect((await from('https://shop.example')).status).toBe(200);
  const refused = await from('https://elsewhere.example');
  expect(refused).toMatchObject({ status: 403, body: { error: expect.any(String), code: 'origin_not_allowed', message: expect.any(String) } });
  expect(refused.headers.get('access-control-allow-origin')).toBe('https://elsewhere.example');
});

test('when too much is waiting, further requests are told to come back before they are read; the others are stored', async () => {
  const userId = newId();
  const batch = Array.from({ length: 2_400 }, () => ({ type: 'track', event: 'E', userId, messageId: newId() }));
  const holder = app.db.createQueryRunner();
  await holder.startTransaction();
  await holder.query('lock table event_receipt in access exclusive mode');
  const waiting = Array.from({ length: 21 }, () => post('/v1/batch', { batch }));
  try {
    let refused = await post('/v1/batch', 'never parsed');
    for (let tries = 0; refused.status !== 429 && tries < 200; tries += 1) refused = await post('/v1/batch', 'never parsed');
    expect(refused).toMatchObject({ status: 429, body: { error: expect.any(String), code: 'overloaded', message: expect.any(String) } });
    expect(refused.headers.get('retry-after')).toBe('2');
  } finally {
    await holder.rollbackTransaction();
    await holder.release();
  }
  // More than 40,000 events: 17 of these requests, and those that were being written.
  expect((await Promise.all(waiting)).filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(19);
  expect(await eventsOf(userId)).toHaveLength(2_400);
}, 600_000);

const big = 'x'.repeat(33 * 1024);
test.each<[string, () => Promise<Answer>, number, string]>([
  ['malformed JSON', () => post('/v1/batch', '{"batch": ['), 400, 'invalid_json'],
  ['an empty body', () => post('/v1/batch', ''), 400, 'invalid_json'],
  ['a body that is no object', () => post('/v1/track', '[1]'), 400, 'invalid_json'],
  ['a batch without a list', () => post('/v1/batch', { events: [] }), 400, 'invalid_batch'],
  ['no key', () => post('/v1/batch', { batch: [] }, {}), 401, 'invalid_write_key'],
  ['a wrong key', () => post('/v1/batch', { batch: [] }, { authorization: `Basic ${Buffer.from('nope:').toString('base64')}` }), 401, 'invalid_write_key'],
  ['a wrong key in the body', () => post('/v1/batch', { batch: [], writeKey: 'nope' }, {}), 401, 'invalid_write_key'],
  ['a body over 4 MiB', () => post('/v1/batch', Buffer.alloc(4 * 1024 * 1024 + 1, ' ')), 413, 'body_too_large'],
  ['a gzip bomb', () => post('/v1/batch', gzipSync(Buffer.alloc(200 * 1024 * 1024, ' ')), { authorization: basic, 'content-encoding': 'gzip' }), 413, 'body_too_large'],
  ['a brotli bomb', () => post('/v1/batch', brotliCompressSync(Buffer.alloc(64 * 1024 * 1024, ' ')), { authorization: basic, 'content-encoding': 'br' }), 413, 'body_too_large'],
  ['broken gzip', () => post('/v1/batch', Buffer.from('no gzip at all'), { authorization: basic, 'content-encoding': 'gzip' }), 400, 'invalid_encoding'],
  ['an unknown encoding', () => post('/v1/batch', 'x', { authorization: basic, 'content-encoding': 'zstd' }), 400, 'unknown_encoding'],
])('%s is refused with the three fields clients need', async (_, send, status, code) => {
  const answer = await send();
  expect(answer.status).toBe(status);
  expect(answer.body).toEqual({ error: expect.any(String), code, message: expect.any(String) });
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
});

test('invalid events are refused one by one, with their place and reason; their neighbours are stored', async () => {
  const userId = newId();
  let deep: object = {};
  for (let level = 0; level < 40; level += 1) deep = { deep };
  const bad: [object | string, string][] = [
    [track('undefined'), 'invalid_user_id'], [track('[object Object]'), 'invalid_user_id'], [track(' NULL '), 'invalid_user_id'], [track('u'.repeat(257)), 'invalid_user_id'],
    [{ type: 'track', event: 'x', anonymousId: 'guest' }, 'invalid_anonymous_id'], [{ type: 'track', event: 'x', userId: null, anonymousId: '' }, 'missing_id'],
    [{ type: 'track', userId }, 'missing_event'], [track(userId, { event: 'e'.repeat(201) }), 'invalid_event_name'], [{ type: 'dance', userId }, 'invalid_type'], [{ userId, event: 'x' }, 'invalid_type'],
    [{ type: 'group', userId }, 'missing_group_id'], [{ type: 'alias', userId }, 'missing_previous_id'], [{ type: 'alias', anonymousId: newId(), previousId: 'p' }, 'missing_user_id'],
    [track(userId, { timestamp: 'yesterday' }), 'invalid_timestamp'], [track(userId, { properties: { big } }), 'event_too_large'], [track(userId, { properties: deep }), 'event_too_deep'],
    [{ type: 'identify', userId, traits: { email: 'a@x.example\r\nBcc: b@x.example' } }, 'invalid_email'], ['text', 'invalid_event'], [track(userId, { messageId: 'm'.repeat(257) }), 'invalid_message_id'],
  ];
  const answer = await post('/v1/batch', { batch: [track(userId), ...bad.map(([message]) => message), track(userId)] });
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({ success: true, accepted: 2 });
  expect((answer.body.rejected as { index: number; code: string }[]).map(({ index, code }) => [index, code])).toEqual(bad.map(([, code], index) => [index + 1, code]));
  expect(await eventsOf(userId)).toHaveLength(2);
  const kept = await rows(app.db, `select r.code from event_rejected as r where r.at = $1 order by r.id`, [NOW]);
  expect(kept).toHaveLength(bad.length);
});

test('a body of 700 KB with one event of 33 KB loses only that event', async () => {
  const userId = newId();
  const batch = Array.from({ length: 22 }, (_, index) => track(userId, { properties: { text: 'y'.repeat(31_000), index } }));
  const answer = await post('/v1/batch', { batch: [...batch, track(userId, { properties: { big } })] });
  expect([answer.status, answer.body.accepted]).toEqual([200, 22]);
  expect(await eventsOf(userId)).toHaveLength(22);
});

test('texts that PostgreSQL cannot hold do not lose their event', async () => {
  const userId = newId();
  expect((await post('/v1/track', String.raw`{"userId":"${userId}","event":"x","properties":{"nul":"a\u0000b","half":"\ud800","pair":"\ud83d\ude00"}}`)).body).toEqual({ success: true });
  expect((await eventsOf(userId))[0]!.properties).toEqual({ nul: 'a\ufffdb', half: '\ufffd', pair: '😀' });
});

test('a messageId is stored once: in one batch, again later, and in requests at the same moment', async () => {
  const userId = newId();
  const message = track(userId);
  await post('/v1/batch', { batch: [message, message] });
  await post('/v1/track', message);
  const twin = track(userId);
  await Promise.all(Array.from({ length: 30 }, () => post('/v1/batch', { batch: [twin, message] })));
  expect((await eventsOf(userId)).map((event) => event.message_id).toSorted()).toEqual([message.messageId, twin.messageId].toSorted());
});

test('more than 2,500 events in one request are all stored', async () => {
  const userId = newId();
  const batch = Array.from({ length: 6_000 }, () => ({ type: 'track', event: 'e', userId }));
  expect((await post('/v1/batch', { batch })).body).toEqual({ success: true });
  expect(await row(app.db, `select count(*)::int as n from event as e join person as p on p.id = e.person_id where p.external_id = $1`, [userId])).toEqual({ n: 6_000 });
});

test('batch-level context lies under that of each event', async () => {
  const userId = newId();
  await post('/v1/batch', { context: { locale: 'ko-KR', app: { name: 'a' } }, batch: [track(userId, { context: { app: { name: 'b' } } })] });
  expect((await eventsOf(userId))[0]!.context).toEqual({ locale: 'ko-KR', app: { name: 'b' } });
});

const minutes = (count: number) => new Date(NOW.getTime() + count * 60_000);
const iso = (count: number) => minutes(count).toISOString();
const days = 24 * 60;
test.each([
  ['no time', {}, 0],
  ['a true clock', { timestamp: iso(-10), sentAt: iso(0) }, -10],
  ['a clock ten minutes slow', { timestamp: iso(-11), sentAt: iso(-10) }, -1],
  ['a clock ten minutes fast', { timestamp: iso(9), sentAt: iso(10) }, -1],
  ['a time after it was sent', { timestamp: iso(30), sentAt: iso(10) }, 0],
  ['a future time without sentAt', { timestamp: iso(30) }, 0],
  ['originalTimestamp', { originalTimestamp: iso(-5), sentAt: iso(0) }, -5],
  ['timestamp beside originalTimestamp', { timestamp: iso(-7), originalTimestamp: iso(-5), sentAt: iso(0) }, -7],
  ['a server that imports history and retries without a new sentAt', { timestamp: iso(-400 * days), sentAt: iso(-60), context: { library: { name: '@rudderstack/rudder-sdk-node' } } }, -400 * days],
  ['a browser library', { timestamp: iso(-61), sentAt: iso(-60), context: { library: { name: 'analytics.js' } } }, -1],
  ['a channel that says server', { timestamp: iso(-61), sentAt: iso(-60), channel: 'server' }, -61],
])('%s gives the right moment', async (_, times, expected) => {
  const userId = newId();
  expect((await post('/v1/track', track(userId, times))).body).toEqual({ success: true });
  expect((await eventsOf(userId))[0]!.occurred_at).toEqual(minutes(expected));
});

test('a clock that is days wrong is corrected and marked', async () => {
  const userId = newId();
  await post('/v1/track', track(userId, { timestamp: iso(-30 * days - 1), sentAt: iso(-30 * days) }));
  expect((await eventsOf(userId))[0]).toMatchObject({ occurred_at: minutes(-1), context: { $clock_suspect: true } });
});

test('seen times follow the events, not their arrival', async () => {
  const userId = newId();
  await post('/v1/batch', { batch: [track(userId, { timestamp: iso(-5) }), track(userId, { timestamp: iso(-50) })] });
  await post('/v1/track', track(userId, { timestamp: iso(-20) }));
  expect(await personOf(userId)).toMatchObject({ first_seen_at: minutes(-50), last_seen_at: minutes(-5) });
});

test('while the database is away every client is told to come back, and nothing is stored twice afterwards', async () => {
  const other = await startTestApp({ clock });
  try {
    const userId = newId();
    const body = JSON.stringify({ writeKey: other.writeKey, batch: [track(userId)] });
    const give = () => fetch(`${other.url}/v1/batch`, { method: 'POST', body });
    const name = new URL(other.databaseUrl).pathname.slice(1);
    expect((await give()).status).toBe(200);
    const again = JSON.stringify({ writeKey: other.writeKey, batch: [track(userId)] });
    await app.db.query(`alter database ${name} allow_connections false`);
    await app.db.query('select pg_terminate_backend(a.pid) from pg_stat_activity as a where a.datname = $1', [name]);
    const away = await fetch(`${other.url}/v1/batch`, { method: 'POST', body: again });
    expect([away.status, Number(away.headers.get('retry-after')) > 0, Object.keys((await away.json()) as object).toSorted()]).toEqual([503, true, ['code', 'error', 'message']]);
    await app.db.query(`alter database ${name} allow_connections true`);
    expect((await fetch(`${other.url}/v1/batch`, { method: 'POST', body: again })).status).toBe(200);
    expect((await give()).status).toBe(200);
    expect(await row(other.db, 'select count(*)::int as n from event')).toEqual({ n: 2 });
  } finally {
    await other.close();
  }
});
