import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { Setup } from '../../src/access/setup.service.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { axeFindings, COLOURS } from '../support/axe.js';
import { hasBrowser, openBrowser } from '../support/browser.js';
import { Dashboard } from '../support/dashboard.js';
import { DnsServer } from '../support/dns-server.js';
import { Sweep } from '../support/sweep/sweep.js';
import { BEGINS, furnish, type SweepWorld } from '../support/sweep/world.js';
import { VirtualClock } from '../support/virtual-clock.js';

/**
 * Every route of the dashboard, as the router names it, and the addresses it is looked at by: a line each. `{name}` is taken from the
 * world of test/support/sweep/world.ts. A route that is not here fails the first test.
 */
const ROUTES: Record<string, readonly string[]> = {
  '/': ['/'],
  '/auto-messages': ['/auto-messages', '/auto-messages?q=nobody'],
  '/auto-messages/$id': ['/auto-messages/{survey}'],
  '/auto-messages/$id/results': ['/auto-messages/{survey}/results'],
  '/auto-messages/new': ['/auto-messages/new'],
  '/campaigns': ['/campaigns', '/campaigns?q=nobody'],
  '/campaigns/$id': ['/campaigns/{series}?view=canvas', '/campaigns/{series}?view=outline&at=a', '/campaigns/{draft}', '/campaigns/{draft}?at=who'],
  '/campaigns/$id/decisions': ['/campaigns/{series}/decisions'],
  '/campaigns/$id/history': ['/campaigns/{series}/history?from=1'],
  '/campaigns/$id/messages/$stepId': ['/campaigns/{series}/messages/a', '/campaigns/{series}/messages/a?view=source', '/campaigns/{series}/messages/a?view=text', '/campaigns/{series}/messages/b'],
  '/campaigns/$id/people': ['/campaigns/{series}/people'],
  '/campaigns/$id/results': ['/campaigns/{series}/results', '/campaigns/{test}/results', ...['time', 'flow', 'credit'].map((view) => `/campaigns/{series}/results?view=${view}`), ...['answers', 'displays'].map((view) => `/campaigns/{survey}/results?view=${view}`)],
  '/campaigns/$id/results/people': ['/campaigns/{series}/results/people?number=delivered'],
  '/campaigns/$id/walk': ['/campaigns/{broadcast}/walk'],
  '/campaigns/$id/simulate': ['/campaigns/{broadcast}/simulate'],
  '/campaigns/new': ['/campaigns/new'],
  '/data/attributes': ['/data/attributes'],
  '/data/events': ['/data/events?event=Order%20Completed'],
  '/data/live': ['/data/live'],
  '/deliveries': ['/deliveries', '/deliveries?state=bounced&channel=chat'],
  '/deliveries/$id': ['/deliveries/{delivery}'],
  '/deliveries/mailbox': ['/deliveries/mailbox'],
  '/deliveries/mailbox/$id': ['/deliveries/mailbox/{mail}'],
  '/messages': ['/messages'],
  '/messages/replies': ['/messages/replies'],
  '/messages/snippets': ['/messages/snippets'],
  '/messages/snippets/$key': ['/messages/snippets/address'],
  '/messages/snippets/new': ['/messages/snippets/new'],
  '/people': ['/people'],
  '/people/$id': ['about', 'messages', 'consent', 'timeline'].map((tab) => `/people/{person}?tab=${tab}`),
  '/people/import': ['/people/import'],
  '/results': ['/results', '/results?list=goals'],
  '/results/deliverability': ['/results/deliverability'],
  '/results/holdouts': ['/results/holdouts'],
  '/features': ['/features'],
  '/features/$key': ['/features/dark-mode'],
  '/results/overlap': ['/results/overlap'],
  '/segments': ['/segments'],
  '/segments/$id': ['/segments/{segment}', '/segments/{segment}?tab=people', '/segments/{segment}?tab=growth', '/segments/{segment}?tab=explain&person={person}'],
  '/segments/new': ['/segments/new'],
  '/settings/api-keys': ['/settings/api-keys'],
  '/settings/audit': ['/settings/audit'],
  '/settings/canaries': ['/settings/canaries'],
  '/settings/files': ['/settings/files'],
  '/settings/me': ['/settings/me'],
  '/settings/pacing': ['/settings/pacing'],
  '/settings/safety': ['/settings/safety'],
  '/settings/sending': ['servers', 'domains', 'reports', 'warmup', 'suppressed', 'returns', 'limits', 'links'].map((tab) => `/settings/sending?tab=${tab}`),
  '/settings/sending/domains/$id': ['/settings/sending/domains/{domain}'],
  '/settings/release': ['/settings/release'],
  '/settings/retention': ['/settings/retention'],
  '/settings/sources': ['/settings/sources'],
  '/settings/sources/$id': ['received', 'schedule', 'mapping', 'setup'].map((tab) => `/settings/sources/{source}?tab=${tab}`),
  '/settings/status': ['/settings/status'],
  '/settings/service-levels': ['/settings/service-levels'],
  '/settings/team': ['/settings/team'],
  '/settings/topics': ['/settings/topics'],
  '/settings/webhooks': ['/settings/webhooks'],
  '/settings/webhooks/$id': ['deliveries', 'attempts', 'dead', 'events'].map((tab) => `/settings/webhooks/{endpoint}?tab=${tab}`),
  '/settings/website': ['snippet', 'behaviour', 'identity'].map((tab) => `/settings/website?tab=${tab}`),
  '/settings/workspace': ['/settings/workspace'],
  '/week': ['/week?number=sent'],
};

