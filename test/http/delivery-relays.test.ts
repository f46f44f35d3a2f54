import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { row, rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { makePeople, makePlace, queue, tally } from '../support/deliveries.js';
import { SmtpSink, type SinkScript } from '../support/smtp-sink.js';
import { VirtualClock } from '../support/virtual-clock.js';

const START = new Date('2026-03-02T09:00:00Z');
const after = (seconds: number) => new Date(START.getTime() + seconds * 1000);
let clock: VirtualClock;
let app: TestApp;
const sinks: SmtpSink[] = [];

beforeAll(async () => {
  clock = new VirtualClock(START);
  app = await startTestApp({ clock });
});
afterAll(() => app.close());
beforeEach(async () => {
  clock.set(START);
  await rows(app.db, 'truncate delivery, person, relay, relay_health, relay_rate, sandbox_mail');
});
afterEach(async () => {
  await app.runner.runUntilIdle();
  for (const sink of sinks.splice(0)) await sink.stop();
});

async function addRelay(script: SinkScript, fields: Record<string, unknown> = {}): Promise<{ id: string; sink: SmtpSink }> {
  const sink = await new SmtpSink(script).start();
  sinks.push(sink);
  const { status, body } = await app.api('POST', '/v1/relays', { name: `relay ${sink.port}`, host: '127.0.0.1', port: sink.port, security: 'none', ...fields });
  expect([status, body.code]).toEqual([201, undefined]);
  return { id: body.id, sink };
}

async function enqueue(count: number): Promise<void> {
  await queue(app.db, await makePlace(app.db, clock.now()), await makePeople(app.db, count, clock.now(), (index) => `p${index}.${clock.now().getTime()}@example.com`), clock.now());
}

const byRelay = async () => Object.fromEntries((await rows<{ relay: string; count: number }>(app.db, `select d.relay, count(*)::int as count from delivery as d where d.state = 'sent' group by d.relay`)).map(({ relay, count }) => [relay, count]));
const stateOf = async (id: string) => (await app.api('GET', `/v1/relays/${id}`)).body.state;

test('a relay is added, changed and removed; its password is never answered back and never written down beside it', async () => {
  const made = await app.api('POST', '/v1/relays', { name: 'Main', host: 'smtp.example.com', port: 587, security: 'starttls', username: 'danbi', password: 'very secret', provider: 'ses' });
  expect(made.body).toMatchObject({ name: 'Main', provider: 'ses', connections: 10, weight: 1, priority: 0, sendRate: null, enabled: true, state: { breaker: 'closed', lastError: null } });
  const path = `/v1/relays/${made.body.id}`;
  const changed = await app.api('PATCH', path, { host: 'smtp2.example.com', weight: 3 });
  expect(changed.body).toMatchObject({ host: 'smtp2.example.com', weight: 3, username: 'danbi' });
  expect(await row(app.db, 'select r.password from relay as r')).toEqual({ password: expect.stringMatching(/^dnb1\./) });
  const all = await app.api('GET', '/v1/relays');
  expect(all.body).toMatchObject({ items: [{ id: made.body.id }], sending: 'relays', fallback: { id: 'sandbox', inUse: false } });
  expect(await app.api('PATCH', path, { username: null })).toMatchObject({ status: 200, body: { username: null } });
  expect(await row(app.db, 'select r.password from relay as r')).toEqual({ password: null });
  expect((await app.api('PATCH', path, { enabled: false })).status).toBe(200);
  expect((await app.api('GET', '/v1/relays')).body.sending).toBe('off');
  const entries = await rows(app.db, `select e.action, e.detail from audit_entry as e where e.action like 'relay.%' order by e.id`);
  expect(entries).toMatchObject([{ action: 'relay.add' }, { action: 'relay.change', detail: { fields: ['host', 'weight'] } }, { action: 'relay.change' }, { action: 'relay.change' }]);
  expect(JSON.stringify([made.body, changed.body, all.body, entries])).not.toContain('secret');
  expect((await app.api('POST', '/v1/relays', { name: 'Main', host: 'x.example', port: 25, security: 'none' })).body).toMatchObject({ code: 'relay.name-taken' });
  expect((await app.api('DELETE', path)).status).toBe(204);
  expect([(await app.api('GET', path)).status, (await app.api('DELETE', path)).status, (await app.api('GET', '/v1/relays')).body]).toMatchObject([404, 404, { sending: 'sandbox', fallback: { inUse: true } }]);
});

test.each([
  ['host', { host: 'a b' }], ['host', { host: 'x\r\nRCPT' }], ['port', { port: 70_000 }], ['security', { security: 'ssl' }], ['connections', { connections: 0 }], ['weight', { weight: 0 }], ['sendRate', { sendRate: 0 }],
  ['domainRates', { domainRates: { 'Gmail.com': 1 } }], ['password', { username: 'u' }], ['username', { password: 'p' }], ['security', { username: 'u', password: 'p', security: 'none' }], ['password', { username: 'u', password: 'p\r\nQUIT' }], ['surprise', { surprise: 1 }],
  ['configurationSet', { configurationSet: 'x' }], ['configurationSet', { provider: 'ses', configurationSet: 'a\r\nBcc: x@y.z' }], ['broadcastStream', { provider: 'ses', broadcastStream: 'x' }], ['transactionalStream', { transactionalStream: 'x' }],
])('bad input is refused with its place: %s %j', async (path, wrong) => {
  const answer = await app.api('POST', '/v1/relays', { name: 'x', host: 'smtp.example.com', port: 587, security: 'starttls', ...wrong });
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.body)).toContain(path);
  expect(await rows(app.db, 'select 1 from relay')).toEqual([]);
});

