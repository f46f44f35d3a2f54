import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { callApi, startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';
import { KeyRing } from '../../src/access/key-ring.service.js';
import { Setup } from '../../src/access/setup.service.js';

const DAY = 86_400_000;
const PASSWORD = '비가 오는 날의 산책';
const clock = new VirtualClock(new Date('2026-03-01T09:00:00Z'));
let app: TestApp;

beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(() => app.close());

interface Call { method?: string; body?: unknown; cookie?: string; headers?: Record<string, string> }

/** A request as a browser or an anonymous program sends it. */
async function call(path: string, { method = 'GET', body, cookie, headers = {} }: Call = {}) {
  const sent = { ...headers, ...(cookie ? { cookie } : {}), ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  const answer = await fetch(`${app.url}${path}`, { method, headers: sent, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await answer.text();
  const setCookie = answer.headers.get('set-cookie') ?? '';
  return { status: answer.status, body: text === '' ? null : JSON.parse(text), setCookie, cookie: setCookie.split(';')[0]! };
}

const setupBody = (token: string, email = 'owner@example.com') => ({ token, email, name: '김단비', password: PASSWORD, workspace: { name: '단비 상점', timeZone: 'Asia/Seoul', language: 'ko' } });
const signIn = (email: string, password = PASSWORD, extra: Call = {}) => call('/v1/session', { method: 'POST', body: { email, password }, ...extra });
const token = () => app.nest.get(Setup, { strict: false }).issue();

test('set-up: unknown and expired links are refused, a good one works once, and then there is no other', async () => {
  expect(await call('/v1/setup', { method: 'POST', body: setupBody('x') })).toMatchObject({ status: 403, body: { code: 'access.link-unknown' } });
  const old = (await token())!;
  clock.advance(7 * DAY);
  expect(await call('/v1/setup', { method: 'POST', body: setupBody(old) })).toMatchObject({ status: 403, body: { code: 'access.link-expired' } });
  const fresh = (await token())!;
  expect(await call('/v1/setup', { method: 'POST', body: { ...setupBody(fresh), password: 'short' } })).toMatchObject({ status: 400, body: { code: 'access.bad-password' } });
  expect(await call('/v1/setup', { method: 'POST', body: { ...setupBody(fresh), workspace: { name: 'x', timeZone: 'Mars/Base', language: 'ko' } } })).toMatchObject({ status: 400, body: { problems: [{ path: 'workspace.timeZone' }] } });
  // Two at once: one makes the owner, the other is told.
  const both = await Promise.all([call('/v1/setup', { method: 'POST', body: setupBody(fresh) }), call('/v1/setup', { method: 'POST', body: setupBody(fresh, 'second@example.com') })]);
  expect(both.map((answer) => answer.status).sort()).toEqual([201, 409]);
  const made = both.find((answer) => answer.status === 201)!;
  expect(made.body.user).toMatchObject({ name: '김단비', role: 'owner', state: 'active' });
  expect(await callApi(`${app.url}/v1/workspace`, made.body.serverKey, 'GET')).toEqual({ status: 200, body: { name: '단비 상점', timeZone: 'Asia/Seoul', language: 'ko', settings: { senderContact: made.body.user.email } } });
  expect(await call('/v1/me', { cookie: made.cookie })).toMatchObject({ status: 200, body: { kind: 'user', user: { name: '김단비' } } });
  expect(await token()).toBeNull();
  expect(await call('/v1/setup', { method: 'POST', body: setupBody(fresh) })).toMatchObject({ status: 409, body: { code: 'setup.done' } });
  await app.db.query(`update app_user set email = 'owner@example.com'`);
});

test('a session cookie reads freely, but changes only with the header or from our own origin', async () => {
  const { cookie, setCookie } = await signIn('OWNER@example.com');
  expect(setCookie).toMatch(/HttpOnly; SameSite=Lax$/);
  const patch = (headers: Record<string, string>) => call('/v1/workspace', { method: 'PATCH', body: { settings: { senderContact: '서울시 중구 1' } }, cookie, headers });
  expect(await patch({})).toMatchObject({ status: 403, body: { code: 'access.csrf' } });
  expect(await patch({ origin: 'https://evil.example' })).toMatchObject({ status: 403 });
  expect(await patch({ origin: 'null' })).toMatchObject({ status: 403 });
  expect(await patch({ origin: app.url })).toMatchObject({ status: 200 });
  expect(await patch({ 'x-danbi-csrf': '1' })).toMatchObject({ status: 200, body: { name: '단비 상점', settings: { senderContact: '서울시 중구 1' } } });
  expect(await call('/v1/session', { method: 'POST', body: { email: 'owner@example.com', password: PASSWORD }, headers: { origin: 'https://evil.example' } })).toMatchObject({ status: 403 });
});

test('signing in again rotates the session, signing out ends it, idle ones end by themselves', async () => {
  const first = await signIn('owner@example.com');
  const second = await signIn('owner@example.com', PASSWORD, { cookie: first.cookie });
  expect((await call('/v1/me', { cookie: first.cookie })).status).toBe(401);
  expect((await call('/v1/session', { method: 'DELETE', cookie: second.cookie, headers: { 'x-danbi-csrf': '1' } })).status).toBe(204);
  expect((await call('/v1/me', { cookie: second.cookie })).status).toBe(401);
  const third = await signIn('owner@example.com');
  clock.advance(13 * DAY);
  expect((await call('/v1/me', { cookie: third.cookie })).status).toBe(200);
  clock.advance(13 * DAY);
  expect((await call('/v1/me', { cookie: third.cookie })).status).toBe(200);
  clock.advance(14 * DAY);
  expect((await call('/v1/me', { cookie: third.cookie })).status).toBe(401);
  const kept = JSON.stringify(await app.db.query('select s.* from session as s'));
  expect(kept).not.toContain(third.cookie.split('=')[1]);
});

test('wrong passwords are throttled per e-mail, also when sent at once, and the wait ends', async () => {
  const tries = await Promise.all(Array.from({ length: 9 }, () => signIn('owner@example.com', 'wrong password')));
  expect(tries.map((answer) => answer.status).sort()).toEqual([401, 401, 401, 401, 401, 429, 429, 429, 429]);
  expect(await signIn('owner@example.com')).toMatchObject({ status: 429, body: { code: 'access.too-many-tries' } });
  expect(await signIn('nobody@example.com')).toMatchObject({ status: 401, body: { code: 'access.wrong-login', message: 'The e-mail or the password is not right.' } });
  clock.advance(15 * 60_000 + 1);
  expect((await signIn('owner@example.com')).status).toBe(201);
});

test('an invited marketer chooses a password once, works within the role, and is out when disabled', async () => {
  const invited = await app.api('POST', '/v1/users', { email: 'mina@example.com', name: '미나', role: 'marketer' });
  expect(invited).toMatchObject({ status: 201, body: { user: { state: 'invited', role: 'marketer' } } });
  expect(await app.api('POST', '/v1/users', { email: 'MINA@example.com', name: 'x', role: 'analyst' })).toMatchObject({ status: 409, body: { code: 'user.email-taken' } });
  const link = new URL(invited.body.inviteUrl).searchParams.get('token')!;
  const accept = (password: string) => call('/v1/invites/accept', { method: 'POST', body: { token: link, password } });
  expect(await accept('aaaaaaaaaaaaaa')).toMatchObject({ status: 400, body: { problems: [{ path: 'password', code: 'too-simple' }] } });
  const { cookie } = await accept(PASSWORD);
  expect(await accept(PASSWORD)).toMatchObject({ status: 403, body: { code: 'access.link-used' } });
  expect(await call('/v1/me', { cookie })).toMatchObject({ body: { user: { email: 'mina@example.com', state: 'active' } } });
  expect(await call('/v1/users', { cookie })).toMatchObject({ status: 403, body: { code: 'access.forbidden', message: 'This needs the role owner; yours is marketer.' } });
  await app.api('PATCH', `/v1/users/${invited.body.user.id}`, { disabled: true });
  expect((await call('/v1/me', { cookie })).status).toBe(401);
  expect((await signIn('mina@example.com')).status).toBe(401);
  await app.api('PATCH', `/v1/users/${invited.body.user.id}`, { disabled: false });
  expect((await signIn('mina@example.com')).status).toBe(201);
});

test('an expired invite is refused and a new one replaces it', async () => {
  const { body } = await app.api('POST', '/v1/users', { email: 'jun@example.com', name: 'Jun', role: 'analyst' });
  const tokenOf = (url: string) => new URL(url).searchParams.get('token')!;
  clock.advance(7 * DAY);
  expect(await call('/v1/invites/accept', { method: 'POST', body: { token: tokenOf(body.inviteUrl), password: PASSWORD } })).toMatchObject({ status: 403, body: { code: 'access.link-expired' } });
  const again = await app.api('POST', `/v1/users/${body.user.id}/invite`);
  expect(await call('/v1/invites/accept', { method: 'POST', body: { token: tokenOf(body.inviteUrl), password: PASSWORD } })).toMatchObject({ status: 403, body: { code: 'access.link-unknown' } });
  expect((await call('/v1/invites/accept', { method: 'POST', body: { token: tokenOf(again.body.inviteUrl), password: PASSWORD } })).status).toBe(200);
});

test('the last active owner can be neither demoted, disabled nor removed; two owners at once cannot remove each other', async () => {
  const { body: { items } } = await app.api('GET', '/v1/users');
  const owner = items.find((user: { role: string }) => user.role === 'owner');
  const invited = await app.api('POST', '/v1/users', { email: 'second-owner@example.com', name: 'Second', role: 'owner' });
  for (const change of [{ role: 'analyst' }, { disabled: true }]) expect(await app.api('PATCH', `/v1/users/${owner.id}`, change)).toMatchObject({ status: 409, body: { code: 'user.last-owner' } });
  expect(await app.api('DELETE', `/v1/users/${owner.id}`)).toMatchObject({ status: 409 });
  await call('/v1/invites/accept', { method: 'POST', body: { token: new URL(invited.body.inviteUrl).searchParams.get('token'), password: PASSWORD } });
  const both = await Promise.all([app.api('DELETE', `/v1/users/${owner.id}`), app.api('DELETE', `/v1/users/${invited.body.user.id}`)]);
  expect(both.map((answer) => answer.status).sort()).toEqual([200, 409]);
});

test('one changes the own password knowing the present one, and the other sessions end', async () => {
  const here = await signIn('mina@example.com');
  const there = await signIn('mina@example.com');
  const change = (currentPassword: string, newPassword: string) => call('/v1/me/password', { method: 'POST', cookie: here.cookie, headers: { 'x-danbi-csrf': '1' }, body: { currentPassword, newPassword } });
  expect((await change('not it at all', 'another long one')).status).toBe(403);
  expect(await change(PASSWORD, 'mina@example.com')).toMatchObject({ status: 400, body: { problems: [{ path: 'newPassword', code: 'is-email' }] } });
  expect((await change(PASSWORD, 'another long one')).status).toBe(204);
  expect([(await call('/v1/me', { cookie: here.cookie })).status, (await call('/v1/me', { cookie: there.cookie })).status]).toEqual([200, 401]);
});

test('one changes the own name and the language of the dashboard, nobody else\'s, and learns who gives roles', async () => {
  const { cookie } = await signIn('mina@example.com', 'another long one');
  const patch = (body: unknown) => call('/v1/me', { method: 'PATCH', cookie, headers: { 'x-danbi-csrf': '1' }, body });
  expect(await patch({ name: '김미나', language: 'ko' })).toMatchObject({ status: 200, body: { user: { name: '김미나', language: 'ko', email: 'mina@example.com', role: 'marketer' } } });
  expect(await patch({ language: null })).toMatchObject({ status: 200, body: { user: { name: '김미나', language: null } } });
  expect(await patch({ role: 'owner' })).toMatchObject({ status: 400 });
  expect(await patch({ language: 'fr' })).toMatchObject({ status: 400, body: { problems: [{ path: 'language' }] } });
  expect((await app.api('PATCH', '/v1/me', { name: 'x' })).status).toBe(403);
  const { body } = await call('/v1/me/owners', { cookie });
  const { body: users } = await app.api('GET', '/v1/users');
  expect(body.items).toEqual(users.items.filter(({ role, state }: { role: string; state: string }) => role === 'owner' && state === 'active').map(({ name, email }: { name: string; email: string }) => ({ name, email })));
  expect(body.items.length).toBeGreaterThan(0);
});

test('keys over REST: made, listed in pages, revoked; wrong kinds and roles are refused', async () => {
  const made = await app.api('POST', '/v1/api-keys', { kind: 'server', name: '분석', role: 'analyst' });
  expect(made).toMatchObject({ status: 201, body: { key: { kind: 'server', role: 'analyst', value: null }, secret: expect.stringMatching(/^dnb_sk_[\w-]{43}$/) } });
  const analyst = made.body.secret as string;
  expect((await callApi(`${app.url}/v1/workspace`, analyst, 'GET')).status).toBe(200);
  expect((await callApi(`${app.url}/v1/workspace`, analyst, 'PATCH', { name: 'x' })).status).toBe(403);
  expect(await callApi(`${app.url}/v1/workspace`, app.writeKey, 'GET')).toMatchObject({ status: 403, body: { code: 'access.write-key' } });
  const ingest = await app.api('POST', '/v1/api-keys', { kind: 'server', name: 'i', role: 'ingest' });
  expect(await callApi(`${app.url}/v1/me`, ingest.body.secret, 'GET')).toMatchObject({ status: 403, body: { message: 'This key may only send events.' } });
  const write = await app.api('POST', '/v1/api-keys', { kind: 'write', name: 'shop', allowedOrigins: ['https://Shop.example/'] });
  expect(write.body.key).toMatchObject({ allowedOrigins: ['https://shop.example'], value: write.body.secret });
  expect(await app.api('POST', '/v1/api-keys', { kind: 'write', name: 'shop', allowedOrigins: ['shop.example/path'] })).toMatchObject({ status: 400, body: { problems: [{ path: 'allowedOrigins.0' }] } });
  const seen: string[] = [];
  for (let after = ''; ; ) {
    const page = await app.api('GET', `/v1/api-keys?limit=2${after}`);
    seen.push(...page.body.items.map((key: { id: string }) => key.id));
    if (page.body.next === null) break;
    after = `&after=${page.body.next}`;
  }
  expect(seen).toEqual([...new Set(seen)].sort().reverse());
  expect(seen).toContain(made.body.key.id);
  expect((await app.api('GET', '/v1/api-keys?after=%22x%22')).status).toBe(400);
  expect(await app.api('DELETE', `/v1/api-keys/${made.body.key.id}`)).toMatchObject({ status: 200, body: { revokedAt: clock.now().toISOString() } });
  expect(await callApi(`${app.url}/v1/workspace`, analyst, 'GET')).toMatchObject({ status: 401, body: { code: 'access.bad-key' } });
  expect((await app.api('DELETE', '/v1/api-keys/00000000-0000-7000-8000-000000000000')).status).toBe(404);
});

test('last_used_at moves at most once a minute', async () => {
  const made = await app.api('POST', '/v1/api-keys', { kind: 'server', name: 'used', role: 'analyst' });
  const used = async () => (await app.api('GET', '/v1/api-keys?limit=1')).body.items[0].lastUsedAt;
  expect(await used()).toBeNull();
  await callApi(`${app.url}/v1/me`, made.body.secret, 'GET');
  expect(await used()).toBe(clock.now().toISOString());
});

test('every change left its entry, with who did it and without secrets', async () => {
  const entries = [];
  for (let after = ''; ; ) {
    const page = await app.api('GET', `/v1/audit?limit=7${after}`);
    entries.push(...page.body.items);
    if (page.body.next === null) break;
    after = `&after=${page.body.next}`;
  }
  const actions = new Set(entries.map((entry) => entry.action));
  expect([...actions].sort()).toEqual(['api_key.create', 'api_key.revoke', 'session.create', 'session.end', 'setup.complete', 'user.accept_invite', 'user.change_password', 'user.delete', 'user.invite', 'user.update', 'workspace.update']);
  expect(entries.find((entry) => entry.action === 'api_key.revoke')!.actor).toMatch(/^server_key:/);
  expect(JSON.stringify(entries)).not.toMatch(/dnb_sk_|dnb_wk_|@example\.com/);
  expect(await app.db.query(`select 1 from audit_entry as a where a.id::text = $1`, [entries.at(-1)!.id])).toHaveLength(1);
});

test('the audit is asked by whom, of what kind, about what and when, and says names as they are now', async () => {
  const mina = (await app.api('GET', '/v1/users')).body.items.find(({ email }: { email: string }) => email === 'mina@example.com');
  const asked = async (query: string) => (await app.api('GET', `/v1/audit?limit=200&${query}`)).body.items as { id: string; at: string; actor: string; actorName: string | null; action: string; subject: string; subjectName: string | null }[];
  const all = await asked('');
  expect(await asked(`actor=user:${mina.id}`)).toEqual(all.filter(({ actor }) => actor === `user:${mina.id}`));
  expect(await asked('kind=api_key')).toEqual(all.filter(({ action }) => action.startsWith('api_key.')));
  const about = await asked(`subject=user:${mina.id}`);
  expect(about).toEqual(all.filter(({ subject }) => subject === `user:${mina.id}`));
  expect(about.map(({ action, actorName, subjectName }) => [action, actorName, subjectName])).toEqual(expect.arrayContaining([['user.update', '김미나', '김미나'], ['user.invite', 'test', '김미나']]));
  const middle = all[Math.floor(all.length / 2)]!.at;
  expect([...await asked(`from=${middle}`), ...await asked(`to=${middle}`)]).toEqual(all);
  expect(all.filter(({ subject }) => subject === 'workspace').every(({ subjectName }) => subjectName === null)).toBe(true);
  const counts = [await asked(`actor=user:${mina.id}`), await asked('kind=api_key'), about, await asked(`from=${middle}`)].map(({ length }) => [length > 0, length < all.length]);
  expect(counts).toEqual(Array(4).fill([true, true]));
  // What has a name of its own is called by it.
  const shop = (await app.api('POST', '/v1/sources', { kind: 'json', name: '가게', proof: { kind: 'address' } })).body;
  const vips = (await app.api('POST', '/v1/lists', { name: '단골' })).body;
  expect((await Promise.all([`source:${shop.id}`, `list:${vips.id}`].map((subject) => asked(`subject=${subject}`)))).map(([entry]) => entry!.subjectName)).toEqual(['가게', '단골']);
  for (const bad of ['actor=x', 'kind=A', 'from=yesterday', "actor=user:x'"]) expect((await app.api('GET', `/v1/audit?${bad}`)).status).toBe(400);
});

test('the origins of a write key are changed: here at once, elsewhere within five seconds, and the change is written down', async () => {
  const made = await app.api('POST', '/v1/api-keys', { kind: 'write', name: 'site', allowedOrigins: ['https://old.example'] });
  const [id, secret] = [made.body.key.id as string, made.body.secret as string];
  const from = async (origin: string) => (await fetch(`${app.url}/v1/boot`, { method: 'POST', headers: { origin }, body: JSON.stringify({ k: secret, a: 'browser' }) })).status;
  const elsewhere = new KeyRing(app.db, clock);
  const allowed = async () => (await elsewhere.verify(secret))!.allowedOrigins;
  expect([await from('https://old.example'), await from('https://new.example'), await allowed()]).toEqual([200, 403, ['https://old.example']]);
  const change = (allowedOrigins: unknown, key = id) => app.api('PATCH', `/v1/api-keys/${key}`, { allowedOrigins });
  expect(await change(['https://New.example/', 'https://new.example', 'http://localhost:3000'])).toMatchObject({ status: 200, body: { id, kind: 'write', value: secret, allowedOrigins: ['https://new.example', 'http://localhost:3000'] } });
  expect([await from('https://old.example'), await from('https://new.example')]).toEqual([403, 200]);
  expect(await allowed()).toEqual(['https://old.example']);
  const soon = performance.now() + 5_001;
  const watch = jest.spyOn(performance, 'now').mockImplementation(() => soon);
  expect(await allowed()).toEqual(['https://new.example', 'http://localhost:3000']);
  watch.mockRestore();
  expect((await app.api('GET', '/v1/audit?limit=1')).body.items[0]).toMatchObject({
    action: 'api_key.change', subject: `api_key:${id}`, detail: { was: { allowedOrigins: ['https://old.example'] }, is: { allowedOrigins: ['https://new.example', 'http://localhost:3000'] } },
  });
  expect((await change([])).body.allowedOrigins).toEqual([]);
  expect(await from('https://anywhere.example')).toBe(200);
  for (const [wrong, path] of [[['shop.example'], 'allowedOrigins.0'], [['https://a.example', 'https://shop.example/path'], 'allowedOrigins.1'], [['null'], 'allowedOrigins.0'], [['*'], 'allowedOrigins.0'], ['https://a.example', 'allowedOrigins'], [Array(101).fill('https://a.example'), 'allowedOrigins']] as const) {
    expect(await change(wrong)).toMatchObject({ status: 400, body: { problems: [{ path }] } });
  }
  const server = await app.api('POST', '/v1/api-keys', { kind: 'server', name: 'server', role: 'marketer' });
  expect(await change([], server.body.key.id)).toMatchObject({ status: 409, body: { code: 'api_key.no-origins' } });
  expect((await callApi(`${app.url}/v1/api-keys/${id}`, server.body.secret, 'PATCH', { allowedOrigins: [] })).status).toBe(403);
  expect((await change([], '00000000-0000-7000-8000-000000000000')).status).toBe(404);
  await app.api('DELETE', `/v1/api-keys/${id}`);
  expect(await change([])).toMatchObject({ status: 409, body: { code: 'api_key.revoked' } });
});
