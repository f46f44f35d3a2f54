import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';

const PASSWORD = '비가 오는 날의 산책';
const HOUR = 3_600_000;
const clock = new VirtualClock(new Date('2026-03-01T09:00:00Z'));
let app: TestApp;
beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(() => app.close());
// Tries of one test must not count in the next.
beforeEach(() => { clock.advance(HOUR); });

interface Call { method?: string; body?: unknown; cookie?: string; form?: Record<string, string>; accept?: string }

/** A request of a browser; `form` is posted as a page without scripts does. */
async function call(path: string, { method = 'GET', body, cookie, form, accept }: Call = {}) {
  const headers = { 'x-danbi-csrf': '1', 'accept-language': 'ko', ...(accept ? { accept } : {}), ...(cookie ? { cookie } : {}), ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  const sent = form ? new URLSearchParams(form) : body === undefined ? undefined : JSON.stringify(body);
  const answer = await fetch(`${app.url}${path}`, { method: form ? 'POST' : method, headers, body: sent, redirect: 'manual' });
  const text = await answer.text();
  const isJson = (answer.headers.get('content-type') ?? '').includes('json');
  return { status: answer.status, text, body: isJson ? JSON.parse(text) : null, location: answer.headers.get('location'), cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0]! };
}

const signIn = (email: string, code?: string) => call('/v1/session', { method: 'POST', body: { email, password: PASSWORD, ...(code === undefined ? {} : { code }) } });
const post = (path: string, cookie: string, body?: unknown) => call(path, { method: 'POST', cookie, body: body ?? {} });
const codeAt = (secret: string, off = 0) => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: clock.now().getTime() + off * 30_000 });

/** A colleague who is signed in. */
async function colleague(name: string, role = 'marketer') {
  const email = `${name}@example.com`;
  const { body } = await app.api('POST', '/v1/users', { email, name, role });
  const token = new URL(body.inviteUrl).searchParams.get('token');
  const { cookie } = await call('/v1/invites/accept', { method: 'POST', body: { token, password: PASSWORD } });
  return { id: body.user.id as string, email, cookie };
}

/** The same with a second factor. */
async function guarded(name: string, role?: string) {
  const person = await colleague(name, role);
  const { body: { secret } } = await call('/v1/me/second-factor', { method: 'POST', cookie: person.cookie });
  const { body: { recoveryCodes } } = await post('/v1/me/second-factor/confirm', person.cookie, { code: codeAt(secret) });
  clock.advance(60_000);
  return { ...person, secret: secret as string, recoveryCodes: recoveryCodes as string[] };
}

test('it counts from its confirmation on, which ends other sessions of the person alone', async () => {
  const { id, email, cookie } = await colleague('mina');
  const other = await colleague('other');
  const there = await signIn(email);
  const { body: started } = await post('/v1/me/second-factor', cookie);
  expect(started).toEqual({ secret: expect.stringMatching(/^[A-Z2-7]{32}$/), uri: expect.stringMatching(/^otpauth:\/\/totp\/Danbi:mina%40example\.com\?issuer=Danbi&secret=/) });
  expect((await post('/v1/me/second-factor', cookie)).body).toEqual(started);
  expect((await signIn(email)).status).toBe(201);
  expect(await post('/v1/me/second-factor/confirm', cookie, { code: '000000' })).toMatchObject({ status: 401, body: { code: 'access.wrong-code' } });
  const confirmed = await post('/v1/me/second-factor/confirm', cookie, { code: codeAt(started.secret) });
  expect(confirmed.body.recoveryCodes).toHaveLength(10);
  expect([(await call('/v1/me', { cookie })).status, (await call('/v1/me', { cookie: there.cookie })).status, (await call('/v1/me', { cookie: other.cookie })).status]).toEqual([200, 401, 200]);
  expect((await call('/v1/me/second-factor', { cookie })).body).toMatchObject({ on: true, recoveryCodesLeft: 10, required: false });
  expect((await app.api('GET', `/v1/users/${id}`)).body.secondFactor).toBe(true);
  expect((await post('/v1/me/second-factor', cookie)).body.code).toBe('second-factor.on');
  const kept = JSON.stringify([await rows(app.db, 'select * from second_factor'), await rows(app.db, 'select * from recovery_code'), await rows(app.db, 'select * from audit_entry')]);
  for (const secret of [started.secret, ...confirmed.body.recoveryCodes, ...confirmed.body.recoveryCodes.map((code: string) => code.replaceAll('-', ''))]) expect(kept).not.toContain(secret);
  expect((await app.api('POST', '/v1/me/second-factor')).body.code).toBe('access.not-a-user');
});

