import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import { startApp, type RunningApp } from '../../src/app.js';
import { readConfig } from '../../src/platform/config.js';
import { startTestApp, type TestApp } from '../support/app.js';

/** Two processes' worth of application that share the database alone: what is taken back in one must not go on in the other. */
let here: TestApp;
let there: RunningApp;
beforeAll(async () => {
  here = await startTestApp();
  there = await startApp({ config: readConfig({ PORT: '0', LOG_LEVEL: 'silent', ROLE: 'api', DATA_DIR: here.dataDir, DATABASE_POOL: '4' }), databaseUrl: here.databaseUrl });
});
afterAll(async () => {
  await there.close();
  await here.close();
});

const PASSWORD = '비가 오는 날의 산책';
async function call(app: { url: string }, method: string, path: string, { cookie, body }: { cookie?: string; body?: unknown } = {}) {
  const headers = { 'x-danbi-csrf': '1', ...(cookie ? { cookie } : {}), ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  const answer = await fetch(`${app.url}${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  return { status: answer.status, cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0]! };
}
/** A colleague with two sessions that both processes know. */
async function colleague(name: string) {
  const email = `${name}@example.com`;
  const { body } = await here.api('POST', '/v1/users', { email, name, role: 'marketer' });
  const { cookie: first } = await call(here, 'POST', '/v1/invites/accept', { body: { token: new URL(body.inviteUrl).searchParams.get('token'), password: PASSWORD } });
  const { cookie: second } = await call(there, 'POST', '/v1/session', { body: { email, password: PASSWORD } });
  for (const app of [here, there]) for (const cookie of [first, second]) expect((await call(app, 'GET', '/v1/me', { cookie })).status).toBe(200);
  return { id: body.user.id as string, first, second };
}
const statuses = async (cookie: string) => [(await call(here, 'GET', '/v1/me', { cookie })).status, (await call(there, 'GET', '/v1/me', { cookie })).status];

test('who signs out in one process is signed out in the other with the next request, and only there', async () => {
  const { first, second } = await colleague('out');
  expect((await call(here, 'DELETE', '/v1/session', { cookie: first })).status).toBeLessThan(300);
  expect([await statuses(first), await statuses(second)]).toEqual([[401, 401], [200, 200]]);
});

test('a password that is changed ends every other session everywhere', async () => {
  const { first, second } = await colleague('word');
  expect((await call(here, 'POST', '/v1/me/password', { cookie: first, body: { currentPassword: PASSWORD, newPassword: '눈이 오는 날의 산책' } })).status).toBeLessThan(300);
  expect(await statuses(second)).toEqual([401, 401]);
});

test('whoever is removed from the team can do nothing any more, in either process', async () => {
  const { id, first, second } = await colleague('gone');
  expect((await here.api('DELETE', `/v1/users/${id}`)).status).toBeLessThan(300);
  expect([await statuses(first), await statuses(second)]).toEqual([[401, 401], [401, 401]]);
});

test('a role that is taken away is gone with the next request', async () => {
  const { id, second } = await colleague('less');
  const draft = (cookie: string) => call(there, 'POST', '/v1/lists', { cookie, body: { name: `list ${Math.random()}` } });
  expect((await draft(second)).status).toBe(201);
  expect((await here.api('PATCH', `/v1/users/${id}`, { role: 'analyst' })).status).toBeLessThan(300);
  expect((await draft(second)).status).toBe(403);
});

test('a key that is revoked is refused at once where it was revoked, and within five seconds everywhere', async () => {
  const { body } = await here.api('POST', '/v1/api-keys', { kind: 'server', name: 'short', role: 'analyst' });
  const ask = async ({ url }: { url: string }) => (await fetch(`${url}/v1/segments`, { headers: { authorization: `Bearer ${body.secret}` } })).status;
  expect([await ask(here), await ask(there)]).toEqual([200, 200]);
  expect((await here.api('DELETE', `/v1/api-keys/${body.key.id}`)).status).toBeLessThan(300);
  expect(await ask(here)).toBe(401);
  await wait(5_100);
  expect(await ask(there)).toBe(401);
});
