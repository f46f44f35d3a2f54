import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { startTestApp, type TestApp } from '../support/app.js';
import { hasBrowser, openBrowser, type TestBrowser } from '../support/browser.js';
import { openGate, openSite, type Gate, type SitePage } from '../support/sdk-gate.js';

const POLICY = "default-src 'none'; script-src 'nonce-abc'; connect-src GATE; img-src data:; require-trusted-types-for 'script'";
const STUB = `!function(w,q){w.danbi=w.danbi||{q:q},'init identify track page group alias reset consent on show'.split(' ').forEach(function(n){danbi[n]=danbi[n]||function(){q.push([n,arguments])}})}(window,[])`;

interface Stored { name: string; properties: Record<string, unknown>; context: Record<string, unknown>; messageId: string; anonymousIds: string[]; userId: string | null }

(hasBrowser ? describe : describe.skip)('the core of the SDK, in a page of another site', () => {
  let app: TestApp;
  let gate: Gate;
  let site: { url: string; close(): Promise<void> };
  let browser: TestBrowser;
  let page: Page;
  /** What earlier tests have left. */
  let known: string[] = [];

  /** `/` with the tag as it is; the query names data attributes; `/bare` without the tag, `/strict` under the strictest policy. */
  const pageAt = (path: string): SitePage => {
    const { pathname, searchParams } = new URL(path, 'http://x');
    const strict = pathname === '/strict';
    const attributes = [...searchParams].filter(([name]) => name !== 'utm_source').map(([name, value]) => ` data-${name}="${value}"`).join('');
    const nonce = strict ? ' nonce="abc"' : '';
    const body = `<h1>${pathname}</h1><a href="/next">next</a><script${nonce}>window.violations=[];addEventListener('securitypolicyviolation',function(e){violations.push(e.violatedDirective+' '+e.blockedURI)});${STUB}</script>
      ${pathname === '/bare' ? '' : `<script${nonce} async src="${gate.url}/sdk/danbi.js" data-key="${app.writeKey}"${attributes}></script>`}`;
    return { body, ...(strict ? { headers: { 'content-security-policy': POLICY.replace('GATE', gate.url) } } : {}) };
  };

  beforeAll(async () => {
    app = await startTestApp();
    gate = await openGate(app.url);
    site = await openSite(pageAt);
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await site.close();
    await gate.close();
    await app.close();
  });
  beforeEach(async () => {
    const pages = browser.page.context().pages();
    page = await browser.page.context().newPage();
    page.setDefaultTimeout(10_000);
    for (const old of pages) await old.close();
    await page.goto(`${site.url}/bare`);
    await page.evaluate('localStorage.clear()');
    await page.context().clearCookies();
    known = ((await app.db.query('select e.message_id as id from event as e')) as { id: string }[]).map(({ id }) => id);
    gate.mode = 'open';
    gate.seen.length = 0;
  });

  const stored = async (): Promise<Stored[]> => (await app.db.query(`
    select e.name, e.properties, e.context, e.message_id as "messageId", p.external_id as "userId",
           array(select i.value from person_identity as i where i.person_id = e.person_id and i.kind = 'anonymous_id' order by 1) as "anonymousIds"
      from event as e join person as p on p.id = e.person_id
     where e.name <> '$page_engaged' and not e.message_id = any($1) order by e.occurred_at, e.id`, [known])) as Stored[];
  /** Waits until these events, in any order, are all there is, each once. */
  async function arrive(names: string[]): Promise<Stored[]> {
    const deadline = Date.now() + 15_000;
    for (;;) {
      const events = await stored();
      if (events.length >= names.length || Date.now() > deadline) {
        expect(events.map(({ name }) => name).sort()).toEqual([...names].sort());
        return events;
      }
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
  }
  const open = async (path = '/') => {
    await page.goto(`${site.url}${path}`);
    // Not `waitForFunction`: the strictest policy forbids what it does.
    while (!(await page.evaluate('danbi.inbox !== undefined'))) await page.waitForTimeout(20);
  };
  const track = (...names: string[]) => page.evaluate(`${JSON.stringify(names)}.forEach((name) => danbi.track(name))`);
  const paths = () => gate.seen.map(({ method, path }) => `${method} ${path}`).filter((one) => !one.includes('/sdk/'));

  test('what happens is stored once, with where it happened, and no browser asks for permission first', async () => {
    await page.goto(`${site.url}/?utm_source=mail`);
    await page.evaluate(`danbi.track('Clicked', { button: 'buy', at: { price: 1 } })`);
    await page.evaluate(`danbi.group('acme', { plan: 'pro' })`);
    const [view, click, group] = await arrive(['$page', 'Clicked', '$group']);
    expect(view).toMatchObject({ properties: { url: `${site.url}/?utm_source=mail`, title: 'Shop' }, context: { library: { name: 'danbi-js' }, locale: 'en-US', device: { type: 'desktop' }, page: { url: `${site.url}/?utm_source=mail` } } });
    expect([click!.properties, group!.properties]).toEqual([{ button: 'buy', at: { price: 1 } }, { groupId: 'acme', traits: { plan: 'pro' } }]);
    expect(click!.messageId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(click!.anonymousIds).toEqual([(await page.context().cookies()).find(({ name }) => name === 'danbi')!.value.split('.')[0]]);
    expect(gate.seen.filter(({ method }) => method === 'OPTIONS')).toEqual([]);
    expect(gate.seen.filter(({ path }) => path.startsWith('/v1/')).map(({ headers }) => headers['content-type'])).toEqual(expect.arrayContaining(['text/plain;charset=UTF-8']));
    expect(browser.faults.splice(0)).toEqual([]);
  });

  test('calls before the script is there are kept, in their order', async () => {
    gate.mode = 'mute';
    await page.goto(`${site.url}/bare`);
    await page.evaluate(`danbi.track('First'); danbi.identify('ann'); danbi.track('Second'); danbi.init(${JSON.stringify({ host: gate.url, key: app.writeKey })})`);
    gate.mode = 'open';
    await page.addScriptTag({ url: `${gate.url}/sdk/danbi.js` });
    const events = await arrive(['First', '$identify', 'Second', '$page']);
    expect(events.map(({ name, userId }) => [name, userId])).toEqual(expect.arrayContaining([['First', 'ann'], ['Second', 'ann']]));
    const sent = gate.batches().flatMap(({ batch }) => batch).map(({ type, event }) => event ?? type);
    expect(sent.indexOf('First') < sent.indexOf('identify') && sent.indexOf('identify') < sent.indexOf('Second')).toBe(true);
  });

  test('what others have written over its storage stops nothing', async () => {
    await page.evaluate(`Object.assign(localStorage, { 'danbi:id': '7', 'danbi:user': '5', 'danbi:q.x': '5', 'danbi:q.y': 'no JSON', 'danbi:boot': '[]', 'danbi:caps': '"x"', 'danbi:visit': '0' })`);
    await open();
    await track('Still here');
    await arrive(['$page', 'Still here']);
    expect(browser.faults.splice(0)).toEqual([]);
  });

  test('offline, then online: everything arrives once', async () => {
    await open();
    await arrive(['$page']);
    await page.context().setOffline(true);
    await track('A', 'B', 'C');
    await page.waitForTimeout(1_500);
    await page.context().setOffline(false);
    await arrive(['$page', 'A', 'B', 'C']);
    browser.faults.length = 0;
  });

  test('the service is away for a while, then says "later", then works: everything arrives once', async () => {
    await open();
    await arrive(['$page']);
    gate.mode = 'down';
    await track('A');
    await page.waitForTimeout(2_000);
    gate.mode = 503;
    await track('B');
    await page.waitForTimeout(1_500);
    gate.mode = 'open';
    await arrive(['$page', 'A', 'B']);
    browser.faults.length = 0;
  });

  test('the page is left while nobody answers: the next page brings it, once', async () => {
    await open();
    await arrive(['$page']);
    gate.mode = 'down';
    await track('A', 'B');
    await page.waitForTimeout(1_200);
    await page.goto(`${site.url}/bare`);
    expect((await stored()).length).toBe(1);
    gate.mode = 'open';
    await open('/next');
    await arrive(['$page', 'A', 'B', '$page']);
    // It came, but the page never heard of it: sent again, stored once.
    gate.mode = 'mute';
    await track('C');
    await page.waitForTimeout(1_200);
    await page.goto(`${site.url}/bare`);
    gate.mode = 'open';
    await open();
    await arrive(['$page', 'A', 'B', '$page', 'C', '$page']);
    // The service has it before the page hears of that.
    const kept = () => page.evaluate(`Object.keys(localStorage).filter((name) => name.startsWith('danbi:q'))`) as Promise<string[]>;
    for (let tries = 0; tries < 100 && (await kept()).length > 0; tries += 1) await page.waitForTimeout(50);
    expect(await kept()).toEqual([]);
    browser.faults.length = 0;
  });

  test('more than a browser sends from a page that closes: what it takes goes at once, the rest with the next page', async () => {
    await open();
    await arrive(['$page']);
    await page.evaluate(`for (let index = 0; index < 5; index += 1) danbi.track('Large ' + index, { more: Array.from({ length: 27 }, () => 'x'.repeat(900)) }); location.href = '/bare'`);
    await page.waitForURL(/bare/);
    await page.waitForTimeout(500);
    const first = (await stored()).length;
    expect([first > 1, first < 6]).toEqual([true, true]);
    await open('/next');
    const events = await arrive(['$page', '$page', ...Array.from({ length: 5 }, (_, index) => `Large ${index}`)]);
    expect(events.filter(({ name }) => name.startsWith('Large')).every(({ properties }) => (properties.more as string[]).length === 27)).toBe(true);
    expect(gate.seen.some(({ path }) => path === '/v1/b?z=1')).toBe(true);
  });

  test('under the strictest policy nothing is violated', async () => {
    await open('/strict');
    await track('A');
    await arrive(['$page', 'A']);
    expect(await page.evaluate('violations')).toEqual([]);
    expect(browser.faults.splice(0)).toEqual([]);
  });

  test('the page keeps its globals, its prototypes and its errors', async () => {
    const natives = '[history.pushState, history.replaceState, fetch, XMLHttpRequest.prototype.send, EventTarget.prototype.addEventListener]';
    await page.addInitScript(`window.natives = ${natives}; window.before = Object.getOwnPropertyNames(window)`);
    await open();
    await arrive(['$page']);
    const found = await page.evaluate<{ same: boolean; added: string[] }>(`(() => {
      const circular = {};
      circular.self = circular;
      danbi.track('Circular', circular);
      danbi.on('ready', () => { throw new Error('of the page'); });
      danbi.identify(null);
      return { same: ${natives}.every((one, index) => one === natives[index]), added: Object.getOwnPropertyNames(window).filter((name) => !before.includes(name)) };
    })()`);
    expect(found).toEqual({ same: true, added: expect.arrayContaining(['danbi']) });
    expect(found.added.filter((name) => !['danbi', 'violations', 'before', 'natives', '0'].includes(name))).toEqual([]);
    expect(browser.faults.splice(0).filter((fault) => fault.startsWith('page error'))).toEqual([]);
  });

  const kept = () => page.evaluate<{ names: string[]; cookie: string }>('({ names: [...Object.keys(localStorage), ...Object.keys(sessionStorage)].sort(), cookie: document.cookie })');

  test('a visitor who has not answered: nothing is stored and nothing is sent; after yes it comes, after no it is gone', async () => {
    await open('/?consent=manual');
    await track('Before');
    await page.evaluate(`danbi.identify('ben')`);
    await page.waitForTimeout(1_500);
    await page.evaluate(`dispatchEvent(new Event('pagehide'))`);
    expect([paths(), await kept()]).toEqual([[], { names: [], cookie: '' }]);
    await page.evaluate(`danbi.consent({ analytics: 'granted', messages: 'denied' })`);
    const events = await arrive(['$page', 'Before', '$identify']);
    expect(events.at(-1)!.userId).toBe('ben');
    expect((await kept()).cookie).toMatch(/^danbi=[0-9a-f-]{36}\.granted\.denied$/);
    const sent = paths().length;
    await page.evaluate(`danbi.consent({ analytics: 'denied' })`);
    await track('After');
    await page.waitForTimeout(1_500);
    expect([paths().length, await kept()]).toEqual([sent, { names: [], cookie: 'danbi=.denied.denied' }]);
    // The refusal holds on the next page, also where nobody asks.
    await open('/next');
    await track('Next');
    await page.waitForTimeout(1_200);
    expect([paths().length, (await kept()).names]).toEqual([sent, []]);
  });

  test('at most fifty events wait for an answer', async () => {
    await open('/?consent=manual');
    await page.evaluate(`for (let index = 0; index < 80; index += 1) danbi.track('Waiting')`);
    await page.evaluate(`danbi.consent({ analytics: 'granted' })`);
    await arrive(['$page', ...Array.from({ length: 49 }, () => 'Waiting')]);
  });

  test.each([['Global Privacy Control', 'globalPrivacyControl', 'true'], ['Do Not Track', 'doNotTrack', "'1'"]])('%s is a no to events', async (_, property, value) => {
    await page.addInitScript(`Object.defineProperty(Navigator.prototype, '${property}', { get: () => ${value} })`);
    await open();
    await track('A');
    await page.waitForTimeout(1_500);
    expect(paths()).toEqual(['POST /v1/boot']);
    await page.evaluate(`danbi.consent({ analytics: 'granted' })`);
    await track('B');
    await arrive(['B']);
  });

  test('without storage the id lasts as long as the page visit', async () => {
    await open('/?storage=none');
    await track('A');
    const first = await arrive(['$page', 'A']);
    await open('/next?storage=none');
    await track('B');
    const ids = (await arrive(['$page', 'A', '$page', 'B'])).map(({ anonymousIds }) => anonymousIds.join());
    expect([ids[0] === ids[1], ids[2] === ids[3], ids[0] === ids[2]]).toEqual([true, true, false]);
    expect([first.length, await kept()]).toEqual([2, { names: [], cookie: '' }]);
  });

  test('two users on one device are two people; signing out makes a third', async () => {
    await open();
    await page.evaluate(`danbi.identify('one', { plan: 'free' })`);
    await track('A');
    await open('/next');
    await track('B');
    await page.evaluate(`danbi.identify('two'), danbi.track('C'), danbi.identify('two', { plan: 'pro' }), danbi.identify('undefined'), danbi.track('D')`);
    await page.evaluate(`danbi.reset(), danbi.track('E')`);
    const events = await arrive(['$page', '$identify', 'A', '$page', 'B', '$identify', 'C', '$identify', 'D', 'E']);
    const who = Object.fromEntries(events.filter(({ name }) => /^[A-E]$/.test(name)).map(({ name, userId, anonymousIds }) => [name, `${userId} ${anonymousIds.length}`]));
    expect(who).toEqual({ A: 'one 1', B: 'one 1', C: 'two 1', D: 'two 1', E: 'null 1' });
    expect(new Set(events.map(({ anonymousIds }) => anonymousIds.join())).size).toBe(3);
  });

  test('ten tabs that closed while nobody answered: one takes it all on, once', async () => {
    await open();
    await arrive(['$page']);
    gate.mode = 'down';
    const tabs: Page[] = [];
    for (let index = 0; index < 10; index += 1) {
      const tab = await page.context().newPage();
      await tab.goto(`${site.url}/bare`);
      tabs.push(tab);
    }
    gate.mode = 'open';
    await Promise.all(tabs.map((tab) => tab.goto(`${site.url}/tab`)));
    await Promise.all(tabs.map((tab) => tab.waitForFunction('danbi.inbox !== undefined')));
    await arrive(Array.from({ length: 11 }, () => '$page'));
    gate.mode = 'down';
    await Promise.all(tabs.map((tab, index) => tab.evaluate(`danbi.track('Tab ${index}')`)));
    await page.waitForTimeout(1_200);
    // They close as a person closes them, which takes as long as it takes.
    await Promise.all(tabs.map(async (tab) => {
      const closed = tab.waitForEvent('close');
      await tab.close({ runBeforeUnload: true });
      await closed;
    }));
    gate.mode = 'open';
    gate.seen.length = 0;
    await page.goto(`${site.url}/next`);
    await arrive([...Array.from({ length: 12 }, () => '$page'), ...tabs.map((_, index) => `Tab ${index}`)]);
    browser.faults.length = 0;
  });
});
