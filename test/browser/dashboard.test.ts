import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Setup } from '../../src/access/setup.service.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { hasBrowser, openBrowser, picture, type TestBrowser } from '../support/browser.js';
import { identifyPeople } from '../support/crash/launch.js';
import { VirtualClock } from '../support/virtual-clock.js';

const PASSWORD = '비밀번호는 길수록 좋다';

/** A finished test of two arms whose outcomes came from elsewhere: 30 and 60 of 300 each. */
async function recordTest(app: TestApp, clock: VirtualClock): Promise<string> {
  await identifyPeople(app, 600);
  const { body } = await app.api('POST', '/v1/campaigns', { name: '제목 시험', definition: { type: 'broadcast', external: true, arms: [{ key: 'A' }, { key: 'B' }], goals: [{ key: 'visit', name: '방문', primary: true, window: { days: 7 }, event: { name: 'Visited' } }] } });
  await app.api('POST', `/v1/campaigns/${body.id}/publish`, {});
  const assigned = Array.from({ length: 600 }, (_, index) => JSON.stringify({ externalId: `p-${index}`, variant: index < 300 ? 'A' : 'B', at: '2026-03-02T09:00:00Z' })).join('\n');
  await fetch(`${app.url}/v1/campaigns/${body.id}/assignments`, { method: 'POST', headers: { authorization: `Bearer ${app.key}`, 'content-type': 'application/x-ndjson' }, body: assigned });
  const batch = Array.from({ length: 600 }, (_, index) => index).filter((index) => (index < 300 ? index < 30 : index < 360)).map((index) => ({ type: 'track', userId: `p-${index}`, event: 'Visited', messageId: `v-${index}`, timestamp: '2026-03-03T09:00:00Z' }));
  await fetch(`${app.url}/v1/batch`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: app.key, batch }) });
  await app.runner.runUntilIdle();
  // Rows from elsewhere come in batches: the read-out waits until nobody was added for a day.
  for (const hours of [2, 25]) {
    clock.advance(hours * 3_600_000);
    await app.runner.runUntilIdle();
  }
  return body.id as string;
}

