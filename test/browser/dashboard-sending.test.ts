import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import type { Locator } from 'playwright-core';
import { signedHeaders } from '../../src/delivery/hooks/domain/signature.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { hasBrowser, picture } from '../support/browser.js';
import { Dashboard } from '../support/dashboard.js';
import { deliveries, makePeople, makePlace, queue } from '../support/deliveries.js';
import { Receiver } from '../support/receiver.js';
import { VirtualClock } from '../support/virtual-clock.js';

const MINUTE = 60_000;

/** What owners do in the settings now and then: reports of providers, warm-up, returns nobody understood, secrets, colleagues; and what refuses them, in Korean. */
(hasBrowser ? describe : describe.skip)('the rarer settings in the dashboard', () => {
  let app: TestApp;
  let dashboard: Dashboard;
  let receiver: Receiver;
  const clock = new VirtualClock(new Date());

  beforeAll(async () => {
    receiver = await new Receiver().start();
    app = await startTestApp({ clock, env: { WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8' } });
    dashboard = await Dashboard.open(app);
  });
  afterEach(() => expect(dashboard.browser.faults.splice(0)).toEqual([]));
  afterAll(async () => {
    await dashboard.browser.close();
    await app.close();
    await receiver.stop();
  });

  const button = (name: string | RegExp, within: Locator = dashboard.page.locator('main')) => within.getByRole('button', { name, exact: true });
  const dialog = () => dashboard.page.getByRole('dialog');
  const field = (name: string) => dialog().getByLabel(name, { exact: true });
  const choose = async (name: string, option: string) => {
    await dialog().getByRole('combobox', { name }).click();
    await dashboard.page.getByRole('option', { name: option, exact: true }).click();
  };
  const save = () => button('Save changes', dialog()).click();
  const closed = () => dialog().waitFor({ state: 'detached' });
  /** What servers that refuse leave on the console. */
  const refused = (...statuses: number[]) => expect(dashboard.browser.faults.splice(0)).toEqual(statuses.map((status) => expect.stringContaining(String(status))));

  test('what the server refuses is said in Korean at its field, in a page that is Korean', async () => {
    const { page } = dashboard;
    await dashboard.choose(/Language/, /한국어/);
    await dashboard.goto('/settings/sending');
    await button('새 메일 서버').click();
    await field('이름').fill('주 서버');
    await field('호스트').fill('not a host');
    await button('변경 내용 저장', dialog()).click();
    await dialog().getByText('호스트 이름이나 IP 주소를 적어 주세요.').waitFor();
    expect(await field('호스트').getAttribute('aria-invalid')).toBe('true');
    refused(400);
    await button('취소', dialog()).click();
    await dashboard.goto('/settings/webhooks');
    await button('새 주소').click();
    await field('이름').fill('주문');
    await field('주소').fill('ftp://example.org');
    await button('변경 내용 저장', dialog()).click();
    await dialog().getByText(/https:\/\/로 시작해야 해요/).first().waitFor();
    await button('취소', dialog()).click();
    await dashboard.goto('/settings/team');
    await page.locator('main').getByRole('button', { name: /초대/ }).first().click();
    await field('이메일').fill('owner@example.com');
    await field('이름').fill('또 김단비');
    await button('링크 만들기', dialog()).click();
    await dialog().getByText('이 이메일의 사용자가 이미 있어요.').waitFor();
    expect(await dialog().getByText(/[A-Za-z]{4,} [a-z]+ [a-z]+/).count()).toBe(0);
    refused(400, 409);
    await button('취소', dialog()).click();
    await dashboard.choose(/언어/, /English/);
  });

  test('reports of each provider: their address, their proof, a second secret, off and on, removed', async () => {
    const { page } = dashboard;
    await dashboard.goto('/settings/sending?tab=reports');
    const proof = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    for (const [provider, name, label, secret] of [
      ['Twilio SendGrid', 'Grid', 'Verification key', proof], ['Mailgun', 'Gun', 'HTTP webhook signing key', 'key-0123456789abcdef0123'], ['Postmark', 'Post', 'Password (20 characters or more)', 'a-long-random-password-1'],
    ] as const) {
      await button('New connection').click();
      await dialog().getByRole('combobox', { name: 'Provider' }).click();
      await page.getByRole('option', { name: new RegExp(provider.split(' ').at(-1)!) }).click();
      await field('Name').fill(name);
      await field(label).fill('short');
      await save();
      await dialog().getByText(/must (be|have)|Too small/).first().waitFor();
      refused(400);
      await field(label).fill(secret);
      await save();
      const card = page.getByRole('article', { name, exact: true });
      await card.getByText('Not heard yet').waitFor();
      expect(await card.textContent()).not.toContain(secret);
      await card.getByText('Secrets:').waitFor();
    }
    await button('New connection').click();
    await field('Name').fill('Amazon');
    await field('SNS topics').fill('arn:wrong');
    await save();
    await dialog().getByText(/must be the ARN/).waitFor();
    refused(400);
    await field('SNS topics').press('Backspace');
    await field('SNS topics').fill('arn:aws:sns:ap-northeast-2:123456789012:ses-events');
    await save();
    await page.getByRole('article', { name: 'Amazon', exact: true }).getByText('arn:aws:sns:ap-northeast-2:123456789012:ses-events').waitFor();
    const gun = page.getByRole('article', { name: 'Gun', exact: true });
    await button('Add a secret: Gun').click();
    await field('HTTP webhook signing key').fill('key-ffffffffffffffffffff');
    await save();
    await gun.getByRole('button', { name: 'Add a secret: Gun' }).waitFor({ state: 'detached' });
    await button('Switch off: Gun').click();
    await gun.getByText('Switched off').waitFor();
    await button('Switch on: Gun').click();
    await gun.getByText('Not heard yet').waitFor();
    await button('Remove Gun').click();
    await button('Remove', dialog()).click();
    await gun.waitFor({ state: 'detached' });
    expect((await app.api('GET', '/v1/provider-connections')).body.items.map(({ name, secrets }: { name: string; secrets: object[] }) => [name, secrets.length]).toSorted()).toEqual([['Amazon', 0], ['Grid', 1], ['Post', 1]]);
  });

  test('a warm-up begins, is changed, paused, goes on, and ends', async () => {
    const { page } = dashboard;
    expect((await app.api('POST', '/v1/sending-domains', { domain: 'mail.danbi.example' })).status).toBe(201);
    await dashboard.goto('/settings/sending?tab=warmup');
    await button('New plan').click();
    await choose('For', 'mail.danbi.example');
    await field('On the first day').fill('500');
    await field('On the last day').fill('100');
    await save();
    await dialog().getByText('The last day can not have fewer messages than the first.').waitFor();
    refused(400);
    await field('On the last day').fill('50000');
    await field('Days').fill('30');
    await save();
    const plan = page.getByRole('article', { name: 'mail.danbi.example' });
    await plan.getByText(/From 500 to 50,000 a day in 30 days/).waitFor();
    await plan.getByText('Today 0 of 500').waitFor();
    await button('Change: mail.danbi.example').click();
    await field('On the first day').fill('700');
    await save();
    await plan.getByText('Today 0 of 700').waitFor();
    await button('Pause: mail.danbi.example').click();
    await plan.getByText('Paused: no limit now').waitFor();
    await button('Resume: mail.danbi.example').click();
    await plan.getByText('Today 0 of 700').waitFor();
    await button('Remove mail.danbi.example').click();
    await button('Remove', dialog()).click();
    await page.getByText('No plan', { exact: true }).waitFor();
    expect((await app.api('GET', '/v1/warm-ups')).body.items).toEqual([]);
  });

  test('a return that nobody understood is read, and decided: for a message somebody names, or not at all', async () => {
    const { page } = dashboard;
    const [delivery] = await queue(app.db, await makePlace(app.db, clock.now()), await makePeople(app.db, 1, clock.now()), clock.now());
    await app.runner.runUntilIdle();
    for (const subject of ['one', 'two']) {
      const filed = await fetch(`${app.url}/v1/inbound-mails`, { method: 'POST', headers: { authorization: `Bearer ${app.key}`, 'content-type': 'message/rfc822' }, body: `From: a@b.example\r\nSubject: ${subject}\r\n\r\nHello, what is this?\r\n` });
      expect(filed.status).toBe(202);
      clock.advance(MINUTE);
    }
    await app.runner.runUntilIdle();
    await dashboard.goto('/settings/sending?tab=returns');
    const waiting = page.getByRole('table', { name: 'Reports to look at' }).getByRole('row');
    await waiting.nth(2).waitFor();
    await waiting.nth(1).getByText('Read it', { exact: true }).click();
    await waiting.nth(1).getByText('Hello, what is this?').waitFor();
    const acts = waiting.nth(1).getByRole('button');
    await acts.filter({ hasText: 'Hard bounce' }).click();
    await field('Delivery').fill('somewhere');
    await button('Decide', dialog()).click();
    await dialog().getByText('This is neither the address of a delivery nor its id.').waitFor();
    await field('Delivery').fill(`${dashboard.base}/deliveries/${delivery}`);
    await button('Decide', dialog()).click();
    await closed();
    await waiting.nth(2).waitFor({ state: 'detached' });
    expect((await deliveries(app.db)).get(delivery!)!.state).toBe('bounced');
    await acts.filter({ hasText: 'Ignore' }).click();
    await page.getByText('Nothing to look at').waitFor();
    const { items } = (await app.api('GET', '/v1/returns')).body;
    expect(items.map(({ state }: { state: string }) => state).toSorted()).toEqual(['applied', 'ignored']);
  });

  test('a webhook gets another secret; what was given up goes out again, all at once', async () => {
    const { page } = dashboard;
    const { endpoint } = (await app.api('POST', '/v1/webhook-endpoints', { kind: 'standard', name: 'Stock', url: receiver.url })).body;
    receiver.answer = () => ({ status: 404, body: 'nobody here' });
    const definition = { type: 'series', entry: { type: 'event', event: 'Bought' }, reentry: { policy: 'after_exit' }, start: 'a', steps: [{ id: 'a', type: 'message', channel: 'webhook', variants: [{ key: 'A', content: { endpointId: endpoint.id, data: {} } }] }] };
    const { body: campaign } = await app.api('POST', '/v1/campaigns', { name: '재고', definition });
    expect((await app.api('POST', `/v1/campaigns/${campaign.id}/publish`)).status).toBe(200);
    for (const userId of ['a', 'b']) await app.api('POST', '/v1/people', { externalId: userId, attributes: {} });
    await app.api('POST', '/v1/batch', { batch: ['a', 'b'].map((userId) => ({ type: 'track', userId, event: 'Bought' })) });
    for (const wait of [0, 6_000, 6 * MINUTE]) {
      clock.advance(wait);
      await app.runner.runUntilIdle();
    }
    await dashboard.goto(`/settings/webhooks/${endpoint.id}?tab=dead`);
    await page.getByText('HTTP 404').nth(1).waitFor();
    receiver.answer = () => ({ status: 204 });
    receiver.reset();
    await button('Deliver all again').click();
    await dialog().getByText('2 deliveries go out again').waitFor();
    await button('Deliver all again', dialog()).click();
    await page.getByText('Nothing was given up').waitFor();
    clock.advance(MINUTE);
    await app.runner.runUntilIdle();
    expect(new Set(receiver.got.map(({ headers }) => headers['webhook-id'])).size).toBe(2);

    await button('New secret').click();
    await field('The old one signs on for so many hours').fill('2');
    await button('New secret', dialog()).click();
    await dialog().getByText('Shown this once').waitFor();
    expect(await dialog().locator('pre').textContent()).toMatch(/^whsec_/);
    await button('I have kept it', dialog()).click();
    expect((await app.api('GET', `/v1/webhook-endpoints/${endpoint.id}`)).body.secrets).toHaveLength(2);
    await button('Switch off').click();
    await page.getByText('Switched off', { exact: true }).or(page.getByText('Off', { exact: true })).first().waitFor();
    expect((await app.api('GET', `/v1/webhook-endpoints/${endpoint.id}`)).body.enabled).toBe(false);
  });

  test('a colleague gets another role, a new link, is disabled, let in again, and removed; a topic is changed', async () => {
    const { page } = dashboard;
    expect((await app.api('POST', '/v1/users', { email: 'jin@example.com', name: '진', role: 'marketer' })).status).toBe(201);
    const stored = async () => (await app.api('GET', '/v1/users')).body.items.find(({ name }: { name: string }) => name === '진');
    await dashboard.goto('/settings/team');
    await button('Change 진').click();
    await choose('Role', 'Analyst');
    await save();
    await closed();
    expect((await stored()).role).toBe('analyst');
    await button('New link for 진').click();
    await dialog().getByText('Shown this once').waitFor();
    expect(await dialog().locator('pre').textContent()).toContain('/invite?token=');
    await button('I have kept it', dialog()).click();
    const row = page.getByRole('row', { name: /진/ });
    await button('Disable: 진').click();
    await row.getByText('Disabled', { exact: true }).waitFor();
    await button('Enable: 진').click();
    await row.getByText('Invited', { exact: true }).waitFor();
    await button('Remove 진').click();
    await dialog().getByText('signed out at once', { exact: false }).waitFor();
    await button('Remove', dialog()).click();
    await row.waitFor({ state: 'detached' });
    expect(await stored()).toBeUndefined();

    expect((await app.api('POST', '/v1/topics', { key: 'tips', name: 'Tips', nameKo: '도움말' })).status).toBe(201);
    await dashboard.goto('/settings/topics');
    await button('Change: Tips').click();
    await field('Name (English)').fill('Hints');
    await save();
    await closed();
    await page.getByRole('cell', { name: /^Hints/ }).waitFor();
  });

  test('a domain is deleted when its name is typed, and only then', async () => {
    const { page } = dashboard;
    const { id } = (await app.api('GET', '/v1/sending-domains')).body.items[0];
    await dashboard.goto(`/settings/sending/domains/${id}`);
    await page.locator('main').getByRole('button', { name: /^Remove/ }).first().click();
    await dialog().getByRole('button', { name: /^Remove/ }).click();
    await dialog().getByText('That is not mail.danbi.example.').waitFor();
    await dialog().getByLabel('Type mail.danbi.example to go on').fill('mail.danbi.example');
    await dialog().getByRole('button', { name: /^Remove/ }).click();
    await page.getByText('No domain yet').waitFor();
    expect((await app.api('GET', '/v1/sending-domains')).body.items).toEqual([]);
  });

  test('a source: added, its first body looked at, the mapping mended beside it with the preview, and the body read again', async () => {
    const { page } = dashboard;
    await dashboard.goto('/settings/sources');
    await page.getByText('No source yet').waitFor();
    await button('New source').click();
    await choose('System', 'Any system, JSON');
    await field('Name').fill('주문');
    await button('Make one', dialog()).click();
    await button('Add the source', dialog()).click();
    const secret = await page.getByRole('dialog', { name: '주문' }).locator('pre').innerText();
    await button('I have kept it', dialog()).click();
    await closed();
    const { items: [source] } = (await app.api('GET', '/v1/sources')).body;
    expect((await page.locator('main code').first().innerText()).endsWith(`/in/${source.id}`)).toBe(true);
    const body = JSON.stringify({ kind: 'cart', who: 'u-1', total: '12.5' });
    const headers = { 'content-type': 'application/json', ...signedHeaders('m-1', clock.now(), body, [secret]) };
    expect((await fetch(`${app.url}/in/${source.id}`, { method: 'POST', headers, body })).status).toBe(200);
    await app.runner.runUntilIdle();
    await page.getByRole('tab', { name: 'Received' }).click();
    await page.getByText('nobody is named: neither user id nor e-mail nor browser id has a value').waitFor();
    await button(/^Look: /).click();
    await dialog().getByRole('link', { name: 'Use it beside the mapping' }).click();
    const expression = page.getByLabel('User id', { exact: true });
    await expression.fill('body.who ||');
    await page.getByText(/^is no JMESPath expression/).first().waitFor();
    await expression.fill('body.who');
    await page.getByLabel('Name of the event').fill('Cart Saved');
    await button('Add: Property').click();
    await page.getByLabel('Property 1').fill('total');
    await page.getByLabel('where total stands').fill('body.total');
    const preview = page.getByRole('region', { name: 'What would come of it' });
    await preview.getByText('u-1').waitFor();
    await preview.getByText('"12.5"').waitFor();
    await page.getByRole('combobox', { name: 'Read as: total' }).click();
    await page.getByRole('option', { name: 'number', exact: true }).click();
    await preview.getByText('12.5', { exact: true }).waitFor();
    await picture(page, 'dashboard-source-mapping');
    await button('Save the mapping').click();
    await page.getByText('Saved', { exact: true }).waitFor();
    refused(400);
    await page.getByRole('tab', { name: 'Received' }).click();
    await button(/^Look: /).click();
    await button('Read it again', dialog()).click();
    await dialog().getByText('Waiting').waitFor();
    await app.runner.runUntilIdle();
    await dialog().getByText('Taken').waitFor();
    const [saved] = await app.db.query(`select e.properties from event as e where e.name = 'Cart Saved'`);
    expect(saved.properties).toEqual({ total: 12.5 });
  });
});
