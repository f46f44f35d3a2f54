import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { rows } from '../../src/platform/database/db.js';
import { Streams } from '../../src/visitors/stream/streams.service.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { hasBrowser, openBrowser, type TestBrowser } from '../support/browser.js';
import { autoMessage, inApp, series } from '../support/campaign-definitions.js';
import { publishAuto } from '../support/displays.js';
import { openRawBrowser } from '../support/raw-tabs.js';
import { openRoots } from '../support/sdk-page.js';
import { openGate, openSite, type Gate } from '../support/sdk-gate.js';

const POLICY = "default-src 'none'; script-src 'nonce-abc'; connect-src GATE; img-src data:; require-trusted-types-for 'script'";

(hasBrowser ? describe : describe.skip)('messages, from the rule to the impression', () => {
  let app: TestApp;
  let gate: Gate;
  let site: { url: string; close(): Promise<void> };
  let browser: TestBrowser;
  let page: Page;
  let number = 0;

  beforeAll(async () => {
    app = await startTestApp({ workers: 'running' });
    gate = await openGate(app.url);
    await app.api('PATCH', '/v1/sending-rules', { rules: { display_limit: { on: false } } });
    site = await openSite((path) => path === '/bare' ? { body: 'elsewhere' } : ({
      headers: { 'content-security-policy': POLICY.replace('GATE', gate.url) },
      body: `<h1>Pricing</h1><script nonce="abc">
        window.violations = []; addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective + ' ' + event.blockedURI));
        window.heard = []; window.danbi = { q: ['ready', 'rule', 'message', 'impression', 'click', 'dismiss', 'unread'].map((name) => ['on', [name, (detail) => heard.push([name, detail])]]) };
      </script><script nonce="abc" async src="${gate.url}/sdk/danbi.js" data-key="${app.writeKey}"></script>`,
    }));
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await site.close();
    await gate.close();
    await app.close();
  });
  beforeEach(async () => {
    const context = browser.page.context();
    const old = context.pages();
    page = await context.newPage();
    await openRoots(page);
    for (const one of old) await one.close();
    await context.clearCookies();
    await page.goto(site.url);
    await page.evaluate('localStorage.clear()');
    await page.goto('about:blank');
    gate.seen.length = 0;
    number += 1;
  });
  afterEach(async () => {
    expect(browser.faults.splice(0)).toEqual([]);
  });

  const path = () => `/pricing/${number}`;
  const publish = (display: object = {}, change: object = {}) =>
    publishAuto(app, autoMessage({ display: { page: { include: [{ pattern: path() }] }, trigger: { type: 'page_view' }, ...display }, ...change }), `Message ${number}`);
  /** Polls from outside: the page's policy forbids what `waitForFunction` does. */
  const see = async (on: Page, expression: string) => expect(await until(() => on.evaluate<unknown>(expression), Boolean)).toBeTruthy();
  const heard = (on: Page, name: string) => see(on, `heard.some(([one]) => one === '${name}')`);
  const impressions = (campaign: string) => rows(app.db, `select e.kind from delivery_event as e join delivery as d on d.id = e.delivery_id and d.person_id = e.person_id where d.campaign_id = $1 and e.kind = 'impression'`, [campaign]);
  async function until<T>(read: () => Promise<T>, fits: (value: T) => boolean): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      const value = await read();
      if (fits(value) || tries > 400) return value;
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
  }

  test('a message is displayed under the strictest policy, counted once, and put away', async () => {
    const id = await publish();
    await page.goto(`${site.url}${path()}`);
    await heard(page, 'impression');
    expect(await until(() => impressions(id), ({ length }) => length > 0)).toHaveLength(1);
    expect(await page.evaluate('[violations, heard.map(([name]) => name)]')).toEqual([[], expect.arrayContaining(['ready', 'rule', 'message', 'impression'])]);
    // Once in a visit, on whatever page.
    await page.goto(`${site.url}${path()}`);
    await heard(page, 'ready');
    await page.waitForTimeout(1_500);
    expect([await page.evaluate(`heard.some(([name]) => name === 'message')`), (await impressions(id)).length]).toEqual([false, 1]);
  });

  test('twenty tabs at once: one of them displays it', async () => {
    const id = await publish();
    const tabs = await Promise.all(Array.from({ length: 20 }, () => page.context().newPage()));
    await Promise.all(tabs.map((tab) => tab.goto(`${site.url}${path()}`)));
    await until(() => impressions(id), ({ length }) => length > 0);
    await page.waitForTimeout(3_000);
    const shown = await Promise.all(tabs.map((tab) => tab.evaluate<boolean>(`heard.some(([name]) => name === 'impression')`)));
    // The others wait behind the lock and do not even ask.
    expect([shown.filter(Boolean).length, (await impressions(id)).length, gate.seen.filter(({ path: asked }) => asked === '/v1/claim').length]).toEqual([1, 1, 1]);
    await Promise.all(tabs.map((tab) => tab.close()));
  });

  test('of two rules that come true together, the one with the higher priority is first; the other follows when it is put away', async () => {
    const low = await publish({ priority: 10 });
    const high = await publish({ priority: 90 });
    await page.goto(`${site.url}${path()}`);
    await heard(page, 'impression');
    expect(await page.evaluate(`heard.filter(([name]) => name === 'impression').map(([, { campaign }]) => campaign)`)).toEqual([high]);
    await page.getByRole('button', { name: '닫기' }).click();
    await see(page, `heard.filter(([name]) => name === 'impression').length === 2`);
    expect(await page.evaluate(`heard.filter(([name]) => name === 'impression').map(([, { campaign }]) => campaign)`)).toEqual([high, low]);
  });

  test('a message to a known user appears in the page that is open, in one tab, and goes when it is recalled', async () => {
    await page.goto(`${site.url}${path()}`);
    await heard(page, 'ready');
    await page.evaluate(`danbi.identify('user-${number}', { email: 'user-${number}@example.org' })`);
    await until(async () => (await app.api('GET', `/v1/people/external:user-${number}`)).status, (status) => status === 200);
    await page.goto('about:blank');
    gate.seen.length = 0;
    await page.goto(`${site.url}${path()}`);
    const second = await page.context().newPage();
    await openRoots(second);
    await second.goto(`${site.url}${path()}`);
    await until(async () => gate.seen.filter(({ path: asked }) => asked.startsWith('/v1/stream')).length, (streams) => streams > 0);
    await page.waitForTimeout(500);
    expect(gate.seen.filter(({ path: asked }) => asked.startsWith('/v1/stream'))).toHaveLength(1);
    const id = await publishAuto(app, series({ entry: { type: 'event', event: 'Asked' }, steps: [inApp('a')] }));
    await page.evaluate(`danbi.track('Asked')`);
    const pages = [page, second];
    await until(() => impressions(id), ({ length }) => length > 0);
    const shown = await Promise.all(pages.map((one) => one.evaluate<boolean>(`heard.some(([name]) => name === 'impression')`)));
    expect(shown.filter(Boolean)).toHaveLength(1);
    const open = pages[shown.indexOf(true)]!;
    expect(await open.evaluate(painted)).toBe(1);
    await app.api('POST', `/v1/campaigns/${id}/stop`);
    await see(open, `(${painted}) === 0`);
    expect(await open.evaluate(`heard.some(([name]) => name === 'dismiss')`)).toBe(false);
    await second.close();
  });

  test('behind a proxy that holds streams back news come by long polls, from where the lost stream ended', async () => {
    const streams = () => gate.seen.map(({ path: asked }) => asked).filter((asked) => asked.startsWith('/v1/stream'));
    await page.goto(`${site.url}${path()}`);
    await heard(page, 'ready');
    await page.evaluate(`danbi.identify('user-${number}', {})`);
    await until(async () => (await app.api('GET', `/v1/people/external:user-${number}`)).status, (status) => status === 200);
    await page.goto('about:blank');
    gate.seen.length = 0;
    await page.goto(`${site.url}${path()}`);
    await until(() => Promise.resolve(streams().length), (length) => length > 0);
    await page.waitForTimeout(300);
    gate.mode = 'whole';
    try {
      gate.cut();
      gate.seen.length = 0;
      await until(() => Promise.resolve(streams().length), (length) => length > 1);
      expect(streams()).toEqual([expect.stringMatching(/&i=[\d:,]+$/), expect.stringMatching(/&i=[\d:,]+&wait=25$/)]);
      const id = await publishAuto(app, series({ entry: { type: 'event', event: 'Asked' }, steps: [inApp('a')] }));
      await page.evaluate(`danbi.track('Asked')`);
      expect(await until(() => impressions(id), ({ length }) => length > 0)).toHaveLength(1);
      // Answered, it asks on at once.
      await until(() => Promise.resolve(streams().length), (length) => length > 2);
      expect(streams().at(-1)).toMatch(/&wait=25$/);
    } finally {
      gate.mode = 'open';
    }
  }, 40_000);

  const painted = `document.querySelector('danbi-messages')?.shadowRoot.querySelectorAll('section').length ?? 0`;
  const hub = () => app.nest.get(Streams, { strict: false });
  const connected = async (count: number) => expect(await until(async () => hub().size, (size) => size === count)).toBe(count);
  /** Comes to the page as a user whom the service knows. @param run evaluates in the page */
  async function comeAsUser(run: <T>(expression: string) => Promise<T>, goto: (url: string) => Promise<unknown>): Promise<void> {
    await goto(`${site.url}/sign-in`);
    await until(() => run(`heard.some(([name]) => name === 'ready')`), Boolean);
    await run(`danbi.identify('user-${number}', { email: 'user-${number}@example.org' })`);
    await until(async () => (await app.api('GET', `/v1/people/external:user-${number}`)).status, (status) => status === 200);
    await goto(`${site.url}/bare`);
    gate.seen.length = 0;
    await goto(`${site.url}${path()}`);
  }
  /** What the service sends to this user now, started by something that happened elsewhere. */
  async function sendToUser(): Promise<string> {
    const id = await publishAuto(app, series({ entry: { type: 'event', event: `Asked ${number}` }, steps: [inApp('a')] }));
    const answer = await fetch(`${app.url}/v1/track`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Basic ${btoa(`${app.writeKey}:`)}` }, body: JSON.stringify({ userId: `user-${number}`, event: `Asked ${number}` }) });
    expect(answer.status).toBe(200);
    return id;
  }

  test('a page that comes back from the cache hears news again', async () => {
    const raw = await openRawBrowser();
    try {
      const tab = await raw.open(`${site.url}/bare`);
      await comeAsUser(tab.run, tab.goto);
      await connected(1);
      await tab.run('window.same = true');
      // With its stream open or its lock held, Chromium would not keep the page.
      await tab.goto(`${site.url}/bare`);
      await connected(0);
      await tab.run('history.back()');
      expect(await until(() => tab.run<boolean>('window.same === true').catch(() => false), Boolean)).toBe(true);
      await connected(1);
      const id = await sendToUser();
      expect(await until(() => tab.run(`heard.some(([name]) => name === 'impression')`), Boolean)).toBe(true);
      expect(await until(() => impressions(id), ({ length }) => length > 0)).toHaveLength(1);
    } finally {
      await raw.close();
    }
  });

  test('switched off, open pages stop and those to come do nothing, until it is switched on again', async () => {
    const first = await publish();
    await comeAsUser((expression) => page.evaluate(expression), (url) => page.goto(url));
    // One whose report had not left yet would count as not displayed.
    expect(await until(() => impressions(first), ({ length }) => length > 0)).toHaveLength(1);
    await connected(1);
    expect((await app.api('PUT', '/v1/site-settings', { off: true })).status).toBe(200);
    try {
      // Open pages are told with the heartbeat; the test does not wait for its seconds.
      const beat = () => (hub() as unknown as { beat(): void }).beat();
      expect(await until(async () => { beat(); return page.evaluate(painted); }, (count) => count === 0)).toBe(0);
      await connected(0);
      gate.seen.length = 0;
      await page.evaluate(`danbi.track('After')`);
      await page.goto(`${site.url}${path()}`);
      await page.waitForTimeout(1_500);
      await page.evaluate(`danbi.track('Later'); document.body.click()`);
      await page.waitForTimeout(1_500);
      expect(gate.seen.map(({ path: asked }) => asked).filter((asked) => !asked.startsWith('/sdk/'))).toEqual(['/v1/boot']);
      expect(await page.evaluate(`[Object.keys(localStorage).filter((name) => name.startsWith('danbi')), heard, ${painted}]`)).toEqual([[], [], 0]);
    } finally {
      await app.api('PUT', '/v1/site-settings', {});
    }
    await app.api('POST', `/v1/campaigns/${first}/stop`);
    const next = await publish();
    await page.goto(`${site.url}${path()}`);
    await heard(page, 'impression');
    expect(await until(() => impressions(next), ({ length }) => length > 0)).toHaveLength(1);
  });
});
