import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { LinkKeys } from '../../src/delivery/tracking/link-keys.service.js';
import { newId } from '../../src/kernel/ids.js';
import { row } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { makePeople, makePlace, queue } from '../support/deliveries.js';
import { VirtualClock } from '../support/virtual-clock.js';

const MOST = 4;
const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
let app: TestApp;
let links: ReturnType<Awaited<ReturnType<LinkKeys['signer']>>['forMessage']>;
let deliveryId: string;
let other: typeof links;
beforeAll(async () => {
  const limit = String(MOST);
  app = await startTestApp({ clock, env: { PAGE_REQUESTS_PER_MINUTE: limit, LINK_REQUESTS_PER_MINUTE: limit, EXPORT_REQUESTS_PER_MINUTE: limit, API_REQUESTS_PER_MINUTE: '25', TRUSTED_PROXIES: '127.0.0.1' } });
  const people = await makePeople(app.db, 2, clock.now());
  const ids = await queue(app.db, await makePlace(app.db, clock.now()), people, clock.now());
  await app.db.query(`update delivery as d set state = 'sent', sent_at = $1, first_attempt_at = $1, address = 'x@example.com'`, [clock.now()]);
  const signer = await app.nest.get(LinkKeys, { strict: false }).signer();
  [links, other, deliveryId] = [signer.forMessage(ids[0]!, people[0]!), signer.forMessage(ids[1]!, people[1]!), ids[0]!];
});
afterAll(() => app.close());
// Each test begins at the beginning of a minute: what is counted is of a minute of the clock.
beforeEach(() => { clock.set(new Date(Math.ceil((clock.now().getTime() + 1) / 60_000) * 60_000)); });

let addresses = 0;
const somebody = () => `203.0.113.${(addresses += 1)}`;
interface Asked { method?: string; headers?: Record<string, string>; body?: string }
const ask = (path: string, address: string, { headers = {}, ...more }: Asked = {}) => fetch(path.startsWith('http') ? app.url + new URL(path).pathname : app.url + path, { redirect: 'manual', headers: { 'x-forwarded-for': address, 'user-agent': 'Mozilla/5.0', ...headers }, ...more });
/** How many of some were let through before the first refusal, and what that one said. */
async function until429(asked: () => Promise<Response>, tries: number): Promise<{ through: number; retryAfter: string | null; body: string }> {
  for (let through = 0; through < tries; through += 1) {
    const answer = await asked();
    if (answer.status === 429) return { through, retryAfter: answer.headers.get('retry-after'), body: await answer.text() };
    await answer.arrayBuffer();
  }
  return { through: tries, retryAfter: null, body: '' };
}
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

const PAGES: [string, () => [string, Asked?]][] = [
  ['the page of choices', () => [links.preferences()]], ['a message in the browser', () => [links.view()]], ['the page to unsubscribe', () => [links.unsubscribe()]], ['the page to confirm', () => ['/y/x']],
  ['a form of choices', () => [links.preferences(), { method: 'POST', headers: FORM, body: 'action=x' }]],
  ['the page to sign in', () => ['/login']], ['an invitation', () => ['/invite?token=x']], ['an invitation that is taken', () => ['/v1/invites/accept', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"token":"x","password":"a long enough one"}' }]],
  ['the set-up', () => ['/setup?token=x']], ['a link that stops alarms', () => [`/alarms/stop/${newId()}`]], ['a link that stops digests', () => [`/digest/stop/${newId()}`]],
];
test.each(PAGES)('%s is for one address so often a minute, then again in the next; for others all the time', async (_, made) => {
  const [path, asked] = made();
  const address = somebody();
  clock.advance(20_000);
  expect(await until429(() => ask(path, address, asked), MOST + 1)).toEqual({ through: MOST, retryAfter: '40', body: expect.stringMatching(/request\.too-many.*"messageKo":"[^"]*너무 많아요/) });
  expect((await ask(path, somebody(), asked)).status).not.toBe(429);
  clock.advance(40_000);
  expect((await ask(path, address, asked)).status).not.toBe(429);
});

