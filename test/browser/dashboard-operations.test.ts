import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';
import { hasBrowser, picture } from '../support/browser.js';
import { email } from '../support/campaign-definitions.js';
import { Dashboard } from '../support/dashboard.js';
import { makePeople } from '../support/experiments.js';
import { Receiver } from '../support/receiver.js';
import { until } from '../support/raw-tabs.js';
import { VirtualClock } from '../support/virtual-clock.js';

(hasBrowser ? describe : describe.skip)('what an operator sees and sets, in the dashboard', () => {
  let app: TestApp;
  let dashboard: Dashboard;
  let server: Receiver;
  const clock = new VirtualClock(new Date());

  beforeAll(async () => {
    server = await new Receiver().start();
    app = await startTestApp({ clock, env: { WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8' } });
    dashboard = await Dashboard.open(app);
  });
  afterEach(() => expect(dashboard.browser.faults.splice(0)).toEqual([]));
  afterAll(async () => {
    await dashboard.browser.close();
    await app.close();
    await server.stop();
  });

  const dialog = () => dashboard.page.getByRole('dialog');
  const main = () => dashboard.page.locator('main');
  const button = (name: string | RegExp, within = main()) => within.getByRole('button', { name, exact: true });
  /** The same page in Korean and in the dark, to be looked at. */
  const inKorean = async (name: string, heading: string) => {
    await dashboard.choose(/Language|언어/, /한국어/);
    await dashboard.page.getByRole('heading', { name: heading, exact: true }).first().waitFor();
    await picture(dashboard.page, `${name}-ko`);
    await dashboard.page.emulateMedia({ colorScheme: 'dark' });
    await picture(dashboard.page, `${name}-ko-dark`);
    await dashboard.page.emulateMedia({ colorScheme: 'light' });
    await dashboard.choose(/Language|언어/, /English/);
  };

  test('a service level is set for the workspace and for one campaign, changed and removed; a faulty one is said at its field', async () => {
    const { page } = dashboard;
    await makePeople(app, 'level', 60, { plan: 'pro' });
    const { id } = (await app.api('POST', '/v1/campaigns', { name: '주문 안내', definition: { type: 'broadcast', audience: { type: 'attribute', key: 'plan', op: 'is', value: 'pro' }, goals: [], message: { ...email('message', null), topic: 'account' } } })).body as { id: string };
    expect((await app.api('POST', `/v1/campaigns/${id}/publish`)).status).toBe(200);
    await app.runner.runUntilIdle((name) => name === 'delivery.email');
    await dashboard.goto('/settings/service-levels');
    await page.getByText('No target yet').waitFor();
    await picture(page, 'dashboard-levels-empty');
    await button('Set a target').click();
    await dialog().getByLabel('Share of e-mails, in %').fill('100');
    await button('Save changes', dialog()).click();
    await dialog().getByText('Between 50 and 99.99.').waitFor();
    await dialog().getByLabel('Share of e-mails, in %').fill('99.9');
    await picture(page, 'dashboard-levels-form');
    await button('Save changes', dialog()).click();
    await main().getByText('99.9% within 1 minute of being due, over the last 24 hours').first().waitFor();
    expect((await app.api('GET', '/v1/service-levels')).body.standard).toEqual({ share: 0.999, seconds: 60, hours: 24 });
    clock.advance(10 * 60_000);
    await page.reload();
    const row = page.getByRole('row').filter({ hasText: '주문 안내' });
    await row.getByText('60 are late and wait').waitFor();
    await row.getByText('Missed', { exact: true }).waitFor();
    await row.getByRole('button', { name: 'Change: 주문 안내' }).click();
    await dialog().getByRole('combobox', { name: 'It goes by' }).click();
    await page.getByRole('option', { name: 'a target of its own' }).click();
    await dialog().getByRole('combobox', { name: 'Handed over within' }).click();
    await page.getByRole('option', { name: '1 hour' }).click();
    await button('Save changes', dialog()).click();
    await row.getByText('of its own').waitFor();
    await row.getByText('0 e-mails: too few to say').waitFor();
    await picture(page, 'dashboard-levels');
    await inKorean('dashboard-levels', '서비스 수준');
    await dashboard.goto(`/campaigns/${id}`);
    await page.getByLabel('Service level', { exact: true }).getByRole('link', { name: 'Service level' }).click();
    await dialog().getByText('Handed over within').waitFor();
    await page.keyboard.press('Escape');
    await row.getByRole('button', { name: 'Remove 주문 안내' }).click();
    await button('Remove', dialog()).click();
    await row.getByText('of the workspace').waitFor();
    await button('Remove: Target of the workspace').click();
    await button('Remove', dialog()).click();
    await page.getByText('No target yet').waitFor();
    expect((await app.api('GET', '/v1/service-levels')).body).toEqual({ standard: null, items: [] });
  });

  test('the status is drawn over time, and says what is new in this release', async () => {
    const { page } = dashboard;
    const now = new Date(Math.floor(clock.now().getTime() / 60_000) * 60_000);
    await app.db.query(`
      insert into status_sample (at, sample) select $1::timestamptz - make_interval(mins => n), jsonb_build_object('steps', 5 + 40 * abs(sin(n / 9.0)), 'segments', 2 + n % 7, 'campaigns', 0, 'deliveries.email', case when n between 40 and 60 then 900 else 30 end,
        'bounces', 0.01 + 0.005 * sin(n / 20.0), 'complaints', 0.0004, 'results', 1000 * abs(sin(n / 30.0)), 'eventToDecision.p50', 0.3, 'eventToDecision.p95', 0.8, 'eventToDecision.p99', 1 + 0.6 * abs(cos(n / 11.0)))
        from generate_series(0, 170) as n where n not between 100 and 112`, [now]);
    await dashboard.goto('/settings/status');
    const waits = page.getByLabel('Longest wait', { exact: true });
    await waits.getByRole('img', { name: /highest 15 min/ }).waitFor();
    await waits.locator('svg path.recharts-curve').first().waitFor();
    await picture(page, 'dashboard-status-history');
    await inKorean('dashboard-status-history', '시간별 추이');
    await waits.getByLabel('Show as table').check({ force: true });
    await waits.getByRole('cell', { name: '15 min' }).first().waitFor();
    await page.getByRole('combobox', { name: 'Period' }).click();
    await page.getByRole('option', { name: '7 days' }).click();
    await waits.getByRole('cell', { name: /\d (AM|PM)$/ }).first().waitFor();
    await main().getByRole('link', { name: 'Release notes' }).last().click();
    await page.getByText('Every change of the schema that this release knows is applied').waitFor();
    await page.getByLabel('Find a change').fill('service level');
    await page.getByRole('article').getByText('Service levels').first().waitFor();
    await picture(page, 'dashboard-release');
    await page.getByLabel('Find a change').fill('');
    await inKorean('dashboard-release', '새로 바뀐 점');
  });

  test('a file is asked for on a schedule: tried, begun, mapped, asked now, paused and ended; what is wrong is said', async () => {
    const { page } = dashboard;
    server.answer = () => ({ status: 200, body: 'id,email,plan\nc-1,mina@example.org,pro\nc-2,jin@example.org,free\n' });
    await dashboard.goto('/settings/sources');
    await button('New source').click();
    await dialog().getByRole('combobox', { name: 'System' }).click();
    await page.getByRole('option', { name: 'A CSV file at an address' }).click();
    await dialog().getByLabel('Name').fill('고객 명단');
    await button('Add the source', dialog()).click();
    await page.getByRole('tab', { name: 'Schedule', selected: true }).waitFor();
    await button('Try it').click();
    await page.getByText('This is required.').waitFor();
    const address = page.getByLabel('Address', { exact: true });
    await address.fill('http://169.254.169.254/x');
    await button('Try it').click();
    await page.getByText('This address lies in a network that may not be reached', { exact: false }).waitFor();
    expect(dashboard.browser.faults.splice(0)).toEqual([expect.stringContaining('400')]);
    await address.fill(`${server.url}?key=very-secret`);
    await button('Try it').click();
    await page.getByText('2 rows, of which the first 2 are shown.').waitFor();
    await page.getByRole('cell', { name: 'mina@example.org' }).waitFor();
    await picture(page, 'dashboard-schedule-try');
    await button('Begin').click();
    await page.getByText(`Now: ${server.url}`, { exact: false }).waitFor();
    await app.runner.runUntilIdle();
    server.answer = () => ({ status: 404 });
    await Promise.all([page.waitForResponse((response) => response.url().endsWith('/pull/now')), button('Ask now').click()]);
    await app.runner.runUntilIdle();
    await page.reload();
    await page.getByText('The file was not given: HTTP 404.').first().waitFor();
    const looks = page.getByRole('table', { name: 'Looks' });
    expect((await looks.getByRole('row').allInnerTexts()).slice(1).map((text) => text.split('\t').slice(1, 3).map((cell) => cell.trim()))).toEqual([['Failed', '0'], ['New rows', '2']]);
    await picture(page, 'dashboard-schedule');
    await inKorean('dashboard-schedule', '진행 상황');
    await button('Pause').click();
    await page.getByText('Paused: nothing is asked', { exact: false }).waitFor();
    await button('Go on').click();
    await button('Pause').waitFor();
    await page.getByRole('tab', { name: 'Mapping' }).click();
    // A row that came stands beside the rules.
    await until(async () => (await page.getByRole('textbox', { name: 'Body', exact: true }).inputValue()).includes('@example.org'));
    await page.getByRole('tab', { name: 'Schedule' }).click();
    await button('Ask no more').click();
    await button('Ask no more', dialog()).click();
    await button('Begin').waitFor();
    const [{ id }] = (await app.api('GET', '/v1/sources')).body.items as [{ id: string }];
    expect((await app.api('GET', `/v1/sources/${id}/pull`)).body).toEqual({ pull: null });
  });

  test('an answer is saved in two languages, found, and put into an e-mail in the languages of the e-mail', async () => {
    const { page } = dashboard;
    await dashboard.goto('/messages/replies');
    await picture(page, 'dashboard-replies-empty');
    await button('New reply').first().click();
    await dialog().getByLabel('Name').fill('환불 안내');
    await dialog().getByRole('textbox', { name: 'Text in English' }).fill('Hello {{person.name}},\n\nyour refund is done.');
    await dialog().getByRole('combobox', { name: 'Add a language' }).click();
    await page.getByRole('option', { name: 'Korean' }).click();
    await dialog().getByRole('textbox', { name: 'Text in Korean' }).fill('환불이 끝났어요. {{name}}');
    await button('Save', dialog()).click();
    await dialog().getByText(/line 1/).waitFor();
    expect(dashboard.browser.faults.splice(0)).toEqual([expect.stringContaining('400')]);
    await dialog().getByRole('textbox', { name: 'Text in Korean' }).fill('환불이 끝났어요.');
    await picture(page, 'dashboard-replies-form');
    await button('Save', dialog()).click();
    await page.getByRole('row').filter({ hasText: '환불 안내' }).waitFor();
    await picture(page, 'dashboard-replies');
    await inKorean('dashboard-replies', '저장된 답변');
    await page.getByLabel('Find by name or text').fill('refund is');
    await page.getByRole('row').filter({ hasText: '환불 안내' }).waitFor();
    const block = (id: string, text: string) => ({ id, type: 'text', paragraphs: [{ type: 'paragraph', runs: [{ text }] }] });
    const content = { language: 'en', subject: 'Refund', preheader: '', body: '', blocks: [block('a', 'First')], translations: { ko: { subject: '환불', preheader: '', body: '', blocks: [block('a', '처음')] } } };
    const made = await app.api('POST', '/v1/campaigns', { name: '답장', definition: { type: 'series', entry: { type: 'api' }, start: 'a', steps: [{ type: 'message', id: 'a', channel: 'email', topic: 'account', variants: [{ key: 'A', content }] }], goals: [] } });
    expect(made.status).toBe(201);
    await dashboard.goto(`/campaigns/${made.body.id}/messages/a`);
    await button('Saved reply').click();
    await picture(page, 'dashboard-replies-pick');
    await button('Put in: 환불 안내', dialog()).click();
    await page.getByText('your refund is done.').first().waitFor();
    const saved = async () => JSON.stringify((await app.api('GET', `/v1/campaigns/${made.body.id}`)).body.definition);
    await until(async () => (await saved()).includes('your refund is done.'));
    expect(await saved()).toContain('환불이 끝났어요.');
  });

  test('a secret that can not be opened any more is said where it is missed, with what to do', async () => {
    const { page } = dashboard;
    const ok = async (path: string, body: object) => (await app.api('POST', path, body)).body as { id: string; endpoint: { id: string } };
    await ok('/v1/relays', { name: '주 서버', host: 'smtp.example.org', port: 587, security: 'starttls', username: 'danbi', password: 'opens' });
    const { endpoint } = await ok('/v1/webhook-endpoints', { kind: 'standard', name: '창고', url: server.url });
    const source = await ok('/v1/sources', { kind: 'json', name: '결제', proof: { kind: 'bearer' }, secret: 'opens-not-any-more' });
    await ok('/v1/provider-connections', { provider: 'postmark', name: '반송', secret: { kind: 'password', user: 'danbi', password: 'long-enough-to-be-taken' } });
    // Sealed for another row, as after a restore of one table alone.
    await app.db.query(`update source_secret set value = (select r.password from relay as r limit 1)`);
    await app.db.query(`update relay set password = (select e.url from webhook_endpoint as e limit 1)`);
    await app.db.query(`update provider_secret set value = (select e.url from webhook_endpoint as e limit 1)`);
    await app.db.query(`update webhook_endpoint set url = (select k.value from source_secret as k limit 1)`);
    const title = 'Its secret can not be opened any more';
    await dashboard.goto('/settings/sending?tab=servers');
    await page.getByRole('article', { name: '주 서버' }).getByRole('alert').filter({ hasText: title }).waitFor();
    await picture(page, 'dashboard-secret-lost-relay');
    await dashboard.goto('/settings/sending?tab=reports');
    await page.getByRole('article', { name: '반송' }).getByRole('alert').filter({ hasText: title }).waitFor();
    await dashboard.goto(`/settings/webhooks/${endpoint.id}`);
    await page.getByRole('alert').filter({ hasText: title }).waitFor();
    await page.getByText('Secret lost', { exact: true }).waitFor();
    await picture(page, 'dashboard-secret-lost-endpoint');
    await dashboard.goto(`/settings/sources/${source.id}?tab=setup`);
    await page.getByRole('alert').filter({ hasText: 'This secret can not be opened any more' }).waitFor();
    await inKorean('dashboard-secret-lost-source', '결제');
  });
});
