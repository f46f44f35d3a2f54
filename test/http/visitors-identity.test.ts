import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { newId } from '../../src/kernel/ids.js';
import { row, rows } from '../../src/platform/database/db.js';
import { Callers } from '../../src/visitors/caller/callers.service.js';
import { callApi, startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-06-10T03:00:00.000Z'));
let app: TestApp;
let secret: { id: string; value: string };
beforeAll(async () => {
  app = await startTestApp({ clock });
  const { body } = await app.api('POST', '/v1/identity-verification/secrets', { kind: 'shared', name: 'first' });
  secret = { id: body.secret.id, value: body.value };
});
afterAll(() => app.close());

const setMode = async (mode: string, protectedTraits: string[] = []) => expect((await app.api('PUT', '/v1/identity-verification', { mode, protectedTraits })).status).toBe(200);
const userHash = (userId: string, key = secret.value) => createHmac('sha256', key).update(userId).digest('hex');
const token = (userId: string, more: object = {}) => {
  const now = Math.floor(clock.now().getTime() / 1_000);
  return new SignJWT({ sub: userId, iat: now, exp: now + 3_600, ...more }).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret.value));
};
async function send(path: string, body: object, key = app.writeKey): Promise<{ success: true; rejected?: { code: string; message: string }[] }> {
  const answer = await fetch(`${app.url}${path}`, { method: 'POST', headers: { origin: 'https://shop.example' }, body: JSON.stringify({ writeKey: key, ...body }) });
  expect(answer.status).toBe(200);
  return answer.json() as never;
}
const identify = (said: object, key?: string) => send('/v1/identify', said, key);
const track = (said: object) => send('/v1/track', { event: 'Thing Done', ...said });
const ownerOf = (anonymousId: string) => row<{ externalId: string | null }>(app.db, `
  select p.external_id as "externalId" from person_identity as i join person as p on p.id = i.person_id where i.kind = 'anonymous_id' and i.value = $1`, [anonymousId]);
const attributesOf = async (userId: string) => (await row<{ attributes: Record<string, unknown> }>(app.db, 'select p.attributes from person as p where p.external_id = $1', [userId]))?.attributes;
const eventsOf = (anonymousId: string) => rows<{ type: string; context: object }>(app.db, `
  select e.type, e.context from event as e join person_identity as i on i.person_id = e.person_id where i.kind = 'anonymous_id' and i.value = $1 order by e.occurred_at, e.id`, [anonymousId]);

describe('settings', () => {
  const routes: [string, string, object | undefined][] = [
    ['GET', '/v1/identity-verification', undefined],
    ['PUT', '/v1/identity-verification', { mode: 'off' }],
    ['POST', '/v1/identity-verification/secrets', { kind: 'shared', name: 'x' }],
    ['DELETE', `/v1/identity-verification/secrets/${newId()}`, undefined],
    ['GET', '/v1/identity-verification/unproven', undefined],
    ['PUT', '/v1/site-settings', {}],
  ];
  test.each(routes)('%s %s is for owners', async (method, path, body) => {
    for (const role of ['marketer', 'analyst']) {
      const key = (await app.api('POST', '/v1/api-keys', { kind: 'server', name: role, role })).body.secret;
      expect((await callApi(`${app.url}${path}`, key, method, body)).status).toBe(403);
    }
    expect((await fetch(`${app.url}${path}`, { method })).status).toBe(401);
    expect((await callApi(`${app.url}${path}`, app.writeKey, method, body)).status).toBe(403);
  });

  test('a secret is shown once; two of a kind may be active; a revoked one leaves no value', async () => {
    const made = (await app.api('POST', '/v1/identity-verification/secrets', { kind: 'shared', name: 'second' })).body;
    expect(made.value).toMatch(/^dnb_is_[\w-]{43}$/);
    expect((await app.api('POST', '/v1/identity-verification/secrets', { kind: 'shared', name: 'third' })).body.code).toBe('identity.too-many-secrets');
    const pem = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' });
    const publicKey = (await app.api('POST', '/v1/identity-verification/secrets', { kind: 'ed25519', name: 'signer', publicKey: pem })).body;
    expect(publicKey).toMatchObject({ value: null, secret: { kind: 'ed25519', revokedAt: null } });
    expect((await app.api('POST', '/v1/identity-verification/secrets', { kind: 'ed25519', name: 'bad', publicKey: 'hello' })).body).toMatchObject({ code: 'identity.bad-key', problems: [{ path: 'publicKey' }] });
    const listed = (await app.api('GET', '/v1/identity-verification')).body;
    expect(listed).toMatchObject({ mode: 'off', remarks: [{ code: 'identity.anybody-reads', message: expect.stringContaining('reads the in-app messages of that user'), messageKo: expect.stringContaining('누구나 그 사용자의 인앱 메시지를 읽을 수 있습니다') }] });
    expect(listed.secrets).toHaveLength(3);
    expect(JSON.stringify(listed)).not.toContain(made.value);
    for (const id of [made.secret.id, publicKey.secret.id]) expect((await app.api('DELETE', `/v1/identity-verification/secrets/${id}`)).body.revokedAt).not.toBeNull();
    expect((await app.api('DELETE', `/v1/identity-verification/secrets/${made.secret.id}`)).status).toBe(200);
    expect((await app.api('DELETE', `/v1/identity-verification/secrets/${newId()}`)).status).toBe(404);
    expect(await rows(app.db, 'select s.value from identity_secret as s where s.revoked_at is not null')).toEqual([{ value: null }, { value: null }]);
    const audited = await rows<{ action: string; detail: object }>(app.db, `select a.action, a.detail from audit_entry as a where a.action like 'identity-%' order by a.id`);
    expect(audited.map(({ action }) => action)).toEqual([...Array(3).fill('identity-secret.create'), ...Array(2).fill('identity-secret.revoke')]);
    expect(JSON.stringify(audited)).not.toContain('dnb_is_');
  });

  test('proofs cannot be enforced while nobody could give one, nor the last secret taken away meanwhile', async () => {
    await setMode('enforce', ['plan', 'plan']);
    expect((await app.api('GET', '/v1/identity-verification')).body).toMatchObject({ mode: 'enforce', protectedTraits: ['plan'], remarks: [] });
    expect((await app.api('DELETE', `/v1/identity-verification/secrets/${secret.id}`)).body.code).toBe('identity.last-secret');
    await setMode('off');
    const other = await startTestApp();
    try {
      expect((await other.api('PUT', '/v1/identity-verification', { mode: 'enforce' })).body.code).toBe('identity.no-secret');
    } finally {
      await other.close();
    }
  });
});

