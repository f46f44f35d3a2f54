import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { WireRule, WireTrigger } from '../../src/contract/visitor-wire.js';
import type { Engaged } from '../../sdk/src/visit/contract.js';
import { hasBrowser } from '../support/browser.js';
import { EXACT, exactly, offBy, startDwellSite, type DwellSite, type Firing } from '../support/dwell-site.js';
import { openRawBrowser, until, type RawBrowser, type Tab } from '../support/raw-tabs.js';

const wait = (ms: number) => new Promise((resolve) => { setTimeout(resolve, ms); });
const rule = (i: string, t: WireTrigger, more: Partial<WireRule> = {}): WireRule => ({ i, t, ...more });
const LONG = '<div style="height:5000px">long</div>';

/** What page visits are, how far they were read and how they end, in a real Chromium. */
(hasBrowser ? describe : describe.skip)('page visits', () => {
  let site: DwellSite;
  let browser: RawBrowser;
  let other: Tab;
  let tab: Tab;
  beforeAll(async () => {
    site = await startDwellSite();
    browser = await openRawBrowser();
    other = await browser.open('about:blank');
    tab = await browser.open(`${site.url}/frame`);
  });
  beforeEach(async () => {
    await tab.goto(`${site.url}/frame`);
    await tab.run('localStorage.clear(); scrollTo(0, 0)');
    await tab.show();
  });
  afterAll(async () => {
    await browser.close();
    site.close();
  });
  const firing = (id: string) => tab.run<Firing>(`probe.firing('${id}')`);
  const fired = () => tab.run<string[]>('probe.fired.map((one) => one.id)');
  const opened = () => tab.run<{ id: string; url: string; referrer: string; at: number }[]>('probe.opened');
  const reports = () => tab.run<Engaged[]>(`JSON.parse(localStorage.getItem('reports') ?? '[]')`);

  test('another route ends a page visit and its rules, a state or a fragment does not', async () => {
    site.set([rule('pricing', { k: 'd', n: 1_200 }, { w: [[0, '^localhost/pricing$']] }), rule('home', { k: 'd', n: 600 }, { w: [[0, '^localhost$']] })]);
    const found = await exactly(async () => {
      await tab.goto(`${site.url}/?utm_source=x`);
      await wait(150);
      await tab.run(`history.replaceState({ a: 1 }, '', '/?utm_medium=y'); location.hash = 'part'; history.replaceState({}, '', '/')`);
      expect(await opened()).toHaveLength(1);
      await tab.run(`history.pushState({}, '', '/pricing')`);
      return firing('pricing');
    });
    expect(await fired()).toEqual(['pricing']);
    expect(offBy(found, 1_200)).toBeLessThanOrEqual(EXACT);
    await tab.run('history.back()');
    const home = await firing('home');
    expect(home.why.dwell).toBeGreaterThanOrEqual(600);
    const visits = await opened();
    expect(visits.map(({ url }) => new URL(url).pathname)).toEqual(['/', '/pricing', '/']);
    expect(new Set(visits.map(({ id }) => id)).size).toBe(3);
    expect(visits.slice(1).map(({ referrer }) => referrer)).toEqual(visits.slice(0, -1).map(({ url }) => url));
  });

  test('where there is no Navigation API, routes are seen all the same, and what the page has wrapped is called once', async () => {
    site.set([rule('pricing', { k: 'd', n: 100 }, { w: [[0, '^localhost/pricing$']] })], {}, `<script>Object.defineProperty(window, 'navigation', { value: undefined });
      window.pushed = []; const push = history.pushState; history.pushState = function (...given) { push.apply(this, given); pushed.push(location.pathname); };</script>`);
    await tab.goto(`${site.url}/home?utm_source=x`);
    expect(await tab.run('window.navigation === undefined')).toBe(true);
    await tab.run(`history.replaceState({ a: 1 }, '', '/home'); location.hash = 'part'`);
    await wait(100);
    expect([await opened(), await fired()]).toEqual([[expect.anything()], []]);
    await tab.run(`history.pushState({}, '', '/pricing')`);
    await firing('pricing');
    await tab.run('history.back()');
    await until(async () => (await opened()).length === 3);
    expect([(await opened()).map(({ url }) => new URL(url).pathname), await fired(), await tab.run('pushed')]).toEqual([['/home', '/pricing', '/home'], ['pricing'], ['/pricing']]);
  });

  test('a page that comes back from the cache is a page visit of its own', async () => {
    site.set([rule('dwell', { k: 'd', n: 800 })]);
    let visits: Awaited<ReturnType<typeof opened>> = [];
    const again = await exactly(async () => {
      await tab.goto(`${site.url}/one`);
      await firing('dwell');
      await tab.goto(`${site.url}/two`);
      await tab.run('history.back()');
      await until(() => tab.run<boolean>('probe.restored === 1').catch(() => false));
      await until(async () => (await fired()).length === 2);
      visits = await opened();
      return tab.run<Firing>('({ ...probe.fired[1], stall: probe.stallBefore(probe.fired[1].at, 1000) })');
    });
    expect(visits).toHaveLength(2);
    expect(again.pv).toBe(visits[1]!.id);
    expect(offBy(again, 800)).toBeLessThanOrEqual(EXACT);
    // What the first one measured was said when it went.
    const last = (await reports()).filter(({ pv }) => pv === visits[0]!.id).at(-1)!;
    expect(last.dwell_ms).toBeGreaterThanOrEqual(800);
  });

  test('a prerendered page begins when it is activated', async () => {
    const rules = `{ prerender: [{ source: 'list', urls: ['/to'], eagerness: 'immediate' }] }`;
    const body = `<script>if (location.pathname === '/from') setTimeout(() => { const s = document.createElement('script'); s.type = 'speculationrules'; s.textContent = JSON.stringify(${rules}); document.head.append(s); setTimeout(() => { location.href = '/to'; }, 1500); }, 500)</script>`;
    site.set([rule('dwell', { k: 'd', n: 700 }), rule('view', { k: 'd', n: 0 })], {}, body);
    let [start, visits]: [number, { at: number }[]] = [0, []];
    const found = await exactly(async () => {
      await tab.goto(`${site.url}/from`);
      await tab.unwatched(2_500);
      await until(() => tab.run<boolean>(`location.pathname === '/to'`).catch(() => false));
      const one = await firing('dwell');
      [start, visits] = await tab.run(`[performance.getEntriesByType('navigation')[0].activationStart, probe.opened]`);
      return one;
    });
    expect(start).toBeGreaterThan(500);
    expect(visits.map(({ at }) => at)).toEqual([start]);
    expect(offBy(found, 700, found.at - start)).toBeLessThanOrEqual(EXACT);
    expect(await fired()).toEqual(['view', 'dwell']);
  });

  test('reports grow and end with the page, whoever hides it', async () => {
    site.set([], {}, LONG);
    await tab.goto(`${site.url}/read`);
    await wait(600);
    await tab.send('Input.dispatchMouseEvent', { type: 'mouseWheel', x: 100, y: 100, deltaX: 0, deltaY: 1_000 });
    await until(() => tab.run<boolean>('scrollY > 900'));
    await other.show();
    await until(async () => (await reports()).length === 1);
    await tab.show();
    await wait(300);
    await tab.goto(`${site.url}/next`);
    const [hidden, gone, ...more] = await reports();
    expect(more).toEqual([]);
    expect([hidden!.seq, gone!.seq]).toEqual([1, 2]);
    expect(gone!.pv).toBe(hidden!.pv);
    expect(gone!.url).toBe(`${site.url}/read`);
    expect(gone!.dwell_ms).toBeGreaterThanOrEqual(hidden!.dwell_ms + 250);
    expect(gone!.visible_ms).toBeGreaterThanOrEqual(gone!.dwell_ms);
    expect(hidden!.max_scroll).toBeGreaterThan(15);
    expect(hidden!.max_scroll).toBeLessThan(40);
  });

  test('depth is how far somebody scrolled, not where the browser was', async () => {
    site.set([rule('half', { k: 's', n: 50 }), rule('end', { k: 's', n: 100 })], {}, LONG);
    await tab.goto(`${site.url}/deep`);
    await tab.run('scrollTo(0, 4000)');
    await wait(800);
    expect(await fired()).toEqual([]);
    await tab.send('Input.dispatchMouseEvent', { type: 'mouseWheel', x: 100, y: 100, deltaX: 0, deltaY: -200 });
    expect((await firing('half')).why.scroll).toBeGreaterThanOrEqual(50);
    expect(await fired()).toEqual(['half']);
    await tab.run('scrollTo(0, 10000)');
    expect((await firing('end')).why.scroll).toBe(100);
  });

  test('a page without a way is read, one that scrolls inside is not', async () => {
    site.set([rule('end', { k: 's', n: 100 })], {}, '<p>short</p>');
    await tab.goto(`${site.url}/short`);
    expect((await firing('end')).at).toBeGreaterThan(450);
    site.set([rule('end', { k: 's', n: 100 })], {}, '<style>html,body{height:100%;margin:0;overflow:hidden}main{height:100%;overflow:auto}</style><main><div style="height:3000px">inner</div></main>');
    await tab.goto(`${site.url}/inner`);
    await wait(900);
    expect(await fired()).toEqual([]);
    await tab.run(`document.querySelector('main').scrollTop = 1e6`);
    await firing('end');
  });

  test('an exit goes up and out, after five seconds, and not from a field', async () => {
    site.set([rule('exit', { k: 'x' })], {}, '<input>');
    await tab.goto(`${site.url}/exit`);
    const leave = (ys: number[]) => tab.run(`{ const root = document.documentElement; for (const y of ${JSON.stringify(ys)}) root.dispatchEvent(new MouseEvent('mousemove', { clientY: y, bubbles: true })); root.dispatchEvent(new MouseEvent('mouseleave', { clientY: -1, relatedTarget: null })); }`);
    await leave([60, 20]);
    expect(await fired()).toEqual([]);
    await until(() => tab.run<boolean>('probe.visits.pv().dwell() > 5000'));
    await tab.run(`document.querySelector('input').focus()`);
    await leave([60, 20]);
    await tab.run(`document.querySelector('input').blur()`);
    await wait(150);
    await leave([-30]);
    expect(await fired()).toEqual([]);
    await wait(150);
    await leave([60, 20]);
    expect((await firing('exit')).why.dwell).toBeGreaterThanOrEqual(5_000);
  });

  test('events fire as often as they happen, everything else once; new rules have their say', async () => {
    site.set([rule('bought', { k: 'e', n: 'bought' }), rule('gone', { k: 'e', n: 'bought' }, { b: [0, 1] }), rule('view', { k: 'd', n: 0 })]);
    await tab.goto(`${site.url}/shop`);
    await firing('view');
    await tab.run(`probe.visits.event('bought'); probe.visits.event('other'); probe.visits.event('bought')`);
    expect(await fired()).toEqual(['view', 'bought', 'bought']);
    await tab.run(`probe.visits.rules([{ i: 'view', t: { k: 'd', n: 0 } }, { i: 'late', t: { k: 'd', n: 1 } }], {})`);
    expect(await fired()).toEqual(['view', 'bought', 'bought', 'late']);
    expect(await tab.run(`[probe.visits.holds({ i: 'x', t: { k: 'm' } }), probe.visits.holds({ i: 'x', t: { k: 'm' }, w: [[0, '/else$']] }), probe.armed > 0]`)).toEqual([true, false, true]);
    await tab.run(`probe.visits.stop()`);
    await tab.run(`history.pushState({}, '', '/elsewhere')`);
    expect(await opened()).toHaveLength(1);
  });
});
