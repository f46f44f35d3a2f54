import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';
import { picture } from '../support/browser.js';
import { Dashboard } from '../support/dashboard.js';

let app: TestApp;
let dashboard: Dashboard;
beforeAll(async () => {
  app = await startTestApp();
  dashboard = await Dashboard.open(app);
});
afterAll(async () => {
  await dashboard?.browser.close();
  await app?.close();
});

test('a feature is made, taken, shipped with its preview, and told in the words of who asked', async () => {
  const { page } = dashboard;
  await dashboard.goto('/features');
  await page.getByRole('button', { name: 'New feature' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name', { exact: true }).fill('Dark mode');
  await form.locator('input[placeholder="Nobody"]').click();
  await page.getByRole('option', { name: /김단비/ }).click();
  await form.getByRole('button', { name: 'Create feature' }).click();
  await page.waitForURL(/\/features\/dark-mode$/);
  // Of the topic that everybody may be written to.
  expect((await app.api('PATCH', '/v1/features/dark-mode', { topic: 'account' })).status).toBe(200);
  await app.api('POST', '/v1/people', { externalId: 'ada', email: 'ada@example.com', attributes: { name: 'Ada', language: 'en' } });
  expect((await app.api('POST', '/v1/features/dark-mode/requests', { person: 'external:ada', words: 'My eyes hurt at night' })).status).toBe(200);
  await page.reload();
  await page.getByRole('button', { name: 'Take the request of Ada' }).click();
  await page.getByRole('cell', { name: '김단비' }).waitFor();
  await picture(page, 'feature');
  await page.getByRole('button', { name: 'Mark as shipped' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('button', { name: 'Write the message' }).click();
  await sheet.frameLocator('iframe').getByText('“My eyes hurt at night”').waitFor();
  await picture(page, 'feature-ship');
  await sheet.getByRole('button', { name: 'Ship and tell 1 person' }).click();
  await sheet.waitFor({ state: 'hidden' });
  await app.runner.runUntilIdle();
  await page.reload();
  await page.getByText(/^Told \w/).waitFor();
  const { id } = (await app.api('GET', '/v1/people/external:ada')).body;
  await dashboard.goto(`/people/${id}`);
  await page.getByRole('region', { name: 'Feature requests' }).getByText('“My eyes hurt at night”').waitFor();
  expect(dashboard.browser.faults).toEqual([]);
});