describe('enforced', () => {
  beforeEach(() => setMode('enforce'));

  test('an identify without proof joins nobody, and says why', async () => {
    const [userId, anonymousId] = [newId(), newId()];
    expect((await identify({ userId, anonymousId, traits: { name: 'Eve' } })).rejected).toMatchObject([{ code: 'identity_unproven', message: expect.stringContaining('userHash') }]);
    expect((await identify({ userId, anonymousId, context: { userHash: userHash(newId()) } })).rejected).toMatchObject([{ code: 'identity_unproven', message: expect.stringContaining('not the HMAC') }]);
    expect((await send('/v1/alias', { userId, previousId: anonymousId })).rejected).toMatchObject([{ code: 'identity_unproven' }]);
    expect([await ownerOf(anonymousId), await attributesOf(userId)]).toEqual([null, undefined]);
    expect((await app.api('GET', '/v1/events/rejected?limit=1')).body.items[0]).toMatchObject({ code: 'identity_unproven', message: expect.stringContaining('userHash') });
  });

  test.each([
    ['a hash in the context', (userId: string) => ({ context: { userHash: userHash(userId) } })],
    ['a hash in the body, by Intercom\'s name', (userId: string) => ({ user_hash: userHash(userId) })],
    ['a token in the context', async (userId: string) => ({ context: { jwt: await token(userId) } })],
    ['a token in the body', async (userId: string) => ({ jwt: await token(userId) })],
  ])('%s joins the browser to its user, and is not kept', async (_, proofOf) => {
    const [userId, anonymousId] = [newId(), newId()];
    expect(await identify({ userId, anonymousId, traits: { name: 'Min' }, ...(await proofOf(userId)) })).toEqual({ success: true });
    expect([await ownerOf(anonymousId), await attributesOf(userId)]).toEqual([{ externalId: userId }, { name: 'Min' }]);
    expect(JSON.stringify(await eventsOf(anonymousId))).not.toMatch(/jwt|hash/i);
  });

  test('a proof at the top of a batch is that of its messages', async () => {
    const [userId, anonymousId] = [newId(), newId()];
    expect(await send('/v1/b', { userHash: userHash(userId), batch: [{ type: 'identify', userId, anonymousId }, { type: 'track', event: 'x', userId, anonymousId }] })).toEqual({ success: true });
    expect((await eventsOf(anonymousId)).map(({ type }) => type).sort()).toEqual(['identify', 'track']);
  });

  test('events without proof stay with the browser: the user when one was proven there, else nobody known', async () => {
    const [userId, proven, stranger] = [newId(), newId(), newId()];
    await identify({ userId, anonymousId: proven, context: { userHash: userHash(userId) } });
    await track({ userId, anonymousId: proven });
    await track({ userId, anonymousId: stranger });
    expect((await track({ userId })).rejected).toMatchObject([{ code: 'identity_unproven' }]);
    expect([await ownerOf(proven), await ownerOf(stranger)]).toEqual([{ externalId: userId }, { externalId: null }]);
    expect((await eventsOf(proven)).map(({ type }) => type).sort()).toEqual(['identify', 'track']);
  });

  test('a server key needs no proof', async () => {
    const userId = newId();
    expect(await identify({ userId, traits: { plan: 'pro' } }, app.key)).toEqual({ success: true });
    expect(await attributesOf(userId)).toEqual({ plan: 'pro' });
  });

  test('the caller of other routes is the user with a proof, and this browser\'s own person without', async () => {
    const callers = app.nest.get(Callers, { strict: false });
    const [u, a] = [newId(), newId()];
    await identify({ userId: u, anonymousId: a, context: { userHash: userHash(u) } });
    const read = (said: object) => callers.read(JSON.stringify({ k: app.writeKey, ...said }), { ip: '127.0.0.1', routeOptions: { url: '/v1/boot' } as never, headers: {} });
    const personId = (await app.api('GET', `/v1/people/external:${u}`)).body.id;
    expect(await read({ a, u, h: userHash(u) })).toMatchObject({ userId: u, personId, verified: true, trusted: true });
    expect(await read({ a: newId(), u, j: await token(u) })).toMatchObject({ userId: u, personId, verified: true, trusted: true });
    expect(await read({ a, u })).toMatchObject({ userId: null, personId, verified: false, trusted: false });
    expect(await read({ a, u, h: userHash(newId()) })).toMatchObject({ userId: null, verified: false, trusted: false });
    expect(await read({ a: newId(), u })).toMatchObject({ userId: null, personId: null, verified: false, trusted: true });
    await setMode('warn');
    expect(await read({ a: newId(), u })).toMatchObject({ userId: u, personId, verified: false, trusted: true });
  });
});

