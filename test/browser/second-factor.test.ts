import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import { picture } from '../support/browser.js';
import { Dashboard } from '../support/dashboard.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
let app: TestApp;
let dashboard: Dashboard;
beforeAll(async () => {
  app = await startTestApp({ clock });
  dashboard = await Dashboard.open(app);
});
afterAll(async () => { await dashboard.browser.close(); await app.close(); });

test('somebody sets up two-step sign-in by hand, signs in with it, and an owner may require it', async () => {
  const { page, base } = dashboard;
  await dashboard.goto('/settings/me');
  await page.getByRole('link', { name: 'Set up two-step sign-in' }).click();
  await page.getByRole('img', { name: 'QR code for your app' }).waitFor();
  const secret = (await page.locator('pre').innerText()).replaceAll(' ', '');
  const code = () => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: clock.now().getTime() });
  await picture(page, 'second-factor-setup');
  await page.getByRole('textbox', { name: 'Code' }).fill(code());
  await page.getByRole('button', { name: 'Switch on' }).click();
  await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
  const [recovery] = (await page.locator('pre').innerText()).split('\n');
  await picture(page, 'second-factor-codes');
  await page.getByRole('link', { name: 'I have kept them' }).click();
  await page.getByText('Recovery codes left: 10').waitFor();
  await picture(page, 'second-factor-me');

  await dashboard.goto('/settings/team');
  await page.getByRole('region', { name: 'Who needs two-step sign-in' }).getByLabel('Owner').click();
  await page.getByRole('region', { name: 'Who needs two-step sign-in' }).getByLabel('Owner').and(page.locator(':checked:enabled')).waitFor();
  expect((await app.api('GET', '/v1/second-factor-rule')).body).toEqual({ roles: ['owner'] });
  await picture(page, 'second-factor-team');

  await page.context().clearCookies();
  await page.goto(`${base}/login`);
  await page.locator('[name="email"]').fill('owner@example.com');
  await page.locator('[name="password"]').fill('비밀번호는 길수록 좋다');
  await page.locator('form button').click();
  await page.locator('[name="code"]').fill(code());
  await page.locator('form button').click();
  await picture(page, 'second-factor-login');
  await page.getByRole('alert').waitFor();
  await page.locator('[name="code"]').fill(recovery!);
  await page.locator('form button').click();
  await page.waitForURL(`${base}/`);
});