test.each([
  ['ses', { configurationSet: 'events_1' }, ['X-SES-MESSAGE-TAGS: mid=', 'X-SES-CONFIGURATION-SET: events_1']], ['postmark', { broadcastStream: 'news-1' }, ['X-PM-Message-Stream: news-1']], ['postmark', {}, ['X-PM-Message-Stream: broadcast']],
])('what a relay of %s must be told leaves in the headers: %j', async (provider, settings, headers) => {
  const { id, sink } = await addRelay({}, { provider, ...settings });
  expect((await app.api('GET', `/v1/relays/${id}`)).body).toMatchObject({ provider, ...settings });
  await app.api('PATCH', `/v1/relays/${id}`, { weight: 2 });
  await enqueue(1);
  await app.runner.runUntilIdle();
  for (const header of headers) expect(String(sink.accepted[0]!.raw)).toContain(header);
  if (provider === 'postmark') await app.api('PATCH', `/v1/relays/${id}`, { transactionalStream: 'receipts' });
  const left = await app.api('PATCH', `/v1/relays/${id}`, { provider: 'smtp' });
  expect(left.status).toBe(400);
});

test('the test connection says what the server answered', async () => {
  let password = 'other';
  const { id, sink } = await addRelay({ password: () => password }, { username: 'user', password: 'secret' });
  expect((await app.api('POST', `/v1/relays/${id}/test`)).body).toMatchObject({ ok: false, answer: expect.stringContaining('535') });
  expect(await stateOf(id)).toMatchObject({ breaker: 'closed', lastError: expect.stringContaining('Authentication failed') });
  password = 'secret';
  expect((await app.api('POST', `/v1/relays/${id}/test`)).body).toMatchObject({ ok: true, encrypted: false, extensions: expect.arrayContaining(['PIPELINING']) });
  await app.api('PATCH', `/v1/relays/${id}`, { port: 1, username: null });
  expect((await app.api('POST', `/v1/relays/${id}/test`)).body).toMatchObject({ ok: false, answer: expect.stringContaining('ECONNREFUSED') });
  expect(sink.read).toEqual([]);
});

test('relays of one priority share by weight, and each delivery says which one took it', async () => {
  const heavy = await addRelay({}, { weight: 3, connections: 4 });
  const light = await addRelay({ delay: 3 }, { weight: 1, connections: 4 });
  await addRelay({}, { weight: 100, priority: 1 });
  await addRelay({}, { weight: 100, enabled: false });
  await enqueue(400);
  await app.runner.runUntilIdle();
  const shares = await byRelay();
  expect(Object.keys(shares).sort()).toEqual([heavy.id, light.id].sort());
  expect(Math.abs(shares[heavy.id]! - 300)).toBeLessThanOrEqual(4);
  expect([heavy.sink.accepted.length, light.sink.accepted.length]).toEqual([shares[heavy.id], shares[light.id]]);
});

