import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  // Where advertising needs a label and a contact, which nobody has given yet.
  await app.api('PATCH', '/v1/workspace', { timeZone: 'Asia/Seoul', language: 'ko' });
});
afterAll(() => app.close());

const open = (path: string, headers: Record<string, string> = {}) => fetch(`${app.url}${path}`, { headers: { accept: 'text/html', ...headers }, redirect: 'manual' });

interface Site { ready: boolean; writeKeyId: string | null; campaignIds: string[] }
const state = async () => (await app.api('GET', '/v1/demo')).body as Site;

test('before it is set up the pages are there, in the language of the browser, and measure nothing', async () => {
  for (const path of ['/demo', '/demo/pricing', '/demo/app/board', '/demo/sign-up']) {
    const answer = await open(path, { 'accept-language': 'ko-KR,ko;q=0.9' });
    const text = await answer.text();
    expect([path, answer.status, text.includes('lang="ko"'), text.includes('data-key')]).toEqual([path, 200, true, false]);
    expect(answer.headers.get('content-security-policy')).toContain("require-trusted-types-for 'script'");
  }
  expect(await (await open('/demo?lang=en', { 'accept-language': 'ko' })).text()).toContain('Notes that grow into plans');
  expect(await state()).toEqual({ ready: false, writeKeyId: null, campaignIds: [], setUpAt: null });
});

test('a page that does not exist is not found', async () => {
  expect((await open('/demo/nowhere')).status).toBe(404);
});

test('set up twice at once and once again, there is one key and five running campaigns', async () => {
  const [first, second] = await Promise.all([app.api('POST', '/v1/demo'), app.api('POST', '/v1/demo')]);
  expect([first.status, second.status]).toEqual([200, 200]);
  const again = (await app.api('POST', '/v1/demo')).body as Site;
  expect([again.ready, again.campaignIds.length]).toEqual([true, 5]);
  for (const id of again.campaignIds) expect((await app.api('GET', `/v1/campaigns/${id}`)).body).toMatchObject({ state: 'active' });
  const keys = (await app.api('GET', '/v1/api-keys')).body as { items: { name: string }[] };
  expect(keys.items.filter(({ name }) => name === 'Demo site')).toHaveLength(1);
  expect(await (await open('/demo/pricing')).text()).toMatch(/<script async src="\/sdk\/danbi\.js" data-key="[^"]+">/);
});

test('taken down, its campaigns are archived, its key is revoked and the pages measure nothing; it can be set up anew', async () => {
  const { campaignIds } = await state();
  expect((await app.api('DELETE', '/v1/demo')).body).toMatchObject({ ready: false, campaignIds: [] });
  for (const id of campaignIds) expect((await app.api('GET', `/v1/campaigns/${id}`)).body).toMatchObject({ state: 'archived' });
  expect(await (await open('/demo')).text()).not.toContain('data-key');
  expect((await app.api('DELETE', '/v1/demo')).status).toBe(200);
  const anew = (await app.api('POST', '/v1/demo')).body as Site;
  expect(anew.ready).toBe(true);
  expect(anew.campaignIds.some((id) => campaignIds.includes(id))).toBe(false);
});

test('a revoked key makes the demo one that is not set up; set up again, its campaigns get another key', async () => {
  const { writeKeyId, campaignIds } = await state();
  await app.api('DELETE', `/v1/api-keys/${writeKeyId}`);
  expect((await state()).ready).toBe(false);
  expect(await (await open('/demo')).text()).not.toContain('data-key');
  const again = (await app.api('POST', '/v1/demo')).body as Site;
  expect([again.ready, again.campaignIds, again.writeKeyId === writeKeyId]).toEqual([true, campaignIds, false]);
});

test('analysts may look, and neither set up nor take down; strangers may do neither', async () => {
  const { body } = await app.api('POST', '/v1/api-keys', { kind: 'server', name: 'analyst', role: 'analyst' });
  const { secret } = body as { secret: string };
  const as = (method: string, authorization?: string) => fetch(`${app.url}/v1/demo`, { method, headers: authorization ? { authorization } : {} }).then(({ status }) => status);
  expect([await as('GET', `Bearer ${secret}`), await as('POST', `Bearer ${secret}`), await as('DELETE', `Bearer ${secret}`)]).toEqual([200, 403, 403]);
  expect([await as('GET'), await as('POST'), await as('DELETE')]).toEqual([401, 401, 401]);
});
