import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { startTestApp, type TestApp } from '../support/app.js';
import { hasBrowser, picture } from '../support/browser.js';
import { Dashboard } from '../support/dashboard.js';
import { DnsServer } from '../support/dns-server.js';
import { Receiver } from '../support/receiver.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { VirtualClock } from '../support/virtual-clock.js';

const MINUTE = 60_000;
const PASSWORD = '분석가의 긴 비밀번호';

/** The settings as an owner uses them, against real DNS, SMTP and HTTP; what an analyst sees of them; and what the audit says of all of it. */
(hasBrowser ? describe : describe.skip)('the settings in the dashboard', () => {
  let app: TestApp;
  let dashboard: Dashboard;
  let dns: DnsServer;
  let receiver: Receiver;
  let sink: SmtpSink;
  let domainPath: string;
  let endpointPath: string;
  // Noon in Seoul: in the evening the night of advertising there would be the reason why a message waits.
  const clock = new VirtualClock(new Date(new Date().setUTCHours(3, 0, 0, 0)));

  beforeAll(async () => {
    [dns, receiver, sink] = await Promise.all([new DnsServer().start(), new Receiver().start(), new SmtpSink().start()]);
    app = await startTestApp({ clock, env: { DNS_SERVERS: dns.address, WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8' } });
    dashboard = await Dashboard.open(app);
  });
  afterEach(() => expect(dashboard.browser.faults.splice(0)).toEqual([]));
  afterAll(async () => {
    await dashboard.browser.close();
    await app.close();
    await Promise.all([dns.stop(), receiver.stop(), sink.stop()]);
  });

  const button = (name: string | RegExp, within: Locator = dashboard.page.locator('main')) => within.getByRole('button', { name, exact: true });
  const dialog = () => dashboard.page.getByRole('dialog');
  const place = async (name: string) => {
    await dashboard.page.getByRole('navigation', { name: /^(Settings|설정)$/ }).getByRole('link', { name, exact: true }).click();
    await dashboard.page.getByRole('heading', { level: 1, name }).waitFor();
  };
  /** Every list of the page has come. */
  const settled = () => dashboard.page.locator('main output[aria-label]').first().waitFor({ state: 'detached' });
  const tab = (name: string | RegExp) => dashboard.page.getByRole('tab', { name }).click();
  /** What a server that refuses leaves on the console. */
  const refused = (status: number) => expect(dashboard.browser.faults.splice(0)).toEqual([expect.stringContaining(String(status))]);
  const secretShown = async () => {
    await dialog().getByText('Shown this once').waitFor();
    const value = (await dialog().locator('pre').textContent())!;
    await button('I have kept it', dialog()).click();
    return value;
  };

  test('the workspace and its rules are saved when asked; a mistake is said at its field, and nothing unsaved is left by accident', async () => {
    const { page } = dashboard;
    await page.getByRole('link', { name: 'Settings', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Workspace' }).waitFor();
    const name = page.getByLabel('Name', { exact: true });
    await name.fill('단비 백화점');
    await page.getByText('Not saved yet').waitFor();
    await page.getByRole('link', { name: 'Team', exact: true }).click();
    await button('Stay here', dialog()).click();
    expect(await name.inputValue()).toBe('단비 백화점');
    await button('Save changes').click();
    await page.getByText('Saved', { exact: true }).waitFor();
    expect((await app.api('GET', '/v1/workspace')).body).toMatchObject({ name: '단비 백화점', timeZone: 'Asia/Seoul' });

    const limit = page.getByRole('textbox', { name: 'Auto messages a day: At most a day' });
    await limit.fill('0');
    await button('Save rules').click();
    await page.getByText(/>=\s?1/).waitFor();
    refused(400);
    await limit.fill('2');
    await page.getByRole('article', { name: 'No advertising at night' }).getByRole('checkbox', { name: 'No advertising at night: E-mail' }).check();
    await button('Save rules').click();
    // The other form of the page says that it is saved as well.
    await page.locator('main form').last().getByText('Saved', { exact: true }).waitFor();
    const rules = async () => Object.fromEntries((await app.api('GET', '/v1/sending-rules')).body.items.map(({ key, parameters, set }: { key: string; parameters: object; set: boolean }) => [key, { ...parameters, set }]));
    expect(await rules()).toMatchObject({ display_limit: { perDay: 2 }, night_gate: { channels: ['in_app', 'email'] }, ad_label: { set: false } });
  });

  test('mail leaves for real through a server that was tried; the sandbox comes back without it', async () => {
    const { page } = dashboard;
    await place('Sending');
    await page.getByText('Sandbox: nothing leaves').waitFor();
    await button('New mail server').click();
    await button('Save changes', dialog()).click();
    expect(await dialog().getByText('This is required.').count()).toBe(2);
    await dialog().getByLabel('Name', { exact: true }).fill('Main');
    await dialog().getByLabel('Host').fill('not a host');
    await dialog().getByLabel('Port').fill(String(sink.port));
    await dialog().getByRole('combobox', { name: 'Encryption' }).click();
    await page.getByRole('option', { name: 'None, for a server on this network' }).click();
    await button('Save changes', dialog()).click();
    await dialog().getByText('must be a host name or an IP address').waitFor();
    expect([await dialog().getByLabel('Host').getAttribute('aria-invalid'), await dialog().getByLabel('Port').getAttribute('aria-invalid')]).toEqual(['true', null]);
    refused(400);
    await dialog().getByLabel('Host').fill('127.0.0.1');
    await button('Save changes', dialog()).click();
    await page.getByText('Real sending through your mail servers').waitFor();
    await button('Test Main').click();
    await page.getByText('It takes our mail').waitFor();
    expect(sink.connections).toBeGreaterThan(0);
    await picture(page, 'dashboard-settings-relay');
    await button('Remove Main').click();
    await button('Remove', dialog()).click();
    await page.getByText('Sandbox: nothing leaves').waitFor();
  });

  test('a domain says what to publish, is verified when DNS has it, and gets another key', async () => {
    const { page } = dashboard;
    await tab('Domains');
    await button('New domain').click();
    await dialog().getByLabel('Domain', { exact: true }).fill('news.danbi.example');
    await button('Add the domain', dialog()).click();
    await page.getByRole('heading', { level: 1, name: 'news.danbi.example' }).waitFor();
    domainPath = new URL(page.url()).pathname;
    const id = domainPath.split('/').at(-1)!;
    await button('Check now').click();
    const dkim = page.getByRole('article', { name: 'DKIM, the key that signs' });
    await dkim.getByText('✗ Missing').waitFor();
    const publish = async () => { for (const { type, name, value } of (await app.api('GET', `/v1/sending-domains/${id}/records`)).body.items) if (type === 'TXT') dns.txt.set(name, [value]); };
    await publish();
    await button('Check now').click();
    await dkim.getByText('✓ Right').waitFor();
    await page.getByText('Verified', { exact: true }).waitFor();
    await button('Copy: value of DKIM, the key that signs').click();
    await button('Copied: value of DKIM, the key that signs').waitFor();
    await button('Make the next key').click();
    await button('Switch to the next key').click();
    await page.getByRole('alert').filter({ hasText: 'key' }).waitFor();
    refused(409);
    await button('Switch although DNS does not show it').waitFor();
    await publish();
    await button('Switch to the next key').click();
    await page.getByText('Retired').waitFor();
    await dkim.getByText('✓ Right').waitFor();
    expect((await app.api('GET', `/v1/sending-domains/${id}`)).body.keys.map(({ state }: { state: string }) => state).sort()).toEqual(['active', 'retired']);
  });

  test('an address is suppressed, found and let go', async () => {
    const { page } = dashboard;
    await dashboard.goto('/settings/sending?tab=suppressed');
    await button('Suppress an address').click();
    await dialog().getByLabel('E-mail').fill('mina@example.org');
    await button('Suppress an address', dialog()).click();
    await dialog().waitFor({ state: 'hidden' });
    await page.getByRole('searchbox', { name: 'Is this address suppressed?' }).fill('mina@example.org');
    await page.keyboard.press('Enter');
    await button('Lift: mina@example.org').click();
    await button('Lift', dialog()).click();
    await page.getByText('mina@example.org is not suppressed').waitFor();
    expect((await app.api('GET', '/v1/suppressions')).body.items).toEqual([]);
  });

  test('a webhook is tested, fails for good, and is delivered again under the same id', async () => {
    const { page } = dashboard;
    await place('Webhooks');
    await button('New endpoint').click();
    await dialog().getByLabel('Name', { exact: true }).fill('Orders');
    await dialog().getByLabel('Address').fill('ftp://example.org');
    await button('Save changes', dialog()).click();
    await dialog().getByText('it must begin with https://').waitFor();
    refused(400);
    await dialog().getByLabel('Address').fill(receiver.url);
    await button('Save changes', dialog()).click();
    expect(await secretShown()).toMatch(/^whsec_/);
    await page.getByRole('link', { name: 'Orders' }).click();
    await page.getByRole('heading', { level: 1, name: 'Orders' }).waitFor();
    endpointPath = new URL(page.url()).pathname;
    await button('Send a test').click();
    await page.getByText(/^Answered with 200 after/).waitFor();
    expect(receiver.got.map(({ body }) => JSON.parse(body).type)).toEqual(['danbi.test']);

    receiver.reset();
    receiver.answer = () => ({ status: 404, body: 'nobody here' });
    const definition = { type: 'series', entry: { type: 'event', event: 'Bought' }, reentry: { policy: 'after_exit' }, start: 'a', steps: [{ id: 'a', type: 'message', channel: 'webhook', variants: [{ key: 'A', content: { endpointId: endpointPath.split('/').at(-1), data: {} } }] }] };
    const { body: campaign } = await app.api('POST', '/v1/campaigns', { name: '주문 알림', definition });
    expect((await app.api('POST', `/v1/campaigns/${campaign.id}/publish`)).status).toBe(200);
    await app.api('POST', '/v1/people', { externalId: 'mina', attributes: { name: '김미나' } });
    await app.api('POST', '/v1/batch', { batch: [{ type: 'track', userId: 'mina', event: 'Bought' }] });
    for (const wait of [0, 6_000, 6 * MINUTE]) {
      clock.advance(wait);
      await app.runner.runUntilIdle();
    }
    expect(receiver.got.length).toBe(3);
    await dashboard.goto(`${endpointPath}?tab=dead`);
    await page.getByText('HTTP 404').first().waitFor();
    await picture(page, 'dashboard-settings-dead');
    receiver.answer = () => ({ status: 204 });
    await button(/^Deliver again/).click();
    await page.getByText('Nothing was given up').waitFor();
    await app.runner.runUntilIdle();
    expect(new Set(receiver.got.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    await tab('Attempts');
    await page.getByRole('group', { name: 'Attempts' }).getByText('Delivered', { exact: true }).waitFor();
  });

  test('a key is shown once, works, and is refused once it is revoked', async () => {
    const { page } = dashboard;
    await place('API keys');
    await button('New key').click();
    await dialog().getByLabel('Name', { exact: true }).fill('Reports');
    await dialog().getByRole('combobox', { name: 'May' }).click();
    await page.getByRole('option', { name: 'Only read (analyst)' }).click();
    await button('Make the key', dialog()).click();
    const secret = await secretShown();
    const status = async () => (await fetch(`${app.url}/v1/workspace`, { headers: { authorization: `Bearer ${secret}` } })).status;
    expect(await status()).toBe(200);
    await button('Revoke Reports').click();
    await button('Revoke', dialog()).click();
    await page.getByText(/^Revoked /).waitFor();
    expect(await status()).toBe(401);
    expect(await page.locator('main').textContent()).not.toContain(secret);
  });

  test('the website: lines to paste, pages that may use the key, how it is measured, who proves what', async () => {
    const { page } = dashboard;
    await place('Website');
    await page.getByText(`data-key="${app.writeKey}"`, { exact: false }).or(page.getByText('data-key="dnb_wk_', { exact: false })).first().waitFor();
    await button('Allowed pages of test').click();
    await dialog().getByLabel('Allowed pages', { exact: true }).fill('shop.example');
    await button('Save changes', dialog()).click();
    await dialog().getByText('1: must be an origin such as https://shop.example').waitFor();
    refused(400);
    await dialog().getByLabel('Allowed pages', { exact: true }).press('Backspace');
    await dialog().getByLabel('Allowed pages', { exact: true }).fill('https://shop.example');
    await button('Save changes', dialog()).click();
    await page.getByRole('cell', { name: 'https://shop.example' }).waitFor();
    await tab('Pages and privacy');
    await page.getByLabel('Store nothing and send nothing until the visitor agrees').check();
    await button('Save changes').click();
    await page.getByText('Saved', { exact: true }).waitFor();
    expect((await app.api('GET', '/v1/site-settings')).body).toMatchObject({ consent: 'pending', idleSeconds: 60 });
    await tab('Identity');
    await page.getByRole('radio', { name: 'Yes' }).check();
    await button('Save changes').click();
    await page.getByRole('alert').filter({ hasText: 'secret' }).waitFor();
    expect(dashboard.browser.faults.splice(0)).toHaveLength(1);
    await button('New secret').click();
    await dialog().getByLabel('Name', { exact: true }).fill('shop');
    await button('Make the secret', dialog()).click();
    await secretShown();
    await button('Save changes').click();
    await page.getByText('Saved', { exact: true }).waitFor();
    expect((await app.api('GET', '/v1/identity-verification')).body.mode).toBe('enforce');
  });

  test('topics, and oneself: name, password, digest', async () => {
    const { page } = dashboard;
    await place('Topics');
    await button('New topic').click();
    await dialog().getByLabel('Name (English)').fill('Tips');
    await dialog().getByLabel('Name (Korean)').fill('도움말');
    await dialog().getByLabel('Key').fill('account');
    await button('Save changes', dialog()).click();
    await dialog().getByText('there is already a topic with this key').waitFor();
    refused(409);
    await dialog().getByLabel('Key').fill('tips');
    await button('Save changes', dialog()).click();
    await page.getByRole('cell', { name: /^Tips/ }).waitFor();
    await place('Me');
    await page.getByLabel('Present password').fill('not it');
    await page.getByLabel('New password').fill('새 비밀번호는 더 길다');
    await button('Change password').click();
    await page.getByText('The current password is not right.').waitFor();
    refused(403);
    await page.getByLabel('Present password').fill('비밀번호는 길수록 좋다');
    await button('Change password').click();
    await page.getByText('Saved', { exact: true }).waitFor();
    const digest = page.getByRole('region', { name: 'Digest by e-mail' });
    await digest.getByRole('combobox', { name: 'How often' }).click();
    await page.getByRole('option', { name: 'Every week' }).click();
    await button('Save changes', digest).click();
    await digest.getByText(/^The next one comes/).waitFor();
    await button('Preview', digest).click();
    expect(await page.frameLocator('iframe').locator('body').textContent()).toContain('단비 백화점');
    await button('Close', dialog()).click();
    await page.getByRole('combobox', { name: 'Language of the dashboard' }).click();
    await page.getByRole('option', { name: '한국어' }).click();
    await button('Save changes', page.getByRole('region', { name: 'About you' })).click();
    await page.getByRole('heading', { level: 1, name: '내 정보' }).waitFor();
    await dashboard.choose(/언어/, /English/);
  });

  test('caps and quiet hours: what is wrong is said at its field, what it means for one person is tried before it is saved, and saving is undone', async () => {
    const { page } = dashboard;
    expect((await app.api('POST', '/v1/people', { externalId: 'jiu', attributes: { name: '지우' } })).status).toBe(201);
    await place('Caps and hours');
    await page.getByText('No cap yet').waitFor();
    await button('Add a cap').click();
    const cap = page.getByRole('region', { name: 'Cap 1' });
    await cap.getByLabel('At most messages').fill('0');
    await button('Save changes').click();
    await cap.getByText(/>=\s?1/).waitFor();
    refused(400);
    await cap.getByLabel('At most messages').fill('2');
    await cap.getByRole('combobox', { name: 'In', exact: true }).click();
    await page.getByRole('option', { name: 'one week of their calendar' }).click();
    await cap.getByRole('checkbox', { name: 'E-mail' }).check();
    await page.getByRole('switch', { name: 'Keep quiet hours' }).check({ force: true });
    await page.getByLabel('From', { exact: true }).fill('00:00');
    await page.getByLabel('Until', { exact: true }).fill('23:59');
    const person = page.getByRole('searchbox', { name: 'Person' });
    await person.fill('지우');
    await page.getByRole('option', { name: /지우/ }).waitFor();
    await page.getByRole('option').nth(1).waitFor({ state: 'detached' });
    // By the keyboard: a pointer scrolls the page for its aim, and a list goes with the field that has left the view.
    await person.press('ArrowDown');
    await person.press('Enter');
    await page.getByText(/Waits until .*quiet hours of the workspace/).first().waitFor();
    await page.getByText('No message was to go to them').waitFor();
    expect((await app.api('GET', '/v1/pacing')).body).toMatchObject({ caps: [], quietHours: { on: false } });
    await picture(page, 'settings-pacing');
    await button('Save changes').click();
    await page.getByText('Saved', { exact: true }).waitFor();
    expect((await app.api('GET', '/v1/pacing')).body).toMatchObject({ caps: [{ key: 'cap-1', limit: 2, window: { kind: 'calendar', unit: 'week' }, channels: ['email'], topics: [], classes: [] }], quietHours: { on: true, from: '00:00', to: '23:59' } });
    await button('Undo what was saved').click();
    await page.getByText('No cap yet').waitFor();
    expect((await app.api('GET', '/v1/pacing')).body).toMatchObject({ caps: [], quietHours: { on: false } });
  });

  test('the audit says who did all of it, and is asked by the address', async () => {
    const { page } = dashboard;
    await place('Audit log');
    await page.getByRole('combobox', { name: 'Kind' }).click();
    await page.getByRole('option', { name: 'Webhook' }).click();
    await page.waitForURL(/kind=webhook_endpoint/);
    for (const what of ['Webhook · made', 'Webhook · tested', 'Webhook · delivered again']) await page.getByRole('cell', { name: what }).waitFor();
    // What was there before the choice goes once the answer has come.
    await page.getByRole('row').nth(4).waitFor({ state: 'detached' });
    expect(await page.getByRole('row').count()).toBe(4);
    await dashboard.goto('/settings/audit?kind=campaign');
    await page.getByRole('link', { name: '주문 알림' }).first().waitFor();
    const { body } = await app.api('GET', '/v1/audit?limit=200');
    const done = new Set(body.items.filter(({ actorName }: { actorName: string }) => actorName === '김단비').map(({ action }: { action: string }) => action));
    expect([...done].sort()).toEqual([
      'api_key.change', 'api_key.create', 'api_key.revoke', 'digest.update', 'identity-secret.create', 'identity-verification.change', 'pacing.change', 'relay.add', 'relay.remove', 'sending-domain.create', 'sending-domain.rotate', 'sending-domain.switch', 'sending-rule.change', 'session.create',
      'site-settings.replace', 'suppression.add', 'suppression.remove', 'topic.create', 'user.change_password', 'user.update', 'webhook_endpoint.create', 'webhook_endpoint.redeliver', 'webhook_endpoint.test', 'workspace.update',
    ]);
    await dashboard.goto('/settings/audit?kind=snippet');
    await button('Clear filters').click();
    await page.getByRole('cell', { name: 'Topic · made' }).waitFor();
  });

  test('an invited analyst chooses a password, sees it all and no button that would be refused', async () => {
    const { page } = dashboard;
    await dashboard.goto('/settings/team');
    await button('Invite somebody').click();
    await dialog().getByLabel('E-mail').fill('owner@example.com');
    await dialog().getByLabel('Name').fill('이분석');
    await button('Make the link', dialog()).click();
    await dialog().getByText('somebody with this e-mail is a user already').waitFor();
    refused(409);
    await dialog().getByLabel('E-mail').fill('analyst@example.com');
    await dialog().getByRole('combobox', { name: 'Role' }).click();
    await page.getByRole('option', { name: 'Analyst' }).click();
    await button('Make the link', dialog()).click();
    const link = new URL(await secretShown());
    await page.getByRole('row', { name: /이분석/ }).getByText('Invited').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(/\/login/);
    await page.goto(`${dashboard.base}${link.pathname}${link.search}`);
    await page.locator('[name="password"]').fill(PASSWORD);
    await page.locator('form button').last().click();
    await page.waitForURL(`${dashboard.base}/`);
    await dashboard.goto('/settings/me');
    const free = /^(Copy|Copied|Clear|Where this comes from|Look|Preview|Save changes|Change password|Show or hide)/;
    for (const name of ['Workspace', 'Team', 'Sending', 'Website', 'Topics', 'Caps and hours', 'Launch safety', 'API keys', 'Webhooks', 'Audit log', 'Me']) {
      await place(name);
      await settled();
      if (name === 'Me') continue;
      await page.getByText('Ask: 김단비 (owner@example.com)').first().waitFor();
      const buttons = await page.locator('main').getByRole('button').filter({ visible: true }).evaluateAll((all) => all.filter((one) => !one.matches(':disabled')).map((one) => one.getAttribute('aria-label') ?? one.textContent ?? ''));
      expect([name, buttons.filter((label) => !free.test(label))]).toEqual([name, []]);
    }
    for (const path of [domainPath, endpointPath, ...['domains', 'reports', 'warmup', 'suppressed', 'limits', 'links'].map((one) => `/settings/sending?tab=${one}`)]) {
      await dashboard.goto(path);
      await settled();
      const buttons = await page.locator('main').getByRole('button').filter({ visible: true }).evaluateAll((all) => all.filter((one) => !one.matches(':disabled')).map((one) => one.getAttribute('aria-label') ?? one.textContent ?? ''));
      expect([path, buttons.filter((label) => !free.test(label))]).toEqual([path, []]);
    }
  });
});