/** The dashboard as people use it: real server, real data, both languages and schemes. */
(hasBrowser ? describe : describe.skip)('the dashboard', () => {
  let app: TestApp;
  let browser: TestBrowser;
  let base: string;
  let campaignId: string;
  let testId: string;
  const clock = new VirtualClock(new Date());

  beforeAll(async () => {
    app = await startTestApp({ clock });
    const token = (await app.nest.get(Setup, { strict: false }).issue())!;
    base = app.url.replace('127.0.0.1', 'localhost');
    const workspace = { name: '단비 상점', timeZone: 'Asia/Seoul', language: 'ko', senderContact: '서울시 중구 1' };
    expect((await app.api('POST', '/v1/setup', { token, email: 'owner@example.com', name: '김단비', password: PASSWORD, workspace })).status).toBe(201);
    browser = await openBrowser('en-US', { width: 1280, height: 860 });
  });
  afterEach(() => expect(browser.faults.splice(0)).toEqual([]));
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  const open = async (path: string) => {
    await browser.page.goto(`${base}${path}`);
    await browser.page.locator('main h1').waitFor();
    await browser.page.waitForLoadState('networkidle');
  };
  /** As a person does it: by the buttons of the header. */
  const choose = async (menu: RegExp, item: RegExp) => {
    await browser.page.getByRole('button', { name: menu }).click();
    await browser.page.getByRole('menuitem', { name: item }).click();
    await browser.page.getByRole('menuitem', { name: item }).waitFor({ state: 'hidden' });
  };

  test('who is not signed in signs in and comes to where they wanted', async () => {
    const { page } = browser;
    await page.goto(`${base}/campaigns?state=draft`);
    expect(new URL(page.url()).pathname).toBe('/login');
    await page.locator('[name="email"]').fill('owner@example.com');
    await page.locator('[name="password"]').fill(PASSWORD);
    await page.locator('form button').click();
    await page.getByRole('heading', { level: 1, name: 'Campaigns' }).waitFor();
    expect(new URL(page.url()).search).toBe('?state=draft');
    await page.getByText('No campaign matches').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByText(/^A smart campaign takes people along/).waitFor();
    await picture(page, 'dashboard-campaigns-empty');
  });

  test('an empty Danbi says on every page what it is for and what comes first', async () => {
    for (const [path, text] of [['/', 'First steps'], ['/segments', 'No segment yet'], ['/people', 'Nobody yet'], ['/deliveries', 'No message yet']] as const) {
      await open(path);
      await browser.page.getByText(text).waitFor();
    }
  });

  test('people, segments, campaigns, their results and deliveries are there', async () => {
    const { page } = browser;
    for (const [id, name] of [['jiu', '박지우'], ['mina', '김미나'], ['ben', 'Ben Weiss']] as const) await app.api('POST', '/v1/people', { externalId: id, attributes: { email: `${id}@example.org`, name, plan: 'trial' } });
    const segment = await app.api('POST', '/v1/segments', { name: '체험 고객', definition: { type: 'attribute', key: 'plan', op: 'is', value: 'trial' } });
    await app.runner.runUntilIdle();
    const content = { subject: '반갑습니다', body: '<mj-section><mj-column><mj-text>{{person.name}}</mj-text></mj-column></mj-section>' };
    const campaign = await app.api('POST', '/v1/campaigns', { name: '체험 환영', definition: { type: 'broadcast', segmentId: segment.body.id, goals: [{ key: 'paid', name: 'Paid', primary: true, event: { name: 'Paid' } }], message: { type: 'message', channel: 'email', variants: [{ key: 'A', content }, { key: 'B', content: { ...content, subject: '안녕하세요' } }] } } });
    campaignId = campaign.body.id;
    expect((await app.api('POST', `/v1/campaigns/${campaignId}/publish`)).status).toBe(200);
    await app.api('POST', '/v1/campaigns', { name: 'Win back', definition: { type: 'broadcast', segmentId: segment.body.id, message: { type: 'message', channel: 'email', variants: [{ key: 'A', content }] } } });
    await app.runner.runUntilIdle();

    await open('/campaigns');
    await page.getByRole('searchbox', { name: 'Search by name' }).fill('체험');
    await page.waitForURL(/q=/);
    await page.getByRole('link', { name: 'Win back' }).waitFor({ state: 'hidden' });
    await page.getByRole('link', { name: '체험 환영' }).click();
    await page.getByRole('heading', { level: 1, name: '체험 환영' }).waitFor();
    await page.getByRole('tab', { name: 'Results' }).click();
    await page.getByText('Everything adds up: 3 arrived').waitFor();
    await open('/people?q=mina');
    await page.getByRole('link', { name: '김미나' }).waitFor();
    expect(await page.getByRole('row').count()).toBe(2);
    await page.getByRole('link', { name: '김미나' }).click();
    await page.getByText('체험 고객').waitFor();
    await open('/deliveries');
    await page.getByRole('row').nth(3).waitFor();
    expect(await page.getByRole('row').count()).toBe(4);
  });

  test('a finished test says its verdict first, with the difference as a bar and in words', async () => {
    const { page } = browser;
    testId = await recordTest(app, clock);
    await open(`/campaigns/${testId}/results`);
    await page.getByText(/^B wins\./).waitFor();
    await page.getByText('Winner', { exact: true }).waitFor();
    expect(await page.getByRole('img', { name: /^B against A: the difference lies between \+\d+% to \+\d+%/ }).count()).toBe(1);
    await page.getByRole('button', { name: 'By week of entry' }).click();
    await page.getByText('Mar 2, 2026').first().waitFor();
    await picture(page, 'dashboard-verdict');
  });

  test('language and colours are what was chosen, also after coming back', async () => {
    const { page } = browser;
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    await open('/');
    const light = await background();
    await choose(/Colours/, /Dark/);
    await choose(/Language/, /한국어/);
    await open('/');
    expect(await page.evaluate('document.documentElement.lang')).toBe('ko');
    expect(await background()).not.toBe(light);
    await choose(/화면 색/, /밝게/);
    expect(await background()).toBe(light);
  });

  test('the keyboard alone goes from page to page, and signs out', async () => {
    const { page } = browser;
    await open('/');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('본문으로 건너뛰기');
    await page.getByRole('link', { name: '고객', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: '고객' }).waitFor();
    await page.getByRole('button', { name: '로그아웃' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/login/);
  });
});
