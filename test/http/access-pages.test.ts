import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Setup } from '../../src/access/setup.service.js';
import { setupDoneView } from '../../src/access/http/pages/views.js';
import { startTestApp, type TestApp } from '../support/app.js';

let app: TestApp;
let token: string;
beforeAll(async () => {
  app = await startTestApp();
  token = (await app.nest.get(Setup, { strict: false }).issue())!;
});
afterAll(() => app.close());

async function page(path: string, options: { form?: Record<string, string>; cookie?: string; language?: string; origin?: string } = {}) {
  const headers: Record<string, string> = { 'accept-language': options.language ?? 'en', ...(options.cookie ? { cookie: options.cookie } : {}) };
  if (options.form) headers.origin = options.origin ?? app.url;
  const answer = await fetch(`${app.url}${path}`, { method: options.form ? 'POST' : 'GET', headers, body: options.form && new URLSearchParams(options.form), redirect: 'manual' });
  return { status: answer.status, text: await answer.text(), headers: answer.headers, cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0]! };
}

const filled = () => ({ token, name: '<b>김단비</b>', email: 'owner@example.com', password: 'a long enough one', 'workspace.name': 'Rain & "Co"', 'workspace.timeZone': 'Asia/Seoul', 'workspace.language': 'ko' });

test('the set-up page is in the language of the browser, without scripts and outside assets, under a strict policy', async () => {
  const english = await page(`/setup?token=${token}`);
  expect(english.status).toBe(200);
  expect(english.text).toContain('<html lang="en">');
  expect(english.text).toContain('name="sampleData" value="yes" checked');
  expect(english.text).not.toMatch(/<script|src=|https?:\/\//);
  expect(english.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/);
  expect(english.headers.get('cache-control')).toBe('no-store');
  const korean = await page(`/setup?token=${token}`, { language: 'ko-KR,ko;q=0.9,en;q=0.8' });
  expect(korean.text).toContain('<h1>단비 시작하기</h1>');
  for (const name of ['name', 'email', 'password', 'workspace.name', 'workspace.timeZone', 'workspace.language']) {
    expect(korean.text).toContain(`<label for="${name}">`);
    expect(korean.text).toContain(` id="${name}" name="${name}"`);
  }
});

test('faults are shown at their fields; what was typed stays and is escaped, the password is not sent back', async () => {
  const answer = await page('/setup', { form: { ...filled(), password: 'short', email: 'nobody', 'workspace.timeZone': '서울' } });
  expect(answer.status).toBe(400);
  for (const text of ['id="password-fault">Use at least 10 characters.', 'id="email-fault">Enter an e-mail address', 'id="workspace.timeZone-fault">', 'value="&lt;b&gt;김단비&lt;/b&gt;"', 'value="Rain &amp; &quot;Co&quot;"', 'value="서울"']) expect(answer.text).toContain(text);
  expect(answer.text).not.toContain('<b>김단비');
  expect(answer.text).not.toContain('value="short"');
  expect(answer.text).not.toContain('id="name-fault"');
  expect(answer.text).toMatch(/name="sampleData" value="yes" aria/);
});

test('a wrong link says so; the good one makes the owner, shows the keys once and signs in; used, it says so', async () => {
  expect(await page('/setup?token=nope')).toMatchObject({ status: 403, text: expect.stringContaining('not one that Danbi gave out') });
  expect(await page('/setup')).toMatchObject({ status: 403 });
  const done = await page('/setup', { form: { ...filled(), sampleData: 'yes' } });
  expect(done.status).toBe(201);
  const [, url, key, writeKey] = /export DANBI_URL=(\S+)\nexport DANBI_KEY=(dnb_sk_\S+)\nexport DANBI_WRITE_KEY=(dnb_wk_[\w-]+)/.exec(done.text)!;
  expect(done.text).toContain('Identity verification is off at first');
  expect(setupDoneView('ko', { url: url!, serverKey: key!, writeKey: writeKey! }).body.text).toContain('누구나 그 사용자의 인앱 메시지를 읽을 수 있습니다');
  expect(url).toBe(app.url.replace('127.0.0.1', 'localhost'));
  expect((await app.api('GET', '/v1/sample-data')).body).toMatchObject({ state: 'making', requestedBy: 'setup' });
  const workspace = await fetch(`${url}/v1/workspace`, { headers: { authorization: `Bearer ${key}` } });
  expect(await workspace.json()).toMatchObject({ timeZone: 'Asia/Seoul', settings: { senderContact: 'owner@example.com' } });
  expect((await app.db.query('select k.name from api_key as k where k.public_value = $1', [writeKey]))).toHaveLength(1);
  const home = await page('/', { cookie: done.cookie });
  expect(home).toMatchObject({ status: 200, text: expect.stringContaining('<div id="root">') });
  for (const [, link] of home.text.matchAll(/(?:href|src)="([^"]+)"/g)) expect([link, (await page(link!, { cookie: done.cookie })).status]).toEqual([link, 200]);
  expect(await page('/setup', { form: filled(), language: 'ko' })).toMatchObject({ status: 409, text: expect.stringContaining('단비는 이미 설정되어 있습니다.') });
});

test('sign in, sign out', async () => {
  expect((await page('/')).headers.get('location')).toBe('/login');
  expect(await page('/login', { form: { email: 'owner@example.com', password: 'wrong' } })).toMatchObject({ status: 401, text: expect.stringContaining('value="owner@example.com"') });
  expect((await page('/login', { form: { email: 'owner@example.com', password: 'a long enough one' }, origin: 'https://evil.example' })).status).toBe(403);
  const back = async (next: string) => (await page('/login', { form: { email: 'owner@example.com', password: 'a long enough one', next } })).headers.get('location');
  expect([await back('/mailbox?to=a'), await back('//evil.example'), await back('https://evil.example')]).toEqual(['/mailbox?to=a', '/', '/']);
  const signedIn = await page('/login', { form: { email: 'owner@example.com', password: 'a long enough one' } });
  expect([signedIn.status, signedIn.headers.get('location')]).toEqual([303, '/']);
  expect((await page('/logout', { form: {}, cookie: signedIn.cookie, origin: 'https://evil.example' })).status).toBe(403);
  expect((await page('/', { cookie: signedIn.cookie })).status).toBe(200);
  expect((await page('/logout', { form: {}, cookie: signedIn.cookie })).status).toBe(303);
  expect((await page('/', { cookie: signedIn.cookie })).status).toBe(303);
});

test('an invite is a page with one field', async () => {
  const { body } = await app.api('POST', '/v1/users', { email: 'mina@example.com', name: '미나', role: 'marketer' });
  const link = new URL(body.inviteUrl);
  const form = { token: link.searchParams.get('token')! };
  expect(await page(link.pathname + link.search, { language: 'ko' })).toMatchObject({ status: 200, text: expect.stringContaining('mina@example.com') });
  expect(await page('/invite', { form: { ...form, password: 'short' } })).toMatchObject({ status: 400, text: expect.stringContaining('id="password-fault"') });
  expect((await page('/invite', { form: { ...form, password: 'long enough for me' } })).status).toBe(303);
  expect(await page(link.pathname + link.search)).toMatchObject({ status: 403, text: expect.stringContaining('used already') });
});