interface Words { [part: string]: Words | string }
const words: Record<string, Words> = Object.fromEntries(['en', 'ko'].map((language) => [language, Object.fromEntries(readdirSync(`web/src/i18n/${language}`).filter((name) => name.endsWith('.json')).map((name) => [name.replace('.json', ''), JSON.parse(readFileSync(`web/src/i18n/${language}/${name}`, 'utf8'))]))]));
/** What a key of the words says, in either language. */
const said = (key: string) => new RegExp(`^(${['en', 'ko'].map((language) => String(key.split('.').reduce<Words | string>((at, part) => (at as Words)[part]!, words[language]!)).replaceAll(/\{\{\w+\}\}/g, '.+')).join('|')})$`);
const click = (key: string) => (page: Page) => page.getByRole('button', { name: said(key) }).first().click();

/** Dialogs over the pages: where, and how they are opened. */
const DIALOGS: Record<string, readonly [string, (page: Page) => Promise<void>]> = {
  'the palette': ['/', (page) => page.keyboard.press('Control+k')],
  'the help on keys': ['/', (page) => page.keyboard.press('?')],
  'the launch sheet': ['/campaigns/{draft}', click('launch.review')],
  'the end of a campaign': ['/campaigns/{series}/history', click('launch.stop')],
  'a version by hand on a draft': ['/campaigns/{series}?view=outline&at=a', click('plan.byHand.give')],
  'one version for everybody': ['/campaigns/{series}/results', click('results.act.send')],
  'layouts to start from': ['/campaigns/{series}/messages/a', click('messages.starters.open')],
  'a message sent as a test': ['/campaigns/{series}/messages/a', click('messages.test.open')],
  'the end of all mails': ['/deliveries/mailbox', click('deliveries.mailbox.clear')],
  'a new mail server': ['/settings/sending?tab=servers', click('sending.relays.new')],
  'a new domain': ['/settings/sending?tab=domains', click('sending.domains.new')],
  'an address to suppress': ['/settings/sending?tab=suppressed', click('sending.suppressed.new')],
  'a new user': ['/settings/team', click('settings.team.invite')],
  'a new holdout': ['/results/holdouts', click('reports.holdouts.begin')],
  'a new feature': ['/features', click('features.new')],
  'shipping a feature': ['/features/dark-mode', click('features.ship')],
  'a new topic': ['/settings/topics', click('settings.topics.new')],
  'a new key': ['/settings/api-keys', click('settings.keys.new')],
  'somebody to tell of alarms': ['/settings/status', click('status.targets.add')],
  'a new saved reply': ['/messages/replies', click('replies.new')],
  'a target of the workspace': ['/settings/service-levels', click('levels.set')],
  'data that would go': ['/settings/retention', async (page) => {
    const look = page.getByRole('button', { name: said('retention.look') });
    // Opened a second time, in the other language, it is changed already.
    if (await look.isDisabled()) await page.getByRole('switch').first().click({ force: true });
    await look.click();
  }],
  'a new endpoint': ['/settings/webhooks', click('webhooks.new')],
  'a new source': ['/settings/sources', click('sources.new')],
};
/** Menus, by the words of the button that opens them. */
const MENUS: Record<string, readonly [string, (page: Page) => Promise<void>]> = {
  'the menu of languages': ['/people', (page) => page.getByRole('banner').getByRole('button', { name: /^(Language|언어)$/ }).click()],
  'the menu of a campaign': ['/campaigns/{series}/people', click('launch.more')],
  'the menu of files': ['/results/overlap', click('results.files')],
};
/** Pages before anybody has signed in, which run no scripts and have the language of the browser. */
const BEFORE = ['/login', '/setup?token={setup}', '/setup?token=wrong', '/invite?token=wrong'];