test('when a relay can not be reached the next priority takes over, nobody pays with an attempt, and it comes back by itself', async () => {
  const first = await addRelay({}, { priority: 0 });
  const second = await addRelay({}, { priority: 5 });
  const { port } = first.sink;
  await first.sink.stop();
  await enqueue(60);
  await app.runner.runUntilIdle();
  expect([await tally(app.db), await byRelay()]).toEqual([{ sent: 60 }, { [second.id]: 60 }]);
  expect(await row(app.db, 'select max(d.attempts)::int as most from delivery as d')).toEqual({ most: 1 });
  expect(await stateOf(first.id)).toMatchObject({ breaker: 'open', openedAt: START.toISOString(), probeAt: after(30).toISOString(), lastError: expect.stringContaining('ECONNREFUSED') });

  const revived = await new SmtpSink().start(port);
  sinks.push(revived);
  clock.set(after(29));
  await enqueue(1);
  await app.runner.runUntilIdle();
  expect(await byRelay()).toEqual({ [second.id]: 61 });
  clock.set(after(31));
  // A relay that works does not wait for the probe of another one.
  for (let probing = true; probing; probing = (await stateOf(first.id)).breaker === 'open') await app.runner.runUntilIdle();
  await enqueue(10);
  await app.runner.runUntilIdle();
  expect(await byRelay()).toEqual({ [second.id]: 61, [first.id]: 10 });
  expect(await stateOf(first.id)).toMatchObject({ breaker: 'closed', openedAt: null });
});

test('with every relay open nothing is claimed, and each probe costs one session and no delivery', async () => {
  let password = 'other';
  const { id, sink } = await addRelay({ password: () => password }, { username: 'user', password: 'secret', connections: 3 });
  await enqueue(50);
  await app.runner.runUntilIdle();
  const tried = sink.connections;
  expect(await row(app.db, 'select sum(d.attempts)::int as attempts, count(*) filter (where d.first_attempt_at is not null)::int as begun from delivery as d')).toEqual({ attempts: 0, begun: 0 });
  for (let minute = 1; minute <= 3; minute += 1) {
    clock.set(after(60 * minute));
    await app.runner.runUntilIdle();
  }
  expect([sink.connections - tried, (await stateOf(id)).breaker]).toEqual([3, 'open']);
  expect((await app.api('GET', '/v1/relays')).body.sending).toBe('away');
  password = 'secret';
  clock.set(after(300));
  await app.runner.runUntilIdle();
  expect([await tally(app.db), sink.counts().size, sink.accepted.length]).toEqual([{ sent: 50 }, 50, 50]);
});

test('a relay that dies in the middle: what it may have is uncertain, the rest goes over the other one, each once', async () => {
  const dying = await addRelay({ delay: 2 }, { weight: 1, connections: 5 });
  const healthy = await addRelay({}, { weight: 1, connections: 5 });
  dying.sink.script.dot = () => (dying.sink.read.length > 40 ? 'close' : undefined);
  await enqueue(300);
  for (let rounds = 0; rounds < 10; rounds += 1) {
    await app.runner.runUntilIdle();
    clock.advance(31_000);
  }
  const { sent = 0, uncertain = 0, ...others } = await tally(app.db);
  expect([others, sent + uncertain, sent]).toEqual([{}, 300, dying.sink.accepted.length + healthy.sink.accepted.length]);
  expect(uncertain).toBe(dying.sink.read.length - dying.sink.accepted.length);
  const bodies = [...dying.sink.read, ...healthy.sink.read].map(({ messageId }) => messageId);
  expect(new Set(bodies).size).toBe(bodies.length);
  expect(await stateOf(dying.id)).toMatchObject({ breaker: expect.any(String), lastError: expect.any(String) });
});

test('a relay that stands still does not stop the others', async () => {
  const still = await addRelay({ delay: 60_000 }, { connections: 2 });
  const healthy = await addRelay({}, { connections: 2 });
  await enqueue(600);
  const running = app.runner.runUntilIdle();
  while (healthy.sink.accepted.length < 350) await new Promise((done) => { setTimeout(done, 20); });
  await still.sink.stop();
  await running;
  await app.runner.runUntilIdle();
  const bodies = [...still.sink.read, ...healthy.sink.read].map(({ messageId }) => messageId);
  expect(new Set(bodies).size).toBe(bodies.length);
  expect(still.sink.read.length).toBeLessThanOrEqual(2);
});
