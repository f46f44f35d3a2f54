import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Analytics } from '@segment/analytics-node';
import RudderAnalytics from '@rudderstack/rudder-sdk-node';
import { newId } from '../../src/kernel/ids.js';
import { row, rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';

let app: TestApp;
beforeAll(async () => { app = await startTestApp(); });
afterAll(() => app.close());

/** `unresolved` are bodies answered with an error and not sent again since. */
interface FlakyProxy { url: string; requests: number; failed: number; unresolved: Set<string>; close(): Promise<void> }

/**
 * Stands between client and server. Every `failEvery`-th new body is stored by the server and then answered 500, so that
 * the client sends events again that are already there.
 */
async function flakyProxy(target: string, failEvery: number): Promise<FlakyProxy> {
  const proxy = { requests: 0, failed: 0, unresolved: new Set() } as FlakyProxy;
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !['host', 'connection', 'content-length', 'transfer-encoding'].includes(name))) as Record<string, string>;
      proxy.requests += 1;
      const body = Buffer.concat(chunks).toString('base64');
      const fails = proxy.requests % failEvery === 1;
      void fetch(`${target}${request.url}`, { method: request.method, headers, body: Buffer.concat(chunks) }).then(async (answer) => {
        const text = await answer.text();
        if (fails) proxy.failed += 1;
        if (fails) proxy.unresolved.add(body);
        else proxy.unresolved.delete(body);
        response.writeHead(fails ? 500 : answer.status, { 'content-type': 'application/json' }).end(fails ? '{"error":"x","code":"x","message":"x"}' : text);
      });
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  proxy.close = () => new Promise((resolve) => { server.closeAllConnections(); server.close(() => resolve()); });
  return proxy;
}

const PEOPLE = 12;
const EVENTS = 360;
const base = Date.UTC(2026, 0, 15, 9);
const expected = (prefix: string) => Array.from({ length: EVENTS }, (_, index) => ({ userId: `${prefix}-${index % PEOPLE}`, event: index % 3 === 0 ? '결제 완료' : 'Item Added', properties: { index, note: `항목 ${index}` }, timestamp: new Date(base + index * 61_001) }));

async function stored(prefix: string) {
  return rows(app.db, `
    select p.external_id as "userId", e.name as event, e.properties, e.occurred_at as timestamp
      from event as e join person as p on p.id = e.person_id
     where p.external_id like $1 and e.type = 'track' order by (e.properties ->> 'index')::int`, [`${prefix}-%`]);
}

test('@segment/analytics-node: every event arrives complete, once, with its time, though every third answer is an error', async () => {
  const prefix = newId();
  const proxy = await flakyProxy(app.url, 3);
  const failures: unknown[] = [];
  const client = new Analytics({ writeKey: app.writeKey, host: proxy.url, flushAt: 60, maxRetries: 10 });
  client.on('error', (error) => failures.push(error));
  for (let person = 0; person < PEOPLE; person += 1) client.identify({ userId: `${prefix}-${person}`, traits: { email: `p${person}@example.com`, name: `사람 ${person}` } });
  const sent = expected(prefix);
  for (const event of sent) client.track(event);
  client.page({ userId: `${prefix}-0`, name: '요금', properties: { path: '/pricing' } });
  client.group({ userId: `${prefix}-0`, groupId: 'team', traits: { seats: 3 } });
  client.alias({ userId: `${prefix}-0`, previousId: `${prefix}-anonymous` });
  await client.closeAndFlush({ timeout: 25_000 });
  await proxy.close();
  expect(failures).toEqual([]);
  expect(proxy.failed).toBeGreaterThan(1);
  expect(await stored(prefix)).toEqual(sent);
  expect(await rows(app.db, `select e.type from event as e join person as p on p.id = e.person_id where p.external_id = $1 and e.type <> 'track' order by e.type`, [`${prefix}-0`]))
    .toEqual(['alias', 'group', 'identify', 'page'].map((type) => ({ type })));
  expect(await row(app.db, 'select p.email, p.attributes from person as p where p.external_id = $1', [`${prefix}-7`])).toEqual({ email: 'p7@example.com', attributes: { email: 'p7@example.com', name: '사람 7' } });
});

test.each([['gzip, its default', true], ['plain JSON', false]])('@rudderstack/rudder-sdk-node with %s: every event arrives complete, once, with its time, through errors', async (_, gzip) => {
  const prefix = newId();
  const proxy = await flakyProxy(app.url, 3);
  const client = new RudderAnalytics(app.writeKey, { dataPlaneUrl: proxy.url, gzip, flushAt: 60, flushInterval: 200, maxQueueSize: 10_000_000, logLevel: 'error' } as never);
  const sent = expected(prefix);
  for (let person = 0; person < PEOPLE; person += 1) client.identify({ userId: `${prefix}-${person}`, traits: { plan: 'pro' } });
  for (const event of sent) client.track({ ...event, originalTimestamp: event.timestamp } as never);
  const deadline = performance.now() + 25_000;
  const isDone = async () => proxy.unresolved.size === 0 && (await stored(prefix)).length === EVENTS;
  while (!(await isDone()) && performance.now() < deadline) await Promise.all([client.flush().catch(() => {}), pause(50)]);
  await proxy.close();
  expect(proxy.failed).toBeGreaterThan(1);
  expect(await stored(prefix)).toEqual(sent);
  expect(await row(app.db, 'select p.attributes from person as p where p.external_id = $1', [`${prefix}-3`])).toEqual({ attributes: { plan: 'pro' } });
});
