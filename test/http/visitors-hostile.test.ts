import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ClaimAnswer } from '../../src/contract/visitor-wire.js';
import { newId } from '../../src/kernel/ids.js';
import { row } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { autoMessage, inApp } from '../support/campaign-definitions.js';
import { post, publishAuto, type Granted } from '../support/displays.js';

/** What somebody can do who has nothing but the public write key of a site, and the ids of another. */
let app: TestApp;
let secret: string;
beforeAll(async () => {
  app = await startTestApp();
  secret = (await app.api('POST', '/v1/identity-verification/secrets', { kind: 'shared', name: 'site' })).body.value;
});
afterAll(() => app.close());

const often = { frequency: { times: null, oncePerVisit: false } };
const hash = (userId: string) => createHmac('sha256', secret).update(userId).digest('hex');
const claim = (said: object) => post<ClaimAnswer & { code?: string; problems?: object[] }>(app.url, '/v1/claim', { k: app.writeKey, c: randomUUID(), s: randomUUID(), url: 'https://shop.example/', ...said });
const people = async () => (await row<{ n: number }>(app.db, 'select count(*)::int as n from person'))!.n;

test('where proofs are enforced, the browser id of a user shows nothing of them: no value in a message, no audience, no inbox', async () => {
  const greeting = await publishAuto(app, autoMessage({ display: { ...often, class: 'essential' }, message: inApp('message', { variants: [{ key: 'A', content: { body: '{{default person.email "nobody"}} {{default person.plan "no plan"}}' } }] }) }));
  const forCustomers = await publishAuto(app, autoMessage({ display: often, audience: { type: 'attribute', key: 'plan', op: 'is', value: 'gold' } }));
  const [a, u] = [newId(), newId()];
  await post(app.url, '/v1/identify', { writeKey: app.writeKey, userId: u, anonymousId: a, traits: { email: 'mina@example.kr', plan: 'gold' } });
  await app.runner.runUntilIdle();
  await app.api('PUT', '/v1/identity-verification', { mode: 'enforce' });
  for (const who of [{ a }, { a, u }, { a, u, h: hash('eve') }]) {
    const c = randomUUID();
    const { body } = await claim({ ...who, c, r: greeting });
    expect([JSON.stringify(body), body.ok]).toEqual([expect.stringContaining('nobody no plan'), 1]);
    expect((await claim({ ...who, r: forCustomers })).body).toEqual({ ok: 0, why: 'NOT_IN_AUDIENCE' });
    await post(app.url, '/v1/ack', { k: app.writeKey, a, c, do: 'back' });
  }
  const proven = { a, u, h: hash(u) };
  const c = randomUUID();
  const granted = (await claim({ ...proven, c, r: greeting })).body as Granted;
  expect(JSON.stringify(granted)).toContain('mina@example.kr gold');
  expect((await claim({ ...proven, r: forCustomers })).body.ok).toBe(1);
  expect((await post(app.url, '/v1/ack', { k: app.writeKey, ...proven, c, do: 'shown' })).body).toEqual({ ok: 1 });
  const inbox = (who: object) => post(app.url, '/v1/inbox', { k: app.writeKey, ...who });
  const act = (who: object) => post(app.url, '/v1/inbox/act', { k: app.writeKey, ...who, d: granted.m!.d, do: 'open' });
  for (const who of [{ a }, { a, u }, { a, u, h: hash('eve') }]) {
    expect((await inbox(who)).body).toEqual({ m: [], n: 0 });
    expect(await act(who)).toMatchObject({ status: 403, body: { code: 'identity.unproven' } });
    expect((await claim({ ...who, d: granted.m!.d })).body).toEqual({ ok: 0, why: 'NO_LONGER_ELIGIBLE' });
  }
  expect((await inbox(proven)).body).toMatchObject({ m: [{ d: granted.m!.d }] });
  expect((await act(proven)).status).toBe(200);
  await app.api('PUT', '/v1/identity-verification', { mode: 'off' });
});

test('a claim that is refused for its form makes nobody', async () => {
  const id = await publishAuto(app, autoMessage({ display: often }));
  const before = await people();
  for (const wrong of [{ r: 'x' }, {}, { r: id, d: id }, { r: id, url: 'https://shop.example/\0' }, { r: id, url: 'nowhere' }, { r: id, c: 1 }]) {
    expect((await claim({ a: newId(), ...wrong }))).toMatchObject({ status: 400, body: { code: 'invalid_claim' } });
  }
  expect(await people()).toBe(before);
});

test('a key that is revoked takes its tickets for the stream along', async () => {
  const { body } = await app.api('POST', '/v1/api-keys', { kind: 'write', name: 'shop', allowedOrigins: ['https://shop.example'] });
  const [a, u] = [newId(), newId()];
  await post(app.url, '/v1/identify', { writeKey: app.writeKey, userId: u, anonymousId: a });
  const headers = { origin: 'https://shop.example' };
  const { q } = (await (await fetch(`${app.url}/v1/boot`, { method: 'POST', headers, body: JSON.stringify({ k: body.secret, a, u }) })).json()) as { q: string };
  const listen = async () => { const answer = await fetch(`${app.url}/v1/stream?t=${q}&wait=1`, { headers }); const text = await answer.text(); return [answer.status, answer.ok ? text : JSON.parse(text)]; };
  expect(await listen()).toEqual([200, expect.stringMatching(/^id: \S+\ndata: 0\n\n$/)]);
  expect((await app.api('DELETE', `/v1/api-keys/${body.key.id}`)).status).toBe(200);
  expect(await listen()).toEqual([401, expect.objectContaining({ code: 'stream.bad-ticket' })]);
});