test('a secret is rotated without anybody being refused, and the old one proves nothing afterwards', async () => {
  await setMode('enforce');
  const next = (await app.api('POST', '/v1/identity-verification/secrets', { kind: 'shared', name: 'next' })).body;
  const [first, second, third] = [newId(), newId(), newId()];
  const old = secret;
  expect(await identify({ userId: first, anonymousId: first, userHash: userHash(first, old.value) })).toEqual({ success: true });
  expect(await identify({ userId: second, anonymousId: second, userHash: userHash(second, next.value) })).toEqual({ success: true });
  await app.api('DELETE', `/v1/identity-verification/secrets/${old.id}`);
  expect((await identify({ userId: third, anonymousId: third, userHash: userHash(third, old.value) })).rejected).toMatchObject([{ code: 'identity_unproven' }]);
  secret = { id: next.secret.id, value: next.value };
});

test('warn lets everybody in, counts who could not prove it, and shows where', async () => {
  await setMode('warn');
  const [userId, anonymousId] = [newId(), newId()];
  for (let i = 0; i < 2; i += 1) expect(await identify({ userId, anonymousId })).toEqual({ success: true });
  await identify({ userId, anonymousId, userHash: userHash('eve') });
  await identify({ userId, anonymousId, userHash: userHash(userId) });
  expect(await ownerOf(anonymousId)).toEqual({ externalId: userId });
  const items = (await app.api('GET', '/v1/identity-verification/unproven')).body.items.filter((one: { lastUser: string }) => one.lastUser === `${userId.slice(0, 4)}…`);
  expect(items.map(({ reason, seen, origin }: { reason: string; seen: number; origin: string }) => [reason, seen >= (reason === 'missing' ? 2 : 1), origin]).sort()).toEqual([['missing', true, 'https://shop.example'], ['wrong_hash', true, 'https://shop.example']]);
});

