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
