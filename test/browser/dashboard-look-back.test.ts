import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';
import { axeFindings } from '../support/axe.js';
import { hasBrowser, picture } from '../support/browser.js';
import { email, series } from '../support/campaign-definitions.js';
import { Dashboard } from '../support/dashboard.js';

/** Whom a launch takes of those whose moment was before it. */
(hasBrowser ? describe : describe.skip)('a series that looks back', () => {
  let app: TestApp;
  let dashboard: Dashboard;
  beforeAll(async () => {
    app = await startTestApp();
    dashboard = await Dashboard.open(app);
  });
  afterEach(() => expect(dashboard.browser.faults.splice(0)).toEqual([]));
  afterAll(async () => {
    await dashboard.browser.close();
    await app.close();
  });

  test('who did it before the launch is taken too: chosen on the entry card, told with their step before the launch', async () => {
    const { page } = dashboard;
    expect((await app.api('POST', '/v1/people', { externalId: 'mina', attributes: { email: 'mina@example.org' } })).status).toBe(201);
    expect((await app.api('POST', '/v1/track', { userId: 'mina', event: 'Trial Began', messageId: 'trial', timestamp: new Date(Date.now() - 5 * 86_400_000).toISOString() })).status).toBe(200);
    await app.runner.runUntilIdle();
    const { body: { id } } = await app.api('POST', '/v1/campaigns', { name: 'Back', unfinished: true, definition: series({ entry: { type: 'event', event: 'Trial Began' }, start: 'w', steps: [{ id: 'w', type: 'wait', for: { days: 3 }, next: 'tips' }, email('tips', 'v'), { id: 'v', type: 'wait', for: { days: 4 }, next: 'last' }, email('last', null)] }) });
    await dashboard.goto(`/campaigns/${id}?view=outline`);
    await page.getByRole('button', { name: /^Entry Whoever does “Trial Began”/ }).first().click();
    const inspector = page.getByRole('complementary');
    await inspector.getByRole('combobox', { name: /^Who is taken/ }).click();
    await page.getByRole('option', { name: 'Before the launch and after it' }).click();
    await page.getByRole('button', { name: /^Entry Whoever does “Trial Began” \(in the 14 days before the launch too\)/ }).waitFor();
    await picture(page, 'dashboard-look-back');
    await page.getByText('Saved', { exact: true }).waitFor();
    expect((await app.api('GET', `/v1/campaigns/${id}`)).body.definition.entry).toMatchObject({ type: 'event', take: 'current_and_future', lookBack: { days: 14 } });
    await page.getByRole('button', { name: 'Review and launch' }).click();
    await page.getByRole('dialog').getByText('1 person now, and whoever comes later').waitFor();
    await page.getByRole('list', { name: 'Where they will stand' }).getByText(/^1 person waits at “/).waitFor();
    await picture(page, 'dashboard-look-back-sheet');
    expect(await axeFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dashboard.choose(/Language|언어/, /한국어/);
    await page.getByRole('button', { name: '검토하고 시작' }).click();
    await page.getByRole('list', { name: '진입한 고객이 있을 단계' }).getByText(/^1명: “/).waitFor();
    await picture(page, 'dashboard-look-back-sheet-ko');
    await page.keyboard.press('Escape');
    await dashboard.choose(/Language|언어/, /English/);
  });
});
