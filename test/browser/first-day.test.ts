import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Setup } from '../../src/access/setup.service.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { hasBrowser, openBrowser, picture, type TestBrowser } from '../support/browser.js';

/** The first day of an owner, and of the person who gets the first e-mail, in a real browser. */
(hasBrowser ? describe : describe.skip)('the first day', () => {
  let app: TestApp;
  let owner: TestBrowser;
  let recipient: TestBrowser;
  let token: string;

  beforeAll(async () => {
    app = await startTestApp({ workers: 'running' });
    token = (await app.nest.get(Setup, { strict: false }).issue())!;
    owner = await openBrowser('ko-KR');
    recipient = await openBrowser('ko-KR', { width: 320, height: 640 });
  });
  afterEach(() => expect([...owner.faults.splice(0), ...recipient.faults.splice(0)]).toEqual([]));
  afterAll(async () => {
    await owner.close();
    await recipient.close();
    await app.close();
  });

  test('the set-up link leads to a form, the form to the keys', async () => {
    const { page } = owner;
    await page.goto(`${app.url.replace('127.0.0.1', 'localhost')}/setup?token=${token}`);
    await picture(page, 'setup');
    await page.locator('[name="name"]').fill('김단비');
    await page.locator('[name="email"]').fill('owner@example.com');
    await page.locator('[name="password"]').fill('비밀번호는 길수록 좋다');
    await page.locator('[name="workspace.name"]').fill('단비 상점');
    await page.locator('[name="workspace.timeZone"]').fill('Asia/Seoul');
    // Samples are offered; this shop begins with its own people.
    await page.getByRole('checkbox', { name: /sample data|샘플 데이터/ }).uncheck();
    await page.locator('main form button, form button').last().click();
    await page.getByText('DANBI_WRITE_KEY').first().waitFor();
    await picture(page, 'keys');
    expect(await page.content()).toMatch(/export DANBI_KEY=dnb_sk_/);
  });

  test('the home page and an empty mailbox say what to do', async () => {
    const { page } = owner;
    const base = app.url.replace('127.0.0.1', 'localhost');
    await page.goto(base);
    await page.getByText('김단비').waitFor();
    await picture(page, 'home');
    await page.goto(`${base}/mailbox`);
    await picture(page, 'mailbox-empty');
    expect((await page.textContent('body'))!.trim().length).toBeGreaterThan(20);
  });

  test('an e-mail of a campaign appears in the mailbox and can be opened', async () => {
    const { page } = owner;
    await app.api('POST', '/v1/people', { externalId: 'jiu', attributes: { email: 'jiu@example.org', firstName: '지우', language: 'ko', plan: 'trial' } });
    const segment = await app.api('POST', '/v1/segments', { name: '체험', definition: { type: 'attribute', key: 'plan', op: 'is', value: 'trial' } });
    // A Korean workspace: advertising needs the contact of its sender.
    await app.api('PATCH', '/v1/workspace', { settings: { senderContact: '서울시 중구 1, 02-123-4567, help@example.com' } });
    const content = { subject: '{{person.firstName}}님, 반갑습니다', preheader: '2분이면 됩니다', body: '<mj-section><mj-column><mj-text>{{person.firstName}}님, 안녕하세요.</mj-text><mj-button href="https://app.example.com/start">시작하기</mj-button></mj-column></mj-section>' };
    const campaign = await app.api('POST', '/v1/campaigns', { name: '환영', definition: { type: 'broadcast', segmentId: segment.body.id, message: { type: 'message', channel: 'email', variants: [{ key: 'A', content }] } } });
    expect((await app.api('POST', `/v1/campaigns/${campaign.body.id}/publish`)).status).toBe(200);
    await page.goto(`${app.url.replace('127.0.0.1', 'localhost')}/mailbox`);
    const subject = page.getByText('지우님, 반갑습니다').first();
    for (let attempt = 0; attempt < 100 && !(await subject.isVisible()); attempt += 1) {
      await page.waitForTimeout(200);
      await page.reload();
    }
    await picture(page, 'mailbox');
    await subject.click();
    await page.waitForLoadState();
    await picture(page, 'mail');
    expect(await page.frameLocator('iframe').locator('body').textContent()).toContain('지우님, 안녕하세요.');
  });

  test('the recipient leaves through the visible link: opening the page changes nothing, the button does', async () => {
    const { page } = recipient;
    const { body: mails } = await app.api('GET', '/v1/sandbox/mails?to=jiu@example.org');
    const { body: mail } = await app.api('GET', `/v1/sandbox/mails/${mails.items[0].id}`);
    const link = /href="([^"]*\/u\/[^"]+)"/.exec(mail.html)![1]!.replaceAll('&amp;', '&');
    await page.goto(link);
    await picture(page, 'unsubscribe-ask');
    const consent = async () => (await app.api('GET', '/v1/people/external:jiu/consent')).body.items.filter((item: { state: string }) => item.state === 'unsubscribed').length;
    expect(await consent()).toBe(0);
    await page.locator('form button').first().click();
    await page.waitForLoadState();
    await picture(page, 'unsubscribed');
    expect(await consent()).toBe(1);
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
  });
});
