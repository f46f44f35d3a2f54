import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { row, rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { deliveries, makePeople, makePlace, queue, tally } from '../support/deliveries.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { VirtualClock } from '../support/virtual-clock.js';

const START = new Date('2026-03-02T13:00:00Z');
const after = (seconds: number) => new Date(START.getTime() + seconds * 1000);
let clock: VirtualClock;
let app: TestApp;
let sink: SmtpSink;
let relay: string;

beforeAll(async () => {
  clock = new VirtualClock(START);
  app = await startTestApp({ clock });
  // 13:00 in UTC is 22:00 in Tokyo: its midnight comes two hours later. Not Seoul, where nothing would be advertised at night.
  await rows(app.db, `insert into workspace (id, name, time_zone, language, created_at) values (1, 'Test', 'Asia/Tokyo', 'en', $1) on conflict (id) do update set time_zone = 'Asia/Tokyo'`, [START]);
});
afterAll(() => app.close());
beforeEach(async () => {
  clock.set(START);
  await rows(app.db, 'truncate delivery, delivery_event, person, relay, relay_health, relay_rate, warm_up, warm_up_use');
  sink = await new SmtpSink().start();
  relay = (await addRelay(sink)).id;
});
afterEach(async () => {
  await rows(app.db, 'truncate delivery');
  await app.runner.runUntilIdle();
  await sink.stop();
});

async function addRelay({ port }: SmtpSink, fields: object = {}) {
  return (await app.api('POST', '/v1/relays', { name: `relay ${port}`, host: '127.0.0.1', port, security: 'none', ...fields })).body;
}

async function enqueue(count: number, domain = 'example.com', topic = 'news'): Promise<{ ids: string[]; people: string[] }> {
  const people = await makePeople(app.db, count, clock.now(), (index) => `p${index}@${domain}`);
  return { people, ids: await queue(app.db, await makePlace(app.db, clock.now(), undefined, topic), people, clock.now()) };
}

async function at(seconds: number): Promise<number> {
  clock.set(after(seconds));
  await app.runner.runUntilIdle();
  return sink.accepted.length;
}

test('the rate of a relay is kept; the rest stays in the queue as it was', async () => {
  await app.api('PATCH', `/v1/relays/${relay}`, { sendRate: 5 });
  await enqueue(40);
  expect([await at(0), await at(1), await at(1.5), await at(2), await at(60), await at(61), await at(62)]).toEqual([10, 15, 17, 20, 30, 35, 40]);
  expect(await row(app.db, 'select max(d.attempts)::int as most, max(d.fence)::int as claims from delivery as d')).toEqual({ most: 1, claims: 1 });
});

test('two processes keep one rate together', async () => {
  await app.api('PATCH', `/v1/relays/${relay}`, { sendRate: 20 });
  const { startApp } = await import('../../src/app.js');
  const { readConfig } = await import('../../src/platform/config.js');
  const other = await startApp({ config: readConfig({ PORT: '0', LOG_LEVEL: 'silent', DATA_DIR: app.dataDir, DATABASE_POOL: '6' }), databaseUrl: app.databaseUrl, clock, workers: 'manual' });
  try {
    await enqueue(150);
    for (const second of [0, 1, 2]) {
      clock.set(after(second));
      await Promise.all([app.runner.runUntilIdle(), other.runner.runUntilIdle()]);
      expect(sink.accepted.length).toBe(40 + 20 * second);
    }
  } finally {
    await other.close();
  }
});

test('a domain that has to wait holds up nobody, costs no attempt, and its messages keep their places', async () => {
  await app.api('PATCH', `/v1/relays/${relay}`, { domainRates: { 'slow.example': 2 } });
  const { ids } = await enqueue(30, 'SLOW.example');
  await enqueue(50, 'fast.example');
  expect(await at(0)).toBe(4 + 50);
  const waiting = [...(await deliveries(app.db)).values()].filter(({ state }) => state === 'queued');
  expect(waiting.map(({ reason, attempts, lockedBy }) => [reason, attempts, lockedBy])).toEqual(Array.from({ length: 26 }, () => ['RATE_DEFERRED', 0, null]));
  expect(new Set(waiting.map(({ dueAt }) => dueAt.getTime()))).toEqual(new Set(Array.from({ length: 26 }, (_, index) => after((index + 1) / 2).getTime())));
  const late = await enqueue(1, 'slow.example');
  const counts = [];
  for (let second = 1; second <= 13; second += 1) counts.push(await at(second));
  expect(counts).toEqual(Array.from({ length: 13 }, (_, index) => 54 + 2 * (index + 1)));
  expect(await row(app.db, 'select max(d.fence)::int as claims, max(d.attempts)::int as most from delivery as d where d.id = any($1::uuid[])', [ids])).toEqual({ claims: 2, most: 1 });
  expect((await deliveries(app.db)).get(late.ids[0]!)!.state).toBe('queued');
  await at(14);
  expect(await tally(app.db)).toEqual({ sent: 81 });
});

test('"*" gives each other domain a rate of its own', async () => {
  await app.api('PATCH', `/v1/relays/${relay}`, { domainRates: { '*': 1, 'big.example': 100 } });
  for (const domain of ['a.example', 'b.example', 'big.example']) await enqueue(5, domain);
  expect(await at(0)).toBe(2 + 2 + 5);
});

test('a server that asks to slow down is given half, and more again by and by; who greylists is not meant', async () => {
  await app.api('PATCH', `/v1/relays/${relay}`, { sendRate: 8 });
  sink.script = { dot: (to) => (to === 'p0@grey.example' ? { code: 451, text: '4.7.1 Greylisted' } : to === 'p0@full.example' ? { code: 451, text: '4.7.0 Too much for now' } : undefined) };
  await enqueue(1, 'grey.example');
  await at(0);
  expect((await app.api('GET', `/v1/relays/${relay}`)).body.state.lowered).toEqual([]);
  await enqueue(1, 'full.example');
  await at(10);
  expect((await app.api('GET', `/v1/relays/${relay}`)).body.state.lowered).toEqual([{ domain: '', rate: 4, at: after(10).toISOString(), because: '451 4.7.0 Too much for now' }]);
  await enqueue(200);
  const before = await at(20);
  expect([await at(21) - before, await at(22) - before]).toEqual([4, 8]);
  sink.script = {};
  await at(10 + 8 * 60);
  expect((await app.api('GET', `/v1/relays/${relay}`)).body.state.lowered).toEqual([]);
});

test('an unlimited relay that asks to slow down is limited from then on, without a configured rate', async () => {
  sink.script = { rcpt: (address) => (address === 'p3@example.com' ? { code: 421, text: '4.3.2 Too many connections' } : undefined) };
  await enqueue(10);
  await at(0);
  const [lowered] = (await app.api('GET', `/v1/relays/${relay}`)).body.state.lowered;
  expect(lowered).toMatchObject({ domain: '', because: expect.stringContaining('Too many connections') });
  expect(lowered.rate).toBeLessThanOrEqual(5);
});

const plan = async (fields: object = {}) => (await app.api('PUT', `/v1/warm-ups/relay/${relay}`, { firstDay: 20, lastDay: 40, days: 2, ...fields })).body;
const today = async () => (await app.api('GET', '/v1/warm-ups')).body.items[0].today;

test('warm-up: the day of the workspace has its volume, the rest waits for midnight there, the engaged first', async () => {
  await plan();
  const { ids, people } = await enqueue(70);
  await rows(app.db, `insert into delivery_event (delivery_id, person_id, kind, event_key, at, verdict) select gen_random_uuid(), p.id, 'click', 'x', $2, 'human' from unnest($1::uuid[]) as p (id)`, [people.slice(-5), after(-86_400)]);
  expect(await at(0)).toBe(20);
  expect(await today()).toEqual({ date: '2026-03-02', allowance: 20, used: 20 });
  const [waiting] = [...(await deliveries(app.db)).values()].filter(({ state }) => state === 'queued');
  expect(waiting).toMatchObject({ reason: 'RATE_DEFERRED', attempts: 0, detail: expect.stringContaining('warm-up') });
  expect(await at(2 * 3_600 - 1)).toBe(20);
  expect(await at(2 * 3_600)).toBe(25);
  expect((await deliveries(app.db)).get(ids.at(-1)!)!.state).toBe('sent');
  expect(await at(2 * 3_600 + 5)).toBe(60);
  expect(await today()).toEqual({ date: '2026-03-03', allowance: 40, used: 40 });
  expect(await at(26 * 3_600 + 5)).toBe(70);
  expect(await today()).toEqual({ date: '2026-03-04', allowance: null, used: 0 });
});

test('transactional e-mail is counted and never waits; a plan that is off limits nothing', async () => {
  await plan();
  await enqueue(25, 'receipts.example', 'receipts');
  expect([await at(0), (await today()).used]).toEqual([25, 25]);
  await enqueue(3);
  expect(await at(1)).toBe(25);
  await plan({ enabled: false });
  await enqueue(30, 'more.example');
  expect(await at(2)).toBe(55);
});

test('beside a relay that warms up, another one of the same priority takes the rest', async () => {
  await plan({ firstDay: 10 });
  const other = await new SmtpSink().start();
  await addRelay(other);
  await enqueue(100);
  expect([await at(0), other.accepted.length]).toEqual([10, 90]);
  await other.stop();
});

test('messages that did not go give their places back', async () => {
  await plan();
  const { port } = sink;
  await sink.stop();
  await enqueue(30);
  await at(0);
  expect((await today()).used).toBe(0);
  sink = await new SmtpSink().start(port);
  expect([await at(31), (await today()).used]).toEqual([20, 20]);
});

test('a sending domain warms up over all relays', async () => {
  await app.api('PUT', '/v1/warm-ups/domain/localhost.localdomain', { firstDay: 15, lastDay: 40, days: 2 });
  await enqueue(40);
  expect(await at(0)).toBe(15);
});

test.each([
  ['relay/0198c3a0-0000-7000-8000-000000000000', {}, 404], ['planet/x', {}, 400], ['domain/x', { days: 1 }, 400], ['domain/x', { firstDay: 5, lastDay: 4 }, 400], ['domain/x', { startedOn: '2026-02-30' }, 400], ['domain/x', { startedOn: '2026-03-03' }, 400], ['domain/x', { startedOn: '2026-03-02' }, 200],
])('plans are checked: %s %j', async (path, body, status) => {
  expect((await app.api('PUT', `/v1/warm-ups/${path}`, body)).status).toBe(status);
  if (status !== 200) return;
  expect((await app.api('DELETE', `/v1/warm-ups/${path}`)).status).toBe(204);
  expect((await app.api('DELETE', `/v1/warm-ups/${path}`)).status).toBe(404);
  expect(await rows(app.db, `select e.action from audit_entry as e where e.subject = 'domain:x' order by e.id`)).toEqual([{ action: 'warm_up.put' }, { action: 'warm_up.remove' }]);
});

test('a rate that nobody has used for a day is forgotten, and the next message finds a full bucket', async () => {
  await app.api('PATCH', `/v1/relays/${relay}`, { sendRate: 5, domainRates: { 'slow.example': 2 } });
  await enqueue(3, 'slow.example');
  const known = async () => (await rows<{ domain: string }>(app.db, 'select r.domain from relay_rate as r order by r.domain')).map(({ domain }) => domain);
  expect(await at(0)).toBe(3);
  expect(await known()).toEqual(['', 'slow.example']);
  await enqueue(2);
  expect(await at(10 * 86_400)).toBe(5);
  expect(await known()).toEqual(['']);
  await enqueue(12);
  expect([await at(20 * 86_400), await at(20 * 86_400 + 1)]).toEqual([15, 17]);
});
