import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';
import { Setup } from '../../src/access/setup.service.js';
import { ApiKeys } from '../../src/access/api-keys.service.js';
import { WriteKeys, allowsOrigin } from '../../src/platform/http/write-keys.js';

let app: TestApp;
beforeAll(async () => { app = await startTestApp(); });
afterAll(() => app.close());

const keys = () => app.nest.get(ApiKeys, { strict: false });
const ring = () => app.nest.get(WriteKeys, { strict: false });
const owner = { kind: 'server_key', id: '00000000-0000-7000-8000-000000000001', role: 'owner' } as const;

test('write keys, ingest keys and writing server keys verify; analyst keys and strangers do not', async () => {
  const ingest = await keys().create({ kind: 'server', name: '수집', role: 'ingest' }, owner);
  const analyst = await keys().create({ kind: 'server', name: 'reader', role: 'analyst' }, owner);
  expect(await ring().verify(app.writeKey)).toMatchObject({ kind: 'write', name: 'test' });
  expect(await ring().verify(ingest.secret)).toMatchObject({ kind: 'server', id: ingest.key.id, name: '수집' });
  expect(await ring().verify(app.key)).toMatchObject({ kind: 'server' });
  expect(await ring().verify(analyst.secret)).toBeNull();
  expect(await ring().verify(`dnb_wk_${'a'.repeat(43)}`)).toBeNull();
  expect(await ring().verify('')).toBeNull();
});

test('a revoked key stops at once, also when it was just used', async () => {
  const { key, secret } = await keys().create({ kind: 'write', name: 'shop', allowedOrigins: ['https://shop.example'] }, owner);
  const found = await ring().verify(secret);
  expect([allowsOrigin(found!, 'https://SHOP.example'), allowsOrigin(found!, 'https://evil.example')]).toEqual([true, false]);
  await keys().revoke(key.id, owner);
  expect(await ring().verify(secret)).toBeNull();
});

test('secrets are not stored', async () => {
  const kept = JSON.stringify(await app.db.query('select k.* from api_key as k'));
  expect(kept).not.toContain(app.key);
  expect(kept).toContain(app.writeKey);
});

test('reached over https, the session cookie is Secure', async () => {
  const secure = await startTestApp({ env: { PUBLIC_URL: 'https://danbi.example' } });
  const token = await secure.nest.get(Setup, { strict: false }).issue();
  const body = JSON.stringify({ token, email: 'o@example.com', name: 'o', password: 'long enough words', workspace: { name: 'w', timeZone: 'UTC', language: 'en' } });
  const answer = await fetch(`${secure.url}/v1/setup`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  expect([answer.status, answer.headers.get('set-cookie')]).toEqual([201, expect.stringMatching(/^danbi_session=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/)]);
  await secure.close();
});

test('who only says to come from elsewhere is counted where they come from: without a proxy that is trusted, no header changes it', async () => {
  const tryAs = (forwarded: string) => fetch(`${app.url}/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-forwarded-for': forwarded, 'x-real-ip': forwarded, forwarded: `for=${forwarded}` }, body: JSON.stringify({ email: 'nobody@example.com', password: 'a wrong one' }) });
  const statuses: number[] = [];
  for (let i = 1; i <= 6; i += 1) statuses.push((await tryAs(`203.0.113.${i}`)).status);
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
});
