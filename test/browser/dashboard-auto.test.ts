import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { FrameLocator, Page } from 'playwright-core';
import { startTestApp, type TestApp } from '../support/app.js';
import { hasBrowser, picture } from '../support/browser.js';
import { Dashboard } from '../support/dashboard.js';
import { openRoots } from '../support/sdk-page.js';
import { serveVisitorSite, type VisitorSite } from '../support/visitor-site.js';

/** Auto messages as marketers make them, and as visitors of a real page then meet them. */
(hasBrowser ? describe : describe.skip)('auto messages in the dashboard', () => {
  let app: TestApp;
  let dashboard: Dashboard;
  let site: VisitorSite;
  let visitor: Page;
  const campaign = async () => (await app.api('GET', `/v1/campaigns/${new URL(dashboard.page.url()).pathname.split('/')[2]}`)).body;
  /** The message as the SDK has painted it. */
  const card = (page: Page | FrameLocator) => page.locator('danbi-messages').locator('.m');
  const preview = () => card(dashboard.page.frameLocator('iframe'));
  const saved = () => dashboard.page.getByText('Saved', { exact: true }).waitFor();
  /** What has been typed so far comes as one composition, as from a Korean keyboard. */
  const compose = async (...syllables: string[]) => {
    const input = await dashboard.page.context().newCDPSession(dashboard.page);
    for (const text of syllables) await input.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
    await input.send('Input.insertText', { text: syllables.at(-1)! });
    await input.detach();
  };

  beforeAll(async () => {
    app = await startTestApp();
    dashboard = await Dashboard.open(app);
    site = await serveVisitorSite(app.url, app.writeKey);
    await openRoots(dashboard.page);
    visitor = await dashboard.page.context().newPage();
    await openRoots(visitor);
    await dashboard.page.bringToFront();
    // Whatever the hour is in Seoul.
    expect((await app.api('PATCH', '/v1/sending-rules', { rules: { night_gate: { on: false } } })).status).toBe(200);
    expect((await app.api('POST', '/v1/people', { externalId: 'mina', attributes: { name: '김미나' } })).status).toBe(201);
    await app.runner.runUntilIdle();
  });
  afterEach(() => expect(dashboard.browser.faults.splice(0)).toEqual([]));
  afterAll(async () => {
    await dashboard?.browser.close();
    await site?.close();
    await app?.close();
  });

  test('from a pasted address to visitors in four clicks; they see what was previewed', async () => {
    const { page } = dashboard;
    await dashboard.goto('/auto-messages');
    await page.getByText('Waiting for the first visit …').waitFor();
    expect(await page.getByLabel('Lines to paste').innerText()).toContain(`data-key="dnb_wk_`);
    await page.getByRole('link', { name: 'New auto message' }).first().click();
    await page.getByRole('textbox', { name: 'On which page?' }).fill(`${site.url}/pricing/?utm_source=x`);
    await page.getByRole('textbox', { name: 'Seconds of attention' }).fill('1');
    await page.getByRole('button', { name: 'Use this: Help on the pricing page' }).click();
    await preview().getByRole('heading', { name: 'Not sure which plan fits?' }).waitFor();
    expect(await page.getByRole('textbox', { name: 'Page 1', exact: true }).inputValue()).toBe('localhost/pricing');
    expect((await campaign()).definition.display).toMatchObject({ page: { include: [{ match: 'glob', pattern: 'localhost/pricing' }] }, trigger: { type: 'dwell', seconds: 1 } });
    const previewed = await preview().innerText();
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Publish now' }).click();
    await page.getByText('Live: version 1').waitFor();

    await visitor.bringToFront();
    await visitor.goto(`${site.url}/pricing`);
    await card(visitor).waitFor();
    expect(await card(visitor).innerText()).toBe(previewed);
    await card(visitor).getByRole('link', { name: 'Ask us' }).waitFor();
    await page.bringToFront();
    await page.getByText('The website is connected').waitFor();
  });

  test('every part of the message shows in the preview, in Hangul as it is composed, and is saved by itself', async () => {
    const { page } = dashboard;
    const title = page.getByRole('textbox', { name: 'Title' });
    await title.fill('');
    await title.focus();
    await compose('ㅇ', '아', '안', '안ㄴ', '안녀', '안녕');
    await compose('ㅎ', '하', '하세', '하세요');
    expect(await title.inputValue()).toBe('안녕하세요');
    await preview().getByRole('heading', { name: '안녕하세요' }).waitFor();
    await title.press('End');
    await title.pressSequentially(', ');
    await page.getByRole('button', { name: 'Insert a field into Title' }).click();
    await page.getByRole('menuitem', { name: /^person\.name/ }).click();
    await page.keyboard.type('friend');
    expect(await title.inputValue()).toBe('안녕하세요, {{default person.name "friend"}}');
    await preview().getByRole('heading', { name: '안녕하세요, friend' }).waitFor();
    await page.getByRole('searchbox', { name: 'As this person' }).fill('미나');
    await page.getByRole('option', { name: /김미나/ }).click();
    await preview().getByRole('heading', { name: '안녕하세요, 김미나' }).waitFor();
    await page.getByRole('button', { name: 'As anybody' }).click();

    await page.getByRole('tab', { name: 'Korean' }).click();
    await page.getByRole('textbox', { name: 'Title' }).fill('요금이 고민이세요?');
    await preview().getByRole('heading', { name: '요금이 고민이세요?' }).waitFor();
    await page.getByRole('textbox', { name: 'Words', exact: true }).fill('#999999');
    await page.getByText('Contrast 2.8:1, 4.5:1 is needed to publish').waitFor();
    await page.getByText(/has a contrast of 2\.8:1/).first().waitFor();
    await page.getByRole('textbox', { name: 'Words', exact: true }).fill('#222222');
    await page.getByText(/easy to read/).waitFor();
    await page.getByRole('textbox', { name: 'Accent' }).fill('#1f7a4d');
    await saved();
    expect((await campaign()).definition.message.variants[0].content).toMatchObject({ title: '안녕하세요, {{default person.name "friend"}}', theme: { accent: '#1f7a4d', text: '#222222' }, translations: { ko: { title: '요금이 고민이세요?' } } });
    await page.getByText('Phone', { exact: true }).click();
    await page.getByRole('radiogroup', { name: 'Colours of the visitor' }).getByText('Dark').click();
    await preview().getByRole('heading', { name: '요금이 고민이세요?' }).waitFor();
    const frame = page.frames().find((one) => one.url().endsWith('/preview/in-app'))!;
    expect(await frame.evaluate(`[innerWidth, getComputedStyle(document.querySelector('danbi-messages').shadowRoot.querySelector('.m')).backgroundColor]`)).toEqual([360, 'rgb(29, 31, 38)']);
  });

  test('an address says whether it fits and why not; conditions, attention, people and limits are kept', async () => {
    const { page } = dashboard;
    const tester = page.getByRole('region', { name: 'Try an address' });
    await page.getByRole('textbox', { name: 'Try an address' }).fill('localhost:99/pricing?plan=pro');
    await tester.getByText('Fits', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Add a condition' }).first().click();
    await page.getByRole('menuitem', { name: 'Address parameter' }).click();
    await page.getByRole('textbox', { name: 'Parameter' }).fill('team');
    await tester.getByText('The parameter team is missing.').waitFor();
    await page.getByRole('textbox', { name: 'Try an address' }).fill('https://localhost/prices?team=1');
    await tester.getByText('It is not “localhost/pricing”.').waitFor();
    await page.getByRole('button', { name: 'Add a page' }).click();
    await page.getByRole('textbox', { name: 'Page 2', exact: true }).fill('/price*');
    await tester.getByText('Fits', { exact: true }).waitFor();
    const often = page.getByRole('region', { name: 'How often' });
    await often.getByRole('combobox', { name: 'Each person sees it' }).click();
    await page.getByRole('option', { name: 'a few times' }).click();
    await often.getByRole('switch', { name: 'Leave time in between' }).check();
    await often.getByRole('textbox', { name: 'Ends after displays' }).fill('500');
    await page.getByRole('region', { name: 'Who', exact: true }).getByText('Only some').click();
    await page.getByRole('region', { name: 'Who', exact: true }).getByRole('button', { name: 'attribute is …' }).click();
    await page.getByRole('combobox', { name: 'Attribute' }).fill('name');
    await page.getByRole('combobox', { name: 'Value' }).fill('김미나');
    await page.getByText('1 person', { exact: true }).waitFor();
    await saved();
    expect((await campaign()).definition).toMatchObject({
      display: { page: { include: [{}, { pattern: '/price*' }], query: [{ name: 'team', op: 'exists' }] }, frequency: { times: 3, every: { days: 1 }, oncePerVisit: true }, cap: 500 },
      audience: { type: 'attribute', key: 'name', op: 'is', value: '김미나' },
    });
    const goals = page.getByRole('region', { name: 'Goals and test' });
    await goals.getByRole('button', { name: 'Add a goal' }).click();
    await goals.getByRole('combobox', { name: 'Event', exact: true }).fill('Order Completed');
    await page.getByRole('switch', { name: /nothing/ }).check();
    await goals.getByRole('checkbox', { name: 'Give new people the winner by itself' }).check();
    await goals.getByRole('textbox', { name: 'Go on splitting' }).fill('25');
    await goals.getByText(/people are needed in each arm|How often the goal is reached is not known yet/).first().waitFor();
    await saved();
    expect((await campaign()).definition).toMatchObject({ goals: [{ key: 'goal-1', name: 'Order Completed', primary: true, event: { name: 'Order Completed' } }], message: { control: { weight: 1 }, test: { autoWinner: { keep: 0.25 } } } });
    await page.getByRole('textbox', { name: 'Page 2', exact: true }).fill('(');
    await page.getByRole('combobox', { name: 'How Page 2 is compared' }).click();
    await page.getByRole('option', { name: 'Expression' }).click();
    await page.getByRole('button', { name: 'Publish changes' }).click();
    await page.getByText('One thing has to be mended first. It is marked below.').waitFor();
    expect(await page.getByRole('textbox', { name: 'Page 2', exact: true }).getAttribute('aria-invalid')).toBe('true');
  });

  test('a survey is answered by a visitor, and its answers stand in the results', async () => {
    const { page } = dashboard;
    expect((await app.api('POST', '/v1/features', { key: 'faster', name: '더 빠르게' })).status).toBe(201);
    await dashboard.goto('/auto-messages/new');
    await page.getByRole('textbox', { name: 'On which page?' }).fill(`${site.url}/account`);
    await page.getByRole('textbox', { name: 'Seconds of attention' }).fill('1');
    await page.getByRole('button', { name: 'Use this: NPS survey' }).click();
    await preview().getByRole('radio', { name: '9' }).waitFor();
    await page.getByRole('combobox', { name: 'Kind' }).click();
    await page.getByRole('option', { name: 'Choices' }).click();
    await page.getByRole('textbox', { name: 'Choice 1', exact: true }).fill('Price');
    await page.getByRole('textbox', { name: 'Choice 2', exact: true }).fill('Speed');
    await page.getByRole('textbox', { name: 'Choice 2 is kept as' }).fill('speed');
    await page.getByRole('textbox', { name: 'Question' }).first().fill('What do you like most?');
    await page.getByRole('button', { name: 'Add a tag for an answer' }).click();
    await page.getByRole('combobox', { name: 'Who chooses' }).click();
    await page.getByRole('option', { name: 'Speed' }).click();
    await page.getByRole('textbox', { name: 'gets the tag' }).fill('likes speed');
    await page.getByRole('combobox', { name: 'Keep answers as requests for' }).fill('빠르');
    await page.getByRole('option', { name: '더 빠르게' }).click();
    await picture(page, 'auto-survey-rules');
    await preview().getByRole('radio', { name: 'Speed' }).waitFor();
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Publish now' }).click();
    await page.getByText('Live: version 1').waitFor();

    await visitor.bringToFront();
    await visitor.goto(`${site.url}/account`);
    await card(visitor).getByText('What do you like most?').waitFor();
    await card(visitor).getByRole('radio', { name: 'Speed' }).check();
    await card(visitor).locator('textarea').fill('빨라요');
    await card(visitor).getByRole('button', { name: 'Send' }).click();
    await card(visitor).getByText(/Thank you/).waitFor();
    await page.bringToFront();
    await page.getByRole('tab', { name: 'Results' }).click();
    await page.getByRole('table', { name: 'Answers', exact: true }).getByText('빨라요').waitFor({ timeout: 20_000 });
    await app.runner.runUntilIdle();
    await page.reload();
    const survey = page.getByRole('region', { name: 'What do you like most?' });
    expect(await survey.getByRole('row', { name: /Speed/ }).innerText()).toMatch(/Speed\s+1/);
    expect(await page.getByRole('region', { name: 'In all' }).innerText()).toMatch(/Shown\s+1/);
    expect((await app.db.query(`select count(*)::int as n from person_tag where tag = 'likes speed'`))[0].n).toBe(1);
    expect((await app.api('GET', '/v1/features/faster/requests')).body.items).toMatchObject([{ words: '빨라요', source: 'survey' }]);
  });

  test('two variants and some who see nothing, at hours of some days, after another moment: each is kept', async () => {
    const { page } = dashboard;
    await page.getByRole('tab', { name: 'Editor' }).click();
    const message = page.getByRole('region', { name: 'Message', exact: true });
    await message.getByRole('button', { name: 'Add a variant' }).click();
    await message.getByRole('button', { name: 'Remove variant B' }).waitFor();
    await message.getByRole('textbox', { name: 'Share of B' }).fill('3');
    await message.getByRole('switch', { name: 'Show nothing to some, to compare' }).check();
    await message.getByRole('textbox', { name: 'Share that sees nothing' }).fill('2');
    const often = page.getByRole('region', { name: 'How often' });
    await often.getByLabel('Begins').fill('2027-01-04T09:00');
    await often.getByLabel('Ends', { exact: true }).fill('2027-02-01T18:00');
    for (const day of ['Mon', 'Fri']) await often.getByRole('checkbox', { name: day }).check();
    await often.getByLabel('Hours from').fill('10:00');
    await often.getByLabel('Hours to').fill('17:30');
    await often.getByRole('textbox', { name: 'Priority' }).fill('70');
    await often.getByRole('switch', { name: 'Essential' }).check();
    const when = page.getByRole('region', { name: 'When', exact: true });
    await when.getByRole('combobox').first().click();
    await page.getByRole('option', { name: /scroll|down the page/i }).click();
    await saved();
    const { definition } = await campaign();
    expect(definition.message).toMatchObject({ variants: [{ key: 'a', weight: 1 }, { key: 'b', weight: 3 }], control: { weight: 2 } });
    expect(definition.display).toMatchObject({ trigger: { type: 'scroll', percent: 50 }, priority: 70, class: 'essential', schedule: { weekdays: ['mon', 'fri'], hours: { from: '10:00', to: '17:30' } } });
    expect(new Date(definition.display.schedule.until).getTime()).toBeGreaterThan(new Date(definition.display.schedule.from).getTime());
    await message.getByRole('button', { name: 'Remove variant B' }).click();
    await message.getByRole('textbox', { name: 'Share of A' }).waitFor();
    await saved();
    expect((await campaign()).definition.message.variants).toHaveLength(1);
  });

  test('duplicated, deleted as a draft, stopped for good, and archived', async () => {
    const { page } = dashboard;
    const original = new URL(page.url()).pathname.split('/')[2]!;
    const dialog = page.getByRole('dialog');
    const more = async (name: string) => { await page.getByRole('button', { name: 'More', exact: true }).click(); await page.getByRole('menuitem', { name, exact: true }).click(); };
    await more('Duplicate');
    await page.getByRole('heading', { level: 1, name: /\(copy\)$/ }).waitFor();
    const { id: copy, state } = await campaign();
    expect([copy === original, state]).toEqual([false, 'draft']);
    await more('Delete the draft');
    await dialog.getByText('It was never published. It can not be brought back.').waitFor();
    await dialog.getByRole('button', { name: 'Delete the draft' }).click();
    await page.waitForURL(/\/auto-messages$/);
    expect((await app.api('GET', `/v1/campaigns/${copy}`)).status).toBe(404);
    const other = (await app.api('POST', `/v1/campaigns/${original}/duplicate`, { name: '멈출 것' })).body.id as string;
    expect((await app.api('POST', `/v1/campaigns/${other}/publish`)).status).toBe(200);
    await dashboard.goto(`/auto-messages/${other}`);
    await more('Stop for good');
    await dialog.getByRole('button', { name: 'Stop for good' }).click();
    await page.getByText('Stopped', { exact: true }).waitFor();
    await more('Archive');
    await dialog.getByRole('button', { name: 'Archive' }).click();
    await page.getByText('Archived', { exact: true }).waitFor();
    expect((await campaign()).state).toBe('archived');
    expect(await page.getByRole('button', { name: /^(Publish|Pause|Resume)/ }).count()).toBe(0);
    await dashboard.goto(`/auto-messages/${original}`);
  });

  test('the list is searched and filtered in its address; pausing takes effect; analysts see no buttons', async () => {
    const { page } = dashboard;
    await page.getByRole('tab', { name: 'Editor' }).click();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Auto messages' }).first().click();
    await page.getByRole('row', { name: /NPS survey/ }).getByText('localhost/account').waitFor();
    await page.getByRole('searchbox').fill('pricing');
    await page.getByRole('row', { name: /NPS survey/ }).waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('?q=pricing');
    await page.getByRole('row', { name: /pricing page/ }).waitFor();

    const invited = (await app.api('POST', '/v1/users', { email: 'analyst@example.com', name: 'Ann', role: 'analyst' })).body;
    const token = new URL(invited.inviteUrl).searchParams.get('token')!;
    expect((await app.api('POST', '/v1/invites/accept', { token, password: 'a long enough password' })).status).toBeLessThan(300);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await dashboard.signIn('analyst@example.com', 'a long enough password');
    await dashboard.goto('/auto-messages');
    await page.getByRole('link', { name: 'Help on the pricing page' }).waitFor();
    expect(await page.getByRole('link', { name: 'New auto message' }).count()).toBe(0);
    await page.getByRole('link', { name: 'Help on the pricing page' }).click();
    await preview().waitFor();
    expect(await page.locator('main').getByRole('button', { name: /Publish|Pause|More$|Add |Remove/, disabled: false }).count()).toBe(0);
    expect(await page.getByRole('textbox', { name: 'Title' }).isDisabled()).toBe(true);
  });
});
