import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';

let app: TestApp;
beforeAll(async () => { app = await startTestApp(); });
afterAll(() => app.close());

test.each(['live', 'ready'])('GET /health/%s answers without a key', async (name) => {
  const answer = await fetch(`${app.url}/health/${name}`);
  expect([answer.status, await answer.json()]).toEqual([200, { status: name }]);
});

test('an unknown route is a 404 with the three fields clients need', async () => {
  const answer = await fetch(`${app.url}/nothing`);
  expect(answer.status).toBe(404);
  expect(Object.keys(await answer.json() as object).sort()).toEqual(['code', 'error', 'message']);
});

test('a verb sent with the JSON content type and nothing in the body is taken, broken JSON is not', async () => {
  const post = (body: string) => fetch(`${app.url}/v1/campaigns/01a20178-4a79-7517-b297-6d13ebf9bbd0/pause`, { method: 'POST', headers: { authorization: `Bearer ${app.key}`, 'content-type': 'application/json' }, body });
  expect((await post('')).status).toBe(404);
  const broken = await post('{"a": ');
  expect([broken.status, ((await broken.json()) as { code: string }).code]).toEqual([400, 'request.invalid']);
});
