import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '../../src/kernel/ids.js';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { hasBrowser, openBrowser, type TestBrowser } from '../support/browser.js';

const SCRIPTS: Record<string, string> = {
  '/segment/': 'node_modules/@segment/analytics-next/dist/umd/',
  '/rudder/': 'node_modules/@rudderstack/analytics-js/dist/npm/modern/bundled/umd/',
};

/** A shop on an origin of its own, with the published files of the clients and nothing else. */
async function startShop(): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const path = new URL(request.url!, 'http://shop').pathname;
    const [prefix, folder] = Object.entries(SCRIPTS).find(([start]) => path.startsWith(start)) ?? [];
    if (!prefix) return void response.writeHead(path === '/favicon.ico' ? 204 : 200, { 'content-type': 'text/html' }).end('<!doctype html><title>Shop</title><body>shop');
    readFile(join(folder!, normalize(path.slice(prefix.length)))).then(
      (file) => response.writeHead(200, { 'content-type': 'text/javascript' }).end(file),
      () => response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { url: `http://localhost:${(server.address() as AddressInfo).port}`, server };
}

/** What both clients have in common, as far as it is called here. */
interface Client {
  page(name: string): unknown;
  track(event: string, properties: object): unknown;
  identify(userId: string, traits: object): unknown;
  group(groupId: string, traits: object): unknown;
  alias(to: string, from?: string): unknown;
}
interface Start { danbi: string; key: string; options: object }
/** The page's globals; what runs there can take nothing from here. */
interface PageWorld {
  AnalyticsNext: { AnalyticsBrowser: { load(settings: object, options: object): Client } };
  rudderanalytics: { RudderAnalytics: new () => Client & { load(key: string, url: string, options: object): void } };
  client: Client;
  localStorage: { clear(): void };
  sessionStorage: { clear(): void };
}

const segment = ({ danbi, key, options }: Start) => {
  const page = globalThis as unknown as PageWorld;
  page.client = page.AnalyticsNext.AnalyticsBrowser.load({ writeKey: key, cdnURL: danbi }, options);
};
const rudder = ({ danbi, key, options }: Start) => {
  const page = globalThis as unknown as PageWorld;
  const client = new page.rudderanalytics.RudderAnalytics();
  client.load(key, danbi, { configUrl: danbi, ...options });
  page.client = client;
};

const EXPECTED = [['alias', '$alias'], ['group', '$group'], ['identify', '$identify'], ['page', '$page'], ['track', 'Anonymous Thing'], ['track', 'Known Thing']];

(hasBrowser ? describe : describe.skip)('published clients in a browser, from a page of another origin', () => {
  let app: TestApp;
  let shop: { url: string; server: Server };
  let browser: TestBrowser;
  let key: string;
  beforeAll(async () => {
    [app, shop, browser] = await Promise.all([startTestApp(), startShop(), openBrowser()]);
    key = (await app.api('POST', '/v1/api-keys', { kind: 'write', name: 'shop', allowedOrigins: [shop.url] })).body.secret;
  });
  afterAll(async () => {
    await browser.close();
    shop.server.closeAllConnections();
    shop.server.close();
    await app.close();
  });

  const eventsOf = (userId: string) => rows<{ type: string; name: string }>(app.db, `
    select e.type, e.name from event as e join person as p on p.id = e.person_id where p.external_id = $1 order by e.type, e.name`, [userId]);
  const arrived = async (userId: string) => (await eventsOf(userId)).map(({ type, name }) => [type, name]);

  test.each<[string, string, (start: Start) => void, object]>([
    ['@segment/analytics-next, an event a request', '/segment/index.js', segment, {}],
    ['@segment/analytics-next, batching', '/segment/index.js', segment, { integrations: { 'Segment.io': { deliveryStrategy: { strategy: 'batching', config: { size: 3, timeout: 500 } } } } }],
    ['@rudderstack/analytics-js, an event a request', '/rudder/index.js', rudder, {}],
    ['@rudderstack/analytics-js, batching', '/rudder/index.js', rudder, { queueOptions: { batch: { enabled: true, maxItems: 3, flushInterval: 500 } } }],
    ['@rudderstack/analytics-js, beacon', '/rudder/index.js', rudder, { useBeacon: true, beaconQueueOptions: { maxItems: 3, flushQueueInterval: 500 } }],
  ])('%s: every event arrives once, with its person', async (name, script, start, options) => {
    const [userId, company] = [newId(), newId()];
    const { page, faults } = browser;
    await page.context().clearCookies();
    await page.goto(`${shop.url}/pricing?${encodeURIComponent(name)}`);
    await page.evaluate(() => {
      const { localStorage, sessionStorage } = globalThis as unknown as PageWorld;
      localStorage.clear();
      sessionStorage.clear();
    });
    await page.addScriptTag({ url: script });
    await page.evaluate(start, { danbi: app.url, key, options });
    await page.evaluate(async ([user, group]) => {
      const { client } = globalThis as unknown as PageWorld;
      const wait = () => new Promise((done) => { setTimeout(done, 50); });
      client.page('Pricing');
      client.track('Anonymous Thing', { step: 1 });
      await wait();
      client.identify(user!, { plan: 'pro' });
      await wait();
      client.track('Known Thing', { step: 2 });
      client.group(group!, { name: 'Acme' });
      client.alias(user!, user!);
    }, [userId, company]);
    for (const until = performance.now() + 15_000; (await eventsOf(userId)).length < EXPECTED.length && performance.now() < until; ) await pause(100);
    // Leaving the page makes clients send again what they are not sure of.
    await page.goto('about:blank');
    await pause(500);
    expect(await arrived(userId)).toEqual(EXPECTED);
    expect(await rows(app.db, 'select p.attributes, p.kind from person as p where p.external_id = $1', [userId])).toEqual([{ attributes: { plan: 'pro' }, kind: 'user' }]);
    expect(faults.splice(0)).toEqual([]);
  }, 40_000);

  test('a page the key is not for is told so, and nothing arrives', async () => {
    const other = (await app.api('POST', '/v1/api-keys', { kind: 'write', name: 'other', allowedOrigins: ['https://elsewhere.example'] })).body.secret;
    const { page, faults } = browser;
    await page.goto(`${shop.url}/pricing`);
    const read = await page.evaluate(async ([url, writeKey]) => {
      const answer = await fetch(`${url}/v1/t`, { method: 'POST', body: JSON.stringify({ writeKey, event: 'x', anonymousId: 'stranger' }) });
      return [answer.status, ((await answer.json()) as { code: string }).code];
    }, [app.url, other]);
    expect(read).toEqual([403, 'origin_not_allowed']);
    expect(await rows(app.db, `select 1 from person_identity as i where i.value = 'stranger'`)).toEqual([]);
    faults.splice(0);
  });
});
