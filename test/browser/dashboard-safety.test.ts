import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { CAMPAIGN_BRAKE, type CampaignBrake } from '../../src/delivery/sending/campaign-brake.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { axeFindings } from '../support/axe.js';
import { hasBrowser, picture } from '../support/browser.js';
import { email } from '../support/campaign-definitions.js';
import { Dashboard } from '../support/dashboard.js';
import { makePeople } from '../support/experiments.js';
import { VirtualClock } from '../support/virtual-clock.js';

(hasBrowser ? describe : describe.skip)('how safely it is launched, in the dashboard', () => {
  let app: TestApp;
  let dashboard: Dashboard;
  const clock = new VirtualClock(new Date());

  beforeAll(async () => {
    app = await startTestApp({ clock });
    dashboard = await Dashboard.open(app);
  });
  afterEach(() => expect(dashboard.browser.faults.splice(0)).toEqual([]));
  afterAll(async () => {
    await dashboard.browser.close();
    await app.close();
  });

  const create = async (definition: object) => (await app.api('POST', '/v1/campaigns', { name: '단계 발송', definition })).body as { id: string };
  const dialog = () => dashboard.page.getByRole('dialog');
  const button = (name: string) => dashboard.page.getByRole('button', { name, exact: true });

  test('a launch in stages: approved, halted with its numbers, resumed; and everything held by the breaker', async () => {
    const { page } = dashboard;
    await makePeople(app, 'many', 30, { plan: 'pro' });
    const { id } = await create({ type: 'broadcast', audience: { type: 'attribute', key: 'plan', op: 'is', value: 'pro' }, goals: [{ key: 'bought', name: '구매', event: { name: 'Order Completed' } }], message: { ...email('message', null), topic: 'account' } });
    await dashboard.goto('/settings/safety');
    await page.getByLabel('Needed above so many people (empty: never)').fill('20');
    await button('Save changes').click();
    await page.getByText('Saved', { exact: true }).waitFor();
    expect((await app.api('GET', '/v1/safety-settings')).body.approval).toEqual({ above: 20 });
    await picture(page, 'dashboard-safety-settings');
    await dashboard.goto(`/campaigns/${id}`);
    await page.getByLabel('Send in stages').check();
    await page.getByLabel('Stage 1: per cent of the audience').fill('50');
    await button('Remove stage 2').click();
    await page.getByLabel('Not faster than').check();
    await picture(page, 'dashboard-ramp-fields');
    await button('Review and launch').click();
    await dialog().getByText('50 %, wait 1 hour, then everybody').waitFor();
    await dialog().getByText('Nobody was asked yet.').waitFor();
    await dialog().getByText('It can be launched when it is approved.').waitFor();
    expect(await dialog().getByRole('button', { name: /^Launch/ }).count()).toBe(0);
    await dialog().getByLabel('Note for whoever decides').fill('확인 부탁드려요');
    await dialog().getByRole('button', { name: 'Ask for an approval' }).click();
    // Whoever is alone answers it, and that is written down.
    await dialog().getByRole('button', { name: 'Approve', exact: true }).waitFor();
    await picture(page, 'dashboard-launch-approval');
    await dialog().getByRole('button', { name: 'Approve', exact: true }).click();
    await dialog().getByText('There was nobody else who may launch.').waitFor();
    await dialog().getByRole('button', { name: /^Launch/ }).click();
    await page.getByText('Launched in the sandbox').waitFor();
    await app.runner.runUntilIdle();
    await dashboard.goto(`/campaigns/${id}`);
    const launch = page.getByRole('region', { name: 'Launch', exact: true });
    await launch.getByText('Stage 1 of 2: 50 % of the audience').waitFor();
    await launch.getByText('At most 600 messages in any minute').waitFor();
    expect((await launch.getByRole('row').allInnerTexts()).map((row) => row.split('\t')[0])).toEqual(['Messages that', 'were reported as spam', 'bounced for good', 'were blocked because of us', 'led to unsubscribing', 'could not be made']);
    const text = { en: 'Ramp halted by Danbi: 9 of 100 messages bounced.', ko: '단비가 단계 발송을 멈췄습니다: 100건 중 9건 반송.' };
    await app.nest.get<CampaignBrake>(CAMPAIGN_BRAKE, { strict: false }).pause(app.db, id, { code: 'RAMP_HALTED', measure: 'hard', percent: 9, limit: 5, of: 100, at: clock.now().toISOString(), text }, clock.now());
    await page.reload();
    await page.getByText(text.en).waitFor();
    await picture(page, 'dashboard-ramp-halted');
    expect(await axeFindings(page)).toEqual([]);
    await dashboard.choose(/Language|언어/, /한국어/);
    await page.getByText(text.ko).waitFor();
    await page.getByText('2단계 중 1단계: 대상의 50%').waitFor();
    await picture(page, 'dashboard-ramp-halted-ko');
    await dashboard.choose(/Language|언어/, /English/);
    await button('Let it go on').click();
    await page.getByText(text.en).waitFor({ state: 'detached' });
    expect((await app.api('GET', `/v1/campaigns/${id}`)).body).toMatchObject({ state: 'active', pauseReason: null });
    await dashboard.goto('/settings/safety');
    await button('Hold all sending').click();
    await dialog().getByLabel('Why (everybody sees it)').fill('잘못된 링크');
    await dialog().getByRole('button', { name: 'Hold all sending' }).click();
    await page.getByText('Sending was halted by hand: 잘못된 링크').waitFor();
    await picture(page, 'dashboard-breaker-open');
    expect(await axeFindings(page)).toEqual([]);
    await dashboard.goto('/');
    await page.getByRole('link', { name: 'Sending was halted by hand: 잘못된 링크' }).click();
    await button('Let messages go again').click();
    await page.getByText('Messages go.').waitFor();
    await app.api('PUT', '/v1/safety-settings', {});
  });
});
