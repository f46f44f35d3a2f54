import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { startApp, type RunningApp } from '../../src/app.js';
import { readConfig } from '../../src/platform/config.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { hasBrowser, openBrowser, type TestBrowser } from '../support/browser.js';
import { email } from '../support/campaign-definitions.js';
import { Dashboard } from '../support/dashboard.js';

const PASSWORD = '비밀번호는 길수록 좋다';
const tip = { id: 'tip', type: 'message', channel: 'in_app', variants: [{ key: 'A', content: { title: 'Tip', body: 'Begun' } }], next: null };
const definition = { type: 'series', entry: { type: 'event', event: 'Signed Up' }, goals: [{ key: 'goal', name: 'Paid', event: { name: 'Paid' } }], start: 'hello', steps: [email('hello', 'tip'), tip] };

/** Several people and a server that comes and goes: what somebody typed stays theirs. A session that ends in this editor is in dashboard-editor. */
(hasBrowser ? describe : describe.skip)('one campaign, several editors', () => {
  let app: TestApp;
  let owner: Dashboard;
  let second: TestBrowser;
  let id: string;

  const content = async () => (await app.api('GET', `/v1/campaigns/${id}`)).body.definition.steps.find((step: { id: string }) => step.id === 'tip').variants[0].content as { title: string; body: string };
  const stands = (page: Page, text: string | RegExp) => page.getByText(text, { exact: typeof text === 'string' }).first().waitFor();
  const title = (page: Page) => page.getByRole('complementary').getByLabel('Title');
  const body = (page: Page) => page.getByRole('complementary').getByLabel('Text', { exact: true });
  const open = async (page: Page) => {
    await page.goto(`${owner.base}/campaigns/${id}?view=outline&at=tip`);
    await title(page).waitFor();
  };
  /** Somebody of the team with a browser of their own. */
  const join = async (browser: TestBrowser, name: string, role: string) => {
    const invited = (await app.api('POST', '/v1/users', { email: `${role}@example.com`, name, role })).body;
    const token = new URL(invited.inviteUrl as string).searchParams.get('token')!;
    expect((await app.api('POST', '/v1/invites/accept', { token, password: PASSWORD })).status).toBe(200);
    await browser.page.context().clearCookies();
    await Dashboard.around(app, browser).signIn(`${role}@example.com`, PASSWORD);
  };

  beforeAll(async () => {
    app = await startTestApp();
    owner = await Dashboard.open(app);
    second = await openBrowser('en-US', { width: 1280, height: 860 });
    id = (await app.api('POST', '/v1/campaigns', { name: 'Shared', definition, unfinished: true })).body.id;
    await join(second, '이미나', 'marketer');
  });
  afterEach(() => expect([...owner.browser.faults.splice(0), ...second.faults.splice(0)]).toEqual([]));
  afterAll(async () => {
    await second?.close();
    await owner?.browser.close();
    await app?.close();
  });
  /** The browser writes a line of its own for each refusal. */
  const refused = (browser: TestBrowser) => expect(browser.faults.splice(0)).toEqual([expect.stringContaining('409')]);

  test('who saves second is told, takes theirs and brings the own back by undo', async () => {
    const [mine, theirs] = [owner.page, second.page];
    await open(mine);
    await open(theirs);
    await title(theirs).fill('From Mina');
    await stands(theirs, 'Saved');
    await body(mine).fill('From the owner');
    await stands(mine, 'Somebody else changed this campaign meanwhile');
    refused(owner.browser);
    expect([await body(mine).inputValue(), (await content()).title, (await content()).body]).toEqual(['From the owner', 'From Mina', 'Begun']);
    await mine.getByRole('button', { name: 'Take theirs' }).click();
    await stands(mine, 'Saved');
    expect([await title(mine).inputValue(), await body(mine).inputValue()]).toEqual(['From Mina', 'Begun']);
    await mine.getByRole('button', { name: 'Undo' }).first().click();
    expect(await body(mine).inputValue()).toBe('From the owner');
    await expectSaved(({ body: now }) => now === 'From the owner');
  });

  test('who saves second keeps the own, and the first sees it the next time, with what they had typed meanwhile', async () => {
    const [mine, theirs] = [owner.page, second.page];
    await title(theirs).fill('From Mina again');
    await stands(theirs, 'Somebody else changed this campaign meanwhile');
    refused(second);
    await theirs.getByRole('button', { name: 'Keep mine' }).click();
    await expectSaved(({ title: now }) => now === 'From Mina again');
    await body(mine).fill('The owner goes on');
    await stands(mine, 'Somebody else changed this campaign meanwhile');
    refused(owner.browser);
    await mine.getByRole('button', { name: 'Keep mine' }).click();
    await expectSaved(({ body: now }) => now === 'The owner goes on');
    expect(await title(theirs).inputValue()).toBe('From Mina again');
  });

  test('an analyst reads all of a campaign and is offered nothing that would be refused', async () => {
    const { page } = second;
    await join(second, '박분석', 'analyst');
    const free = /^(Language|Colours|Copy|Show|Try|Entry|Goals|Exit rules|Pace|E-mail|In-app message|Close|Variant|Desktop|Phone|Previous|Next|Clear|Download|Verdict|Over time|Step by step|Credit|Answers|Displays|Preview|Show again|Zoom|Fit|Look|As anybody|Remark|Missing|Larger|Smaller|Show all|Sender, answers)/;
    const found: [string, string[]][] = [];
    for (const path of ['?view=canvas', '?view=outline&at=tip', '?view=outline&at=hello', '?view=outline&at=$entry', '?view=outline&at=$goals', '?view=outline&at=$pace', '/messages/hello', '/messages/tip', '/walk', '/people', '/results', '/history']) {
      await page.goto(`${owner.base}/campaigns/${id}${path}`);
      await page.getByRole('heading', { level: 1, name: 'Shared' }).waitFor();
      await page.waitForLoadState('networkidle');
      const buttons = (await page.locator('main').getByRole('button').filter({ visible: true }).evaluateAll((all) => all.filter((one) => !one.matches(':disabled, [aria-disabled=true]')).map((one) => one.getAttribute('aria-label') ?? one.textContent ?? ''))) as string[];
      const fields = (await page.locator('main').getByRole('textbox').filter({ visible: true }).evaluateAll((all) => all.filter((one) => !one.matches(':disabled, [readonly], [contenteditable=false]')).map((one) => one.getAttribute('aria-label') ?? one.id))) as string[];
      const wrong = [...buttons.filter((label) => !free.test(label)), ...(path.startsWith('?') ? fields : []), ...second.faults.splice(0)];
      if (wrong.length > 0) found.push([path, wrong]);
    }
    expect(found).toEqual([]);
    await page.goto(`${owner.base}/campaigns/${id}?view=outline&at=tip`);
    await stands(page, 'You can look at this campaign but not change it');
    expect([await title(page).inputValue(), await body(page).inputValue()]).toEqual(['Tip', 'The owner goes on']);
  });

  test('the server is restarted while something is typed: it says so, and saves it afterwards', async () => {
    const { page, browser } = owner;
    await second.page.goto('about:blank');
    const { port } = new URL(app.url);
    await app.nest.close();
    let restarted: RunningApp | null = null;
    try {
      await body(page).fill('Typed while nobody listened');
      await page.getByRole('status').getByText('does not answer at the moment').waitFor();
      await title(page).fill('And this too');
      restarted = await startApp({ config: readConfig({ PORT: port, LOG_LEVEL: 'error', DATA_DIR: app.dataDir, DATABASE_POOL: '4' }), databaseUrl: app.databaseUrl, workers: 'manual' });
      await page.getByText('does not answer at the moment').waitFor({ state: 'hidden' });
      await stands(page, 'Saved');
      expect([await title(page).inputValue(), await body(page).inputValue()]).toEqual(['And this too', 'Typed while nobody listened']);
      await expectSaved((now) => now.title === 'And this too' && now.body === 'Typed while nobody listened');
    } finally {
      await restarted?.close();
    }
    expect(browser.faults.splice(0).filter((fault) => !/ERR_|Failed to load/.test(fault))).toEqual([]);
  });

  /** Saving follows some quiet after the last change. */
  async function expectSaved(is: (now: { title: string; body: string }) => boolean): Promise<void> {
    let now = await content();
    for (let tries = 0; tries < 60 && !is(now); tries += 1) {
      await owner.page.waitForTimeout(100);
      now = await content();
    }
    expect([now, is(now)]).toEqual([now, true]);
  }
});
