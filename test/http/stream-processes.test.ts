import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startApp, type RunningApp } from '../../src/app.js';
import type { StreamFrame } from '../../src/contract/visitor-wire.js';
import { newId } from '../../src/kernel/ids.js';
import { readConfig } from '../../src/platform/config.js';
import { recordNews } from '../../src/people/store/news.store.js';
import { NewsFeed } from '../../src/visitors/stream/news-feed.service.js';
import { StreamTickets } from '../../src/visitors/stream/tickets.service.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { openStream, type StreamClient } from '../support/stream-client.js';

/** One process sends, another holds the pages open; they share the database alone. */
let sender: TestApp;
let holder: RunningApp;
let holderClosed = false;
const ORIGIN = 'https://shop.example';

beforeAll(async () => {
  sender = await startTestApp({ workers: 'running' });
  holder = await startApp({ config: readConfig({ PORT: '0', LOG_LEVEL: 'silent', ROLE: 'api', DATA_DIR: sender.dataDir, DATABASE_POOL: '4' }), databaseUrl: sender.databaseUrl });
}, 600_000);
afterAll(async () => {
  if (!holderClosed) await holder.close();
  await sender.close();
});

async function listen(personId: string, app: RunningApp = holder): Promise<StreamClient> {
  const ticket = await app.nest.get(StreamTickets, { strict: false }).issue({ personId, keyId: newId(), origin: ORIGIN, verified: true }, new Date());
  return openStream(app.url, ticket, { origin: ORIGIN });
}
const track = (userId: string, event: string) => fetch(`${sender.url}/v1/track`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: sender.writeKey, userId, event }) });
async function person(userId: string): Promise<string> {
  await track(userId, 'Signed Up');
  return (await sender.api('GET', `/v1/people/external:${userId}`)).body.id;
}
const waits = (frames: readonly StreamFrame[]) => frames.find((frame): frame is { d: string } => 'd' in frame)?.d;
const channels = async () => ((await sender.db.query(`select a.pid from pg_stat_activity as a where a.application_name = 'danbi-wake' and a.datname = current_database()`)) as { pid: number }[]).map(({ pid }) => pid);
/** Nothing but a notification can bring news now. */
const stopPolling = () => clearInterval((holder.nest.get(NewsFeed, { strict: false }) as unknown as { timer: NodeJS.Timeout }).timer);

test('what one process puts into an inbox reaches the page that another holds, and so does its end', async () => {
  const made = await sender.api('POST', '/v1/campaigns', { name: 'Tip', definition: { type: 'series', entry: { type: 'event', event: 'Opened Board' }, start: 'a', steps: [{ id: 'a', type: 'message', channel: 'in_app', variants: [{ key: 'A', content: { body: 'Try this' } }], next: 'w' }, { id: 'w', type: 'wait', for: { days: 3 }, next: null }] } });
  expect((await sender.api('POST', `/v1/campaigns/${made.body.id}/publish`, {})).status).toBe(200);
  const mina = await person('mina');
  const page = await listen(mina);
  await track('mina', 'Opened Board');
  const frames = await page.until((all) => waits(all) !== undefined && all.some((frame) => 'n' in frame && frame.n === 1));
  const deliveryId = waits(frames)!;
  expect((await sender.api('GET', `/v1/people/${mina}/inbox`)).body.items[0].deliveryId).toBe(deliveryId);
  await sender.api('POST', `/v1/people/${mina}/inbox/${deliveryId}/seen`);
  await page.until((all) => all.some((frame) => 'n' in frame && frame.n === 0));
  await sender.api('POST', `/v1/campaigns/${made.body.id}/stop`, {});
  await page.until((all) => all.some((frame) => 'x' in frame && frame.x === deliveryId));
  page.close();
});

test('what nobody announced comes by itself', async () => {
  const ben = await person('ben');
  const page = await listen(ben);
  const delivery = newId();
  await recordNews(sender.db, [{ personId: ben, kind: 'message', ref: delivery }], new Date());
  await page.until((all) => waits(all) === delivery);
  page.close();
});

test('a killed LISTEN is opened again and brings news as before', async () => {
  const zoe = await person('zoe');
  const page = await listen(zoe);
  stopPolling();
  const killed = await channels();
  expect(killed).toHaveLength(2);
  await sender.db.query('select pg_terminate_backend(p) from unnest($1::int[]) as q (p)', [killed]);
  for (let alive: number[] = []; alive.length < 2; ) {
    await new Promise((done) => { setTimeout(done, 50); });
    alive = (await channels()).filter((pid) => !killed.includes(pid));
  }
  await sender.db.query('select pg_sleep(0.3)');
  const delivery = newId();
  await recordNews(sender.db, [{ personId: zoe, kind: 'message', ref: delivery }], new Date());
  sender.runner.wake('visitors.news');
  await page.until((all) => waits(all) === delivery);
  page.close();
});

test('merged people are told to ask anew who they are', async () => {
  const anonymous = await fetch(`${sender.url}/v1/track`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: sender.writeKey, anonymousId: 'browser-1', event: 'Looked' }) });
  expect(anonymous.status).toBe(200);
  const before = (await sender.api('GET', '/v1/people/anonymous:browser-1')).body.id;
  const kim = await person('kim');
  const pages = [await listen(before), await listen(kim)];
  await fetch(`${sender.url}/v1/identify`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: sender.writeKey, anonymousId: 'browser-1', userId: 'kim' }) });
  await Promise.all(pages.map((page) => page.until((all) => all.some((frame) => 'r' in frame))));
  for (const page of pages) page.close();
});

test('a process that stops says when to come back, each page at another time', async () => {
  const lee = await person('lee');
  const pages = await Promise.all(Array.from({ length: 12 }, () => listen(lee)));
  await Promise.all(pages.map(async (page) => { while (page.lastId === '') await new Promise((done) => { setTimeout(done, 5); }); }));
  const waiting = fetch(`${holder.url}/v1/stream?wait=25&t=${await holder.nest.get(StreamTickets, { strict: false }).issue({ personId: lee, keyId: newId(), origin: null, verified: true }, new Date())}`);
  await new Promise((done) => { setTimeout(done, 300); });
  holderClosed = true;
  await holder.close();
  await Promise.all(pages.map((page) => page.ended));
  const retries = pages.map((page) => page.retry!);
  expect(retries.every((retry) => retry >= 0 && retry < 30_000)).toBe(true);
  expect(new Set(retries).size).toBeGreaterThan(6);
  expect(Math.max(...retries)).toBeGreaterThan(3_000);
  expect(await (await waiting).text()).toMatch(/^id: [^\n]+\ndata: 0\n\n$/);
});