describe('protected traits', () => {
  beforeEach(() => setMode('off', ['plan', 'email']));

  test('change by a server key or by a token that says them, and by nothing else', async () => {
    const [userId, anonymousId] = [newId(), newId()];
    const refused = { rejected: [{ code: 'protected_trait', message: expect.stringContaining('traits.plan') }] };
    expect(await identify({ userId, anonymousId, traits: { plan: 'pro' } })).toMatchObject(refused);
    expect(await identify({ userId, anonymousId, traits: { plan: 'pro' }, userHash: userHash(userId) })).toMatchObject(refused);
    expect(await identify({ anonymousId, traits: { plan: 'pro' } })).toMatchObject(refused);
    expect(await identify({ userId, anonymousId, traits: { plan: 'pro' }, jwt: await token(userId, { plan: 'free' }) })).toMatchObject(refused);
    expect(await identify({ userId, anonymousId, traits: { name: 'Min' } })).toEqual({ success: true });
    expect(await identify({ userId, anonymousId, traits: {}, jwt: await token(userId, { plan: 'free', email: 'min@example.com', other: 1 }) })).toEqual({ success: true });
    expect(await attributesOf(userId)).toEqual({ name: 'Min', plan: 'free', email: 'min@example.com' });
    clock.advance(1_000);
    expect(await identify({ userId, anonymousId, traits: { plan: 'pro' }, jwt: await token(userId, { plan: 'pro' }) })).toEqual({ success: true });
    clock.advance(1_000);
    expect(await identify({ userId, traits: { email: 'new@example.com' } }, app.key)).toEqual({ success: true });
    expect(await attributesOf(userId)).toEqual({ name: 'Min', plan: 'pro', email: 'new@example.com' });
  });

  test('what a token says must be storable all the same', async () => {
    const userId = newId();
    expect((await identify({ userId, jwt: await token(userId, { email: 'no address' }) })).rejected).toMatchObject([{ message: expect.stringContaining('jwt: attributes.email') }]);
  });
});

describe('site settings', () => {
  test('have defaults, are replaced as a whole, and are audited', async () => {
    const defaults = (await app.api('GET', '/v1/site-settings')).body;
    expect(defaults).toMatchObject({ off: false, idleSeconds: 60, respectPrivacySignals: true, ipAddresses: 'truncated' });
    const wanted = { ...defaults, idleSeconds: 30, ipAddresses: 'none', ignoredParameters: ['session'] };
    expect(await app.api('PUT', '/v1/site-settings', wanted)).toEqual({ status: 200, body: wanted });
    expect((await app.api('GET', '/v1/site-settings')).body).toEqual(wanted);
    expect((await row(app.db, `select a.detail from audit_entry as a where a.action = 'site-settings.replace'`))).toEqual({ detail: { was: {}, is: { idleSeconds: 30, ipAddresses: 'none', ignoredParameters: ['session'] } } });
    expect((await app.api('PUT', '/v1/site-settings', { idleSeconds: 5, colour: 'red' })).body.problems).toHaveLength(2);
    expect((await app.api('PUT', '/v1/site-settings', {})).body).toEqual(defaults);
  });

  test.each([['full', '203.0.113.77'], ['truncated', '203.0.113.0'], ['none', undefined]])('%s keeps that much of an address', async (ipAddresses, expected) => {
    await setMode('off');
    await app.api('PUT', '/v1/site-settings', { ipAddresses });
    const anonymousId = newId();
    await track({ anonymousId, context: { ip: '203.0.113.77', locale: 'ko-KR' } });
    expect((await eventsOf(anonymousId)).map(({ context }) => context)).toEqual([{ locale: 'ko-KR', ...(expected === undefined ? {} : { ip: expected }) }]);
  });
});

describe('somebody who was erased', () => {
  test('is not made anew by a browser, and can be by a server', async () => {
    await setMode('off');
    const callers = app.nest.get(Callers, { strict: false });
    const [userId, anonymousId, other] = [newId(), newId(), newId()];
    await identify({ userId, anonymousId });
    await identify({ userId: other });
    expect((await app.api('DELETE', `/v1/people/external:${userId}`)).status).toBe(200);
    const refused = { rejected: [{ code: 'person_erased' }] };
    expect(await identify({ userId, anonymousId })).toMatchObject(refused);
    expect(await track({ anonymousId })).toMatchObject(refused);
    expect(await send('/v1/alias', { userId: other, previousId: anonymousId })).toMatchObject(refused);
    expect(await track({ userId: other, anonymousId })).toEqual({ success: true });
    const said = JSON.stringify({ k: app.writeKey, a: anonymousId });
    expect((await callers.read(said, { ip: '127.0.0.1', routeOptions: { url: '/v1/claim' } as never, headers: {} }, { create: 'visitors' })).personId).toBeNull();
    const claim = { k: app.writeKey, a: anonymousId, r: newId(), c: randomUUID(), s: randomUUID(), url: 'https://shop.example/' };
    expect(await (await fetch(`${app.url}/v1/claim`, { method: 'POST', body: JSON.stringify(claim) })).json()).toEqual({ ok: 0, why: 'PERSON_DELETED' });
    expect([await ownerOf(anonymousId), await attributesOf(userId)]).toEqual([null, undefined]);
    expect(await identify({ userId, anonymousId, traits: { plan: 'new' } }, app.key)).toEqual({ success: true });
    expect(await track({ userId, anonymousId })).toEqual({ success: true });
    expect([await ownerOf(anonymousId), await attributesOf(userId)]).toEqual([{ externalId: userId }, { plan: 'new' }]);
  });
});