test('a code signs in once, with one step of drift, and never together with a wrong password', async () => {
  const { email, secret } = await guarded('jun');
  expect(await signIn(email)).toMatchObject({ status: 401, cookie: '', body: { code: 'access.code-needed' } });
  const code = codeAt(secret);
  expect(await call('/v1/session', { method: 'POST', body: { email, password: 'wrong password', code } })).toMatchObject({ status: 401, body: { code: 'access.wrong-login' } });
  const both = await Promise.all([signIn(email, code), signIn(email, code)]);
  expect(both.map(({ status }) => status).sort()).toEqual([201, 401]);
  expect(await signIn(email, code)).toMatchObject({ status: 401, body: { code: 'access.wrong-code' } });
  clock.advance(HOUR);
  expect((await signIn(email, codeAt(secret, -2))).status).toBe(401);
  expect((await signIn(email, codeAt(secret, 2))).status).toBe(401);
  expect((await signIn(email, codeAt(secret, 1))).status).toBe(201);
  // The step of now lies before the one that was used.
  expect((await signIn(email, codeAt(secret, 0))).status).toBe(401);
});

test('each recovery code signs in once; new ones end the old', async () => {
  const { email, secret, recoveryCodes, cookie } = await guarded('sora');
  const [first, second] = recoveryCodes as [string, string];
  expect((await signIn(email, first.toLowerCase().replaceAll('-', ' '))).status).toBe(201);
  expect((await signIn(email, first)).body.code).toBe('access.wrong-code');
  expect((await call('/v1/me/second-factor', { cookie })).body.recoveryCodesLeft).toBe(9);
  expect((await post('/v1/me/second-factor/recovery-codes', cookie, { password: 'wrong', code: codeAt(secret) })).status).toBe(403);
  const renewed = await post('/v1/me/second-factor/recovery-codes', cookie, { password: PASSWORD, code: codeAt(secret) });
  expect((await signIn(email, second)).status).toBe(401);
  expect((await signIn(email, renewed.body.recoveryCodes[0])).status).toBe(201);
});

test('codes are throttled for the person, whatever address they come from, and the wait ends', async () => {
  const { email, secret, id } = await guarded('hana');
  for (let n = 0; n < 4; n += 1) expect((await signIn(email, '000000')).status).toBe(401);
  expect((await signIn(email, '000000')).status).toBe(401);
  expect((await signIn(email, codeAt(secret))).body.code).toBe('access.too-many-tries');
  // As from other addresses: what is held against address and e-mail is gone, what is held against the person stays.
  const forget = () => rows(app.db, 'delete from login_failure where key_hash <> (select encode(sha256(convert_to($1, $2)), $3))', [`code:${id}`, 'UTF8', 'hex']);
  for (let n = 0; n < 5; n += 1) { await forget(); expect((await signIn(email, '000000')).status).toBe(401); }
  await forget();
  expect((await signIn(email, codeAt(secret))).body.code).toBe('access.too-many-tries');
  clock.advance(16 * 60_000);
  expect((await signIn(email, codeAt(secret))).status).toBe(201);
});

test('it goes with password and code, not by one alone; an owner resets it, which ends the sessions', async () => {
  const { email, secret, cookie } = await guarded('dori');
  const off = (body: unknown) => post('/v1/me/second-factor/off', cookie, body);
  expect((await off({ password: PASSWORD, code: '000000' })).status).toBe(401);
  expect((await off({ password: 'wrong password', code: codeAt(secret) })).status).toBe(403);
  expect((await off({ password: PASSWORD })).status).toBe(400);
  expect((await off({ password: PASSWORD, code: codeAt(secret) })).status).toBe(204);
  expect((await signIn(email)).status).toBe(201);
  const lost = await guarded('lost');
  const marketer = await colleague('nobody');
  expect((await call(`/v1/users/${lost.id}/second-factor`, { method: 'DELETE', cookie: marketer.cookie })).status).toBe(403);
  expect((await app.api('DELETE', `/v1/users/${lost.id}/second-factor`)).status).toBe(204);
  expect((await app.api('DELETE', `/v1/users/${lost.id}/second-factor`)).body.code).toBe('second-factor.off');
  expect([(await call('/v1/me', { cookie: lost.cookie })).status, (await signIn(lost.email)).status]).toEqual([401, 201]);
  const audit = await app.api('GET', `/v1/audit?subject=user:${lost.id}`);
  expect(audit.body.items.map(({ action }: { action: string }) => action)).toEqual(['session.create', 'user.second_factor_reset', 'user.second_factor_on', 'user.accept_invite', 'user.invite']);
});

