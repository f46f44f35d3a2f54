import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';
import { series } from '../support/campaign-definitions.js';
import { identifyPeople, launchToAll } from '../support/crash/launch.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-11-23T09:00:00Z'));
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ clock });
  await identifyPeople(app, 3);
  await app.runner.runUntilIdle();
});
afterAll(() => app.close());

const scrape = async () => {
  const answer = await fetch(`${app.url}/metrics`, { headers: { authorization: `Bearer ${app.key}` } });
  return { type: answer.headers.get('content-type'), text: await answer.text() };
};
const valueOf = (text: string, name: string) => Number(text.split('\n').find((line) => line.startsWith(`${name} `))?.slice(name.length + 1));

test('metrics are for those with a key, and in the format of Prometheus', async () => {
  expect((await fetch(`${app.url}/metrics`)).status).toBe(401);
  const { type, text } = await scrape();
  expect(type).toContain('text/plain');
  // The library writes `Nan` for what has no value yet; Prometheus reads numbers in any case.
  for (const line of text.split('\n').filter((each) => each !== '' && !each.startsWith('#'))) expect(line).toMatch(/^[a-z_:][a-z0-9_:]*(\{[^}]*\})? (-?[0-9.e+-]+|Nan|\+Inf)$/);
  expect(valueOf(text, 'danbi_database_up')).toBe(1);
  expect(text).toMatch(/danbi_http_request_seconds_count\{method="GET",route="\/metrics",status="401"\} 1/);
  expect(text).toMatch(/danbi_process_resident_memory_bytes \d/);
});

test('what waits is told with its age, and the status page says when it is too old', async () => {
  await launchToAll(app);
  const queued = async () => ((await app.db.query(`select count(*)::int as n from delivery as d where d.state = 'queued'`)) as [{ n: number }])[0].n;
  for (const name of ['segments', 'campaigns']) expect(valueOf((await scrape()).text, `danbi_queue_due{queue="${name}"}`)).toBe(0);
  await app.runner.runUntilIdle((name) => name.startsWith('delivery.'));
  expect(await queued()).toBe(3);
  clock.advance(20 * 60_000);
  const { text } = await scrape();
  expect(valueOf(text, 'danbi_queue_due{queue="deliveries.email"}')).toBe(3);
  expect(valueOf(text, 'danbi_queue_oldest_due_age_seconds{queue="deliveries.email"}')).toBe(1_200);
  expect(valueOf(text, 'danbi_status{check="deliveries.email"}')).toBe(1);
  const { status, body } = await app.api('GET', '/v1/status');
  expect([status, body.level]).toEqual([200, 'warn']);
  expect(body.findings.filter(({ level }: { level: string }) => level !== 'ok')).toEqual([expect.objectContaining({ check: 'deliveries.email', value: 1_200, warn: 900, unit: 'seconds', whatToDo: expect.objectContaining({ ko: expect.stringMatching(/메일 서버/) }) })]);
  expect(body.queues.find(({ queue }: { queue: string }) => queue === 'deliveries.email')).toEqual({ queue: 'deliveries.email', due: 3, oldestAt: '2026-11-23T09:00:00.000Z' });
});

test('from event to decision to handover is measured, by the event that caused the message', async () => {
  const created = await app.api('POST', '/v1/campaigns', { name: '주문 감사', definition: series({ entry: { type: 'event', event: 'Order Completed' } }) });
  expect((await app.api('POST', `/v1/campaigns/${created.body.id}/publish`, {})).status).toBe(200);
  await app.runner.runUntilIdle();
  const answer = await fetch(`${app.url}/v1/track`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: app.writeKey, userId: 'p-0', event: 'Order Completed' }) });
  expect(answer.status).toBe(200);
  clock.advance(6_000);
  await app.runner.runUntilIdle();
  const { body } = await app.api('GET', '/v1/status');
  expect(body.latencies.eventToDecision).toEqual({ count: 1, p50: 6, p95: 6, p99: 6 });
  expect(body.latencies.decisionToHandover.count).toBeGreaterThanOrEqual(1);
});

test('the release that runs is told, with the state of its schema', async () => {
  const { status, body } = await app.api('GET', '/v1/status/release');
  expect([status, body]).toMatchObject([200, { version: expect.stringMatching(/^\d+\./), node: process.versions.node, database: { waiting: [], unknown: [], last: expect.stringMatching(/\d{13}$/) } }]);
  const [{ name }] = (await app.db.query('delete from migration where name = (select max(m.name) from migration as m) returning name'))[0] as [{ name: string }];
  await app.db.query(`insert into migration (timestamp, name) values (1, 'OfALaterRelease1')`);
  expect((await app.api('GET', '/v1/status/release')).body.database).toMatchObject({ waiting: [name], unknown: ['OfALaterRelease1'] });
  await app.db.query('update migration set name = $1, timestamp = $2 where timestamp = 1', [name, Number(/\d+$/.exec(name)![0])]);
});

test('nothing of people is in the metrics', async () => {
  const { text } = await scrape();
  expect(text).not.toMatch(/@|example\.|dnb_/);
});

test('a process that stops, or can not write its journal, is alive and not ready', async () => {
  const ready = async () => {
    const answer = await fetch(`${app.url}/health/ready`);
    return [answer.status, ((await answer.json()) as { code?: string; status?: string }).code];
  };
  expect(await ready()).toEqual([200, undefined]);
  await app.runner.stop();
  expect(await ready()).toEqual([503, 'service.stopping']);
  expect((await fetch(`${app.url}/health/live`)).status).toBe(200);
});