test('a person in a browser who opens a page too often reads so in their language, programs get JSON', async () => {
  const address = somebody();
  const browser = (language: string) => ask('/login', address, { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'accept-language': language } });
  clock.advance(20_000);
  await until429(() => browser('en'), MOST + 1);
  const said = async (answer: Response) => ({ status: answer.status, retryAfter: answer.headers.get('retry-after'), type: answer.headers.get('content-type'), csp: answer.headers.get('content-security-policy'), text: await answer.text() });
  const page = { status: 429, retryAfter: '40', type: 'text/html; charset=utf-8', csp: expect.stringMatching(/^default-src 'none'; style-src 'sha256-/) };
  expect(await said(await browser('en-GB'))).toEqual({ ...page, text: expect.stringMatching(/<html lang="en">.*again in 40 seconds/) });
  expect(await said(await browser('ko-KR,ko;q=0.9'))).toEqual({ ...page, text: expect.stringMatching(/<html lang="ko">.*40초 뒤에 다시 열어 주세요/) });
  expect(await said(await ask('/login', address))).toMatchObject({ status: 429, retryAfter: '40', type: 'application/json; charset=utf-8' });
});

test('unsubscribing by one click is never refused, however many come from one provider', async () => {
  const address = somebody();
  expect(await until429(() => ask(links.unsubscribe(), address, { method: 'POST', headers: FORM, body: 'List-Unsubscribe=One-Click' }), MOST * 4)).toMatchObject({ through: MOST * 4 });
  expect((await ask('/health/live', address)).status).toBe(200);
});

test.each<[string, () => string]>([['click', () => links.click(0, 'https://shop.example/')], ['open', () => links.open()], ['honeypot', () => links.honeypot()]])('one message is asked for so often a minute by one address (%s); others of the same office go on', async (_, url) => {
  const address = somebody();
  const kept = async () => (await row<{ count: number }>(app.db, 'select count(*)::int as count from delivery_event as e where e.delivery_id = $1', [deliveryId]))!.count;
  const before = await kept();
  expect(await until429(() => ask(url(), address), MOST + 3)).toMatchObject({ through: MOST, retryAfter: '60' });
  expect([(await ask(url(), address)).status, (await kept()) - before <= MOST]).toEqual([429, true]);
  expect([(await ask(url(), somebody())).status, (await ask(other.click(0, 'https://shop.example/'), address)).status]).not.toContain(429);
});

test('exports are counted by key, and all requests of a key', async () => {
  const key = async (name: string) => (await app.api('POST', '/v1/api-keys', { kind: 'server', name, role: 'marketer' })).body.secret as string;
  const [one, two] = [await key('one'), await key('two')];
  const get = (path: string, by: string) => () => ask(path, '203.0.113.250', { headers: { authorization: `Bearer ${by}` } });
  for (const path of ['/v1/exports/people.csv', '/v1/reports/overlap/export']) {
    expect(await until429(get(path, one), MOST + 1)).toMatchObject({ through: MOST, retryAfter: '60' });
    expect((await get(path, two)()).status).not.toBe(429);
    clock.advance(60_000);
  }
  expect(await until429(get('/v1/me', one), 30)).toMatchObject({ through: 25, retryAfter: '60' });
  expect((await get('/v1/me', two)()).status).not.toBe(429);
});

describe('tries at a password', () => {
  let cookie = '';
  beforeAll(async () => {
    const { body } = await app.api('POST', '/v1/users', { email: 'mina@example.com', name: 'Mina', role: 'owner' });
    const answer = await ask('/v1/invites/accept', somebody(), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token: new URL(body.inviteUrl).searchParams.get('token'), password: 'the first long password' }) });
    cookie = answer.headers.getSetCookie()[0]!.split(';')[0]!;
  });

  test('whoever found an open session can not go on guessing the password in it', async () => {
    const change = (currentPassword: string) => ask('/v1/me/password', '203.0.113.251', { method: 'POST', headers: { cookie, 'content-type': 'application/json', 'x-danbi-csrf': '1' }, body: JSON.stringify({ currentPassword, newPassword: 'the second long password' }) });
    expect(await until429(() => change('a wrong password'), 12)).toMatchObject({ through: 10, retryAfter: '900', body: expect.stringContaining('access.too-many-tries') });
    expect((await change('the first long password')).status).toBe(429);
    clock.advance(15 * 60_000 + 1);
    expect((await change('the first long password')).status).toBeLessThan(300);
    expect((await change('the first long password')).status).toBe(403);
  });

  test('signing in says when it can be tried again, on its page and in its answer', async () => {
    const address = somebody();
    const signIn = () => ask('/v1/session', address, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ email: 'mina@example.com', password: 'wrong' }) });
    // The pages of one address are few here: a minute lets them begin anew, the tries go on.
    for (let tries = 0; tries < 5; tries += 1) { expect((await signIn()).status).toBe(401); clock.advance(60_000); }
    const refused = await signIn();
    expect([refused.status, refused.headers.get('retry-after'), (await refused.json() as { code: string }).code]).toEqual([429, '900', 'access.too-many-tries']);
    const page = await ask('/login', address, { method: 'POST', headers: FORM, body: 'email=mina%40example.com&password=wrong' });
    expect([page.status, page.headers.get('retry-after'), page.headers.get('content-type')]).toEqual([429, '900', expect.stringContaining('text/html')]);
  });
});

test('whoever has a network of IPv6 guesses passwords no more often than whoever has one address', async () => {
  const tryFrom = (address: string) => ask('/v1/session', address, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ email: 'nobody@example.com', password: 'a wrong one' }) });
  const said: number[] = [];
  // One try a minute: requests of one network are counted too.
  for (let at = 1; at <= 6; at += 1) {
    clock.set(new Date(clock.now().getTime() + 60_000));
    said.push((await tryFrom(`2001:db8:7:7:${at}::${at}`)).status);
  }
  expect(said).toEqual([401, 401, 401, 401, 401, 429]);
  expect((await tryFrom('2001:db8:7:8::1')).status).toBe(401);
});
