import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';
import { axeFindings } from '../support/axe.js';
import { hasBrowser, picture } from '../support/browser.js';
import { autoMessage, email, series } from '../support/campaign-definitions.js';
import { Dashboard } from '../support/dashboard.js';

(hasBrowser ? describe : describe.skip)('campaigns as files, in the dashboard', () => {
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

  test('a file is pasted, its fault found at its line, its plan seen, applied', async () => {
    const { page } = dashboard;
    const { id } = (await app.api('POST', '/v1/campaigns', { name: '환영', definition: series({ steps: [email('a', 'w'), { id: 'w', type: 'wait', for: { days: 2 }, next: null }] }) })).body;
    const { content } = (await app.api('GET', `/v1/files?kind=campaign&id=${id}`)).body.files[0];
    await dashboard.goto(`/campaigns/${id}`);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'More for this campaign' }).click();
    await page.getByRole('menuitem', { name: 'Copy as file' }).click();
    await page.getByText('Copied as a file.', { exact: false }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(content);
    const auto = (await app.api('POST', '/v1/campaigns', { name: '가격 안내', definition: autoMessage({}) })).body.id;
    await dashboard.goto(`/auto-messages/${auto}`);
    await page.getByRole('button', { name: 'More', exact: false }).last().click();
    await page.getByRole('menuitem', { name: 'Copy as file' }).click();
    await page.getByText('Copied as a file.', { exact: false }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toContain('type: auto_message');
    await dashboard.goto('/settings/files');
    await page.getByText('campaigns/hwannyeong.yaml', { exact: true }).waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download all as one file' }).click()]);
    expect(download.suggestedFilename()).toBe('danbi.yaml');
    const edited = content.replace('days: 2', 'days: 3');
    await page.getByLabel('Or paste').fill(edited.replace('type: wait', 'type: wiat'));
    await page.getByRole('button', { name: 'See what would change' }).click();
    await page.getByText('These files can not be applied.').waitFor();
    await page.getByText(/^pasted\.yaml:\d+:\d+$/).waitFor();
    expect(await page.getByRole('button', { name: /^Apply \d/ }).count()).toBe(0);
    await page.getByLabel('Or paste').fill(edited);
    await page.getByLabel('Files', { exact: true }).and(page.locator('button')).waitFor();
    await page.locator('input[type=file]').setInputFiles({ name: 'trial.yaml', mimeType: 'application/yaml', buffer: Buffer.from('format: danbi.segment/1\nkey: trial\nname: 체험 고객\ndefinition: { type: attribute, key: plan, op: is, value: trial }\n') });
    await page.getByRole('button', { name: 'See what would change' }).click();
    await page.getByText('Wait “w”: 2 days → 3 days').waitFor();
    await picture(page, 'dashboard-files');
    expect(await axeFindings(page)).toEqual([]);
    await dashboard.choose(/Language|언어/, /한국어/);
    await page.getByText('대기 “w”: 2일 → 3일').waitFor();
    await picture(page, 'dashboard-files-ko');
    await page.getByRole('button', { name: '변경 2건 적용' }).click();
    await page.getByText('적용했어요', { exact: true }).waitFor();
    expect((await app.api('GET', `/v1/campaigns/${id}`)).body.definition.steps[1].for).toEqual({ days: 3 });
    await page.getByText('segments/trial.yaml', { exact: true }).waitFor();
    // The file of the campaign is everything: the rest goes, after it was told and asked.
    await page.getByRole('button', { name: '고른 파일 지우기' }).click();
    await page.getByLabel('파일에 없는 것은 없애기').check();
    await page.getByRole('button', { name: '무엇이 바뀌는지 보기' }).click();
    await page.getByText('보관 예정').first().waitFor();
    await picture(page, 'dashboard-files-remove-ko');
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: '변경 2건 적용' }).click();
    await page.getByRole('dialog').getByText('체험 고객', { exact: false }).waitFor();
    await page.getByRole('dialog').getByRole('button', { name: '변경 2건 적용' }).click();
    await page.getByText('적용했어요', { exact: true }).waitFor();
    expect((await app.api('GET', '/v1/segments')).body.items.map(({ name }: { name: string }) => name)).not.toContain('체험 고객');
    await dashboard.choose(/Language|언어/, /English/);
  });
});