/** Addresses that only lead on to another. */
const LEAD_ON = ['/settings'];

/** Of a route with many tabs or views so many are looked at after a change, all of them at night. */
const AT_A_CHANGE = 2;
const FOLDER = 'web/src/routes';
/** The routes there are; frames around others (`route.tsx`) are none of their own. */
const routesThere = (): string[] => readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.tsx') && !/(^|\/)(route|__root)\.tsx$/.test(name))
  .map((name) => /createFileRoute\('([^']+)'\)/.exec(readFileSync(join(FOLDER, name), 'utf8'))![1]!.replace(/(?<=.)\/$/, '').replaceAll('_/', '/'));

test('every route of the dashboard is listed here', () => {
  expect([...Object.keys(ROUTES), ...LEAD_ON].sort()).toEqual(routesThere().sort());
});

/** Every place of the dashboard in one scheme and language or (nightly) in both, and on a phone: nothing that axe knows of. */
(hasBrowser ? describe : describe.skip)('everywhere in the dashboard', () => {
  let app: TestApp;
  let dashboard: Dashboard;
  let dns: DnsServer;
  let world: SweepWorld;
  let sweep: Sweep;
  const clock = new VirtualClock(BEGINS);

  beforeAll(async () => {
    dns = await new DnsServer().start();
    app = await startTestApp({ clock, env: { DNS_SERVERS: dns.address } });
    world = await furnish(app, clock);
    dashboard = await Dashboard.open(app);
    await app.api('POST', '/v1/users', { email: 'ana@example.org', name: '이분석', role: 'analyst' });
    await app.api('POST', '/v1/features', { key: 'dark-mode', name: '다크 모드' });
    sweep = new Sweep(dashboard);
  });
  afterEach(() => expect(dashboard.browser.faults.splice(0)).toEqual([]));
  afterAll(async () => {
    await dashboard?.browser.close();
    await app?.close();
    await dns?.stop();
  });

  const addressOf = (address: string) => address.replaceAll(/\{(\w+)\}/g, (_, name: keyof SweepWorld) => world[name]);

  for (const [route, addresses] of Object.entries(ROUTES)) {
    test(`${route}: no fault that axe knows of, and it fits a phone`, async () => {
      for (const address of sweep.isWhole ? addresses : addresses.slice(0, AT_A_CHANGE)) {
        await sweep.go(addressOf(address));
        await sweep.everyWay(address.replaceAll(/[{}]/g, '').replaceAll(/[?&=/%]+/g, '-').replace(/^-/, '') || 'home');
      }
      expect(sweep.found.splice(0)).toEqual([]);
    });
  }

  for (const [name, [address, open]] of Object.entries(DIALOGS)) {
    test(`${name}: the same, over the page`, async () => {
      await sweep.go(addressOf(address));
      await sweep.over(name.replaceAll(' ', '-'), open);
      expect(sweep.found.splice(0)).toEqual([]);
    });
  }

  for (const [name, [address, open]] of Object.entries(MENUS)) {
    test(`${name}: the same, over the page`, async () => {
      await sweep.go(addressOf(address));
      await sweep.over(name.replaceAll(' ', '-'), open, 'menu');
      expect(sweep.found.splice(0)).toEqual([]);
    });
  }
});

(hasBrowser ? describe : describe.skip)('before anybody has signed in', () => {
  let app: TestApp;
  beforeAll(async () => { app = await startTestApp(); });
  afterAll(() => app.close());

  test.each(['en-US', 'ko-KR'])('no fault that axe knows of, in light and dark, and it fits a phone: %s', async (locale) => {
    const setup = (await app.nest.get(Setup, { strict: false }).issue())!;
    const browser = await openBrowser(locale);
    try {
      const { page } = browser;
      for (const path of BEFORE) {
        await page.goto(`${app.url.replace('127.0.0.1', 'localhost')}${path.replace('{setup}', setup)}`);
        expect([path, await page.locator('html').getAttribute('lang'), await axeFindings(page)]).toEqual([path, locale.slice(0, 2), []]);
        await page.emulateMedia({ colorScheme: 'dark' });
        expect([path, await axeFindings(page, 'html', COLOURS)]).toEqual([path, []]);
        await page.emulateMedia({ colorScheme: 'light' });
        await page.setViewportSize({ width: 320, height: 640 });
        expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, 320]);
        await page.setViewportSize({ width: 1100, height: 800 });
      }
    } finally {
      await browser.close();
    }
  });
});