test('a new password through a link does not pass by the code', async () => {
  const { id, email, secret } = await guarded('gyul');
  const { body } = await app.api('POST', `/v1/users/${id}/invite`);
  const accepted = await call('/v1/invites/accept', { method: 'POST', body: { token: new URL(body.inviteUrl).searchParams.get('token'), password: PASSWORD } });
  expect(accepted).toMatchObject({ status: 200, cookie: '' });
  expect((await signIn(email)).body.code).toBe('access.code-needed');
  expect((await signIn(email, codeAt(secret))).status).toBe(201);
});

test('a role that needs it can do nothing before, and not switch it off after', async () => {
  const { email, cookie } = await colleague('yuna', 'analyst');
  expect((await call('/v1/second-factor-rule', { method: 'PUT', cookie, body: { roles: [] } })).status).toBe(403);
  expect(await app.api('PUT', '/v1/second-factor-rule', { roles: ['analyst', 'owner', 'analyst'] })).toMatchObject({ status: 200, body: { roles: ['owner', 'analyst'] } });
  expect((await call('/v1/campaigns', { cookie })).body.code).toBe('access.second-factor-required');
  expect(await call('/', { cookie, accept: 'text/html' })).toMatchObject({ status: 303, location: '/second-factor' });
  expect((await call('/v1/me', { cookie })).status).toBe(200);
  const page = await call('/second-factor', { cookie, accept: 'text/html' });
  expect([page.status, page.text.includes('<svg class="qr"'), page.text.includes('이 역할은 2단계 로그인이 필요합니다')]).toEqual([200, true, true]);
  const secret = /<pre[^>]*>([A-Z2-7 ]+)<\/pre>/.exec(page.text)![1]!.replaceAll(' ', '');
  expect((await call('/second-factor', { cookie, form: { code: '000000' } })).text).toContain('코드가 맞지 않거나');
  expect((await call('/second-factor', { cookie, form: { code: codeAt(secret) } })).text).toContain('복구 코드');
  expect((await call('/v1/campaigns', { cookie })).status).toBe(200);
  clock.advance(60_000);
  expect((await post('/v1/me/second-factor/off', cookie, { password: PASSWORD, code: codeAt(secret) })).body.code).toBe('second-factor.required');
  expect((await app.api('GET', '/v1/campaigns')).status).toBe(200);
  // The page of signing in: the password is not sent back, the code comes on a page of its own, and only for five minutes.
  const first = await call('/login', { form: { email, password: PASSWORD, next: '/people' } });
  expect([first.status, first.cookie, first.text.includes(PASSWORD)]).toEqual([200, '', false]);
  const step = /name="step" value="([^"]+)"/.exec(first.text)![1]!;
  expect(await call('/login', { form: { step, code: '000000', next: '/people' } })).toMatchObject({ status: 401, cookie: '' });
  expect(await call('/login', { form: { step, code: codeAt(secret), next: '/people' } })).toMatchObject({ status: 303, location: '/people', cookie: expect.stringContaining('danbi_session=') });
  expect((await call('/login', { form: { step, code: codeAt(secret, 1) } })).text).toContain('처음부터');
  const late = /name="step" value="([^"]+)"/.exec((await call('/login', { form: { email, password: PASSWORD } })).text)![1]!;
  clock.advance(5 * 60_000);
  expect(await call('/login', { form: { step: late, code: codeAt(secret) } })).toMatchObject({ status: 401, cookie: '' });
  await app.api('PUT', '/v1/second-factor-rule', { roles: [] });
});
