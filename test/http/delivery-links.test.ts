import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { request } from 'node:http';
import { v7 } from 'uuid';
import type { MessageLinks } from '../../src/delivery/content/compiled.js';
import { LinkKeys } from '../../src/delivery/tracking/link-keys.service.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';

const START = new Date('2026-03-02T09:00:00Z');
const BROWSER = { 'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36', 'accept-language': 'ko-KR' };
const clock = new VirtualClock(START);
let app: TestApp;
let personId: string;
let deliveryId: string;
let links: MessageLinks;

beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(() => app.close());
beforeEach(async () => {
  clock.advance(3_600_000);
  [personId, deliveryId] = [v7(), v7()];
  await app.db.query(`insert into person (id, kind, email, language, first_seen_at, last_seen_at, created_at, updated_at) values ($1, 'user', $2, 'en', $3, $3, $3, $3)`, [personId, `${personId}@example.org`, clock.now()]);
  await app.db.query(`
    insert into delivery (id, person_id, campaign_id, version_id, step_id, enrollment_id, channel, variant, topic, state, due_at, queued_at, sent_at)
    values ($1, $2, $3, $3, 's', $3, 'email', 'a', 'product-updates', 'sent', $4, $4, $4)`, [deliveryId, personId, v7(), clock.now()]);
  clock.advance(60_000);
  links = (await app.nest.get(LinkKeys, { strict: false }).signer()).forMessage(deliveryId, personId);
});

interface Answer { status: number; headers: Record<string, string | string[] | undefined>; raw: string[]; body: Buffer }

/** One request over the wire, without the helpfulness of fetch. */
function call(url: string, { method = 'GET', headers = BROWSER as Record<string, string>, body }: { method?: string; headers?: Record<string, string>; body?: string } = {}): Promise<Answer> {
  const { pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request(`${app.url}${pathname}`, { method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode!, headers: answer.headers, raw: answer.rawHeaders, body: Buffer.concat(chunks) }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const events = () => app.db.query(`select e.kind, e.verdict, e.evidence, e.data from delivery_event as e where e.delivery_id = $1 order by e.at, e.event_key`, [deliveryId]) as Promise<{ kind: string; verdict: string; evidence: { reasons: string[] }; data: Record<string, unknown> }[]>;
const consent = async () => (await app.db.query(`select c.state, c.source from consent as c where c.person_id = $1 and c.channel = 'email' and c.topic = 'product-updates'`, [personId]) as { state: string; source: string }[])[0] ?? null;

test.each([
  ['an encoded ampersand', 'https://shop.example/?a=1&amp;b=2'],
  ['a fragment', 'https://shop.example/a/b?c=d#frag/ment?x'],
  ['an encoded Korean query', 'https://shop.example/%ED%95%9C?q=%EA%B8%80&x=a+b%20c'],
  ['two kilobytes', `https://shop.example/?q=${'x'.repeat(2_048)}`],
  ['odd but legal characters', "https://user@shop.example:8443/a;b='(c)'!*~?d=[e]|f{g}^`h".replace('`', '%60')],
])('a click leads to exactly the bytes that were signed: %s', async (_, url) => {
  const answer = await call(links.click(3, url));
  expect(answer.status).toBe(302);
  expect(answer.raw[answer.raw.findIndex((name) => name.toLowerCase() === 'location') + 1]).toBe(url);
  expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex', 'referrer-policy': 'no-referrer' });
  expect(answer.headers['set-cookie']).toBeUndefined();
  expect(await events()).toEqual([expect.objectContaining({ kind: 'click', verdict: 'human', data: { link: 3, url } })]);
});

test('every changed character of a click token is a 404 that leads nowhere', async () => {
  const url = links.click(0, 'https://shop.example/a');
  const [base, token] = [url.slice(0, url.lastIndexOf('/') + 1), url.slice(url.lastIndexOf('/') + 1)];
  const places = [...Array(token.length).keys()].filter((at) => at % 9 === 0 || at > token.length - 4);
  for (const at of places) {
    const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
    const answer = await call(base + changed);
    expect([at, answer.status, answer.headers.location]).toEqual([at, 404, undefined]);
  }
  for (const other of ['', 'x', `${token}A`, token.slice(0, -1), `${token}=`, '../health/live', links.open().split('/').pop()!.replace('.gif', '')]) {
    const answer = await call(base + other);
    expect([other, answer.headers.location]).toEqual([other, undefined]);
    expect(answer.status).not.toBe(302);
  }
  expect(await events()).toEqual([]);
});

test('a token for one purpose is void for another', async () => {
  const token = links.unsubscribe().split('/').pop()!;
  expect((await call(`${app.url}/p/${token}`)).status).toBe(404);
  expect((await call(`${app.url}/o/${token}.gif`)).status).toBe(404);
});

test.each([
  ['Apple mail privacy', 'Mozilla/5.0', 'machine', ['apple-mpp']],
  ['Gmail prefetch', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0', 'machine', ['gmail-prefetch']],
  ['Gmail proxy', 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)', 'human', ['proxy']],
  ['Yahoo proxy', 'YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html', 'human', ['proxy']],
  ['no user agent', '', 'machine', ['no-user-agent']],
  ['a script', 'curl/8.5.0', 'machine', ['bot']],
  ['a browser', BROWSER['user-agent'], 'human', []],
])('an open by %s', async (_, userAgent, verdict, reasons) => {
  const answer = await call(links.open(), { headers: { ...(userAgent === '' ? {} : { 'user-agent': userAgent }) } });
  expect([answer.status, answer.headers['content-type'], answer.body.length, answer.headers['cache-control']]).toEqual([200, 'image/gif', 43, 'no-store']);
  const [open] = await events();
  expect([open!.kind, open!.verdict, open!.evidence.reasons]).toEqual(['open', verdict, reasons]);
});

test('a scanner that follows five links at once is a machine, the person a minute later is not', async () => {
  clock.set(new Date(clock.now().getTime() - 58_000));
  const scanner = { 'user-agent': 'Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/27.0.1453.110 Safari/537.36', 'accept-language': 'en' };
  for (let index = 0; index < 5; index += 1) {
    expect((await call(links.click(index, `https://shop.example/${index}`), { headers: scanner })).status).toBe(302);
    clock.advance(200);
  }
  clock.advance(60_000);
  await call(links.click(1, 'https://shop.example/1'));
  expect((await events()).map((event) => event.verdict)).toEqual(['machine', 'machine', 'machine', 'machine', 'machine', 'human']);
});

test('HEAD is answered like GET and counts as a machine', async () => {
  const answer = await call(links.click(0, 'https://shop.example/h'), { method: 'HEAD' });
  expect([answer.status, answer.headers.location, answer.body.length]).toEqual([302, 'https://shop.example/h', 0]);
  expect((await events()).map((event) => event.verdict)).toEqual(['machine']);
});

test('a link keeps working when the message is gone from the database', async () => {
  await app.db.query(`delete from delivery where id = $1`, [deliveryId]);
  expect((await call(links.click(0, 'https://shop.example/later'))).headers.location).toBe('https://shop.example/later');
});

test('200 clicks at once are all recorded', async () => {
  await Promise.all(Array.from({ length: 200 }, (_, index) => call(links.click(0, `https://shop.example/${index}`))));
  expect(new Set((await events()).map((event) => event.data.url)).size).toBe(200);
});

test('looking at the unsubscribe page, 50 times and by HEAD, changes nothing', async () => {
  for (let time = 0; time < 50; time += 1) {
    const answer = await call(links.unsubscribe(), { method: time % 2 === 0 ? 'GET' : 'HEAD' });
    expect([answer.status, answer.headers['set-cookie']]).toEqual([200, undefined]);
  }
  expect([await consent(), await events()]).toEqual([null, []]);
});

test.each([
  ['urlencoded', 'application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click'],
  ['multipart', 'multipart/form-data; boundary=XyZ', '--XyZ\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--XyZ--\r\n'],
])('one click of a mail program unsubscribes, %s', async (_, type, body) => {
  for (let time = 0; time < 2; time += 1) {
    const answer = await call(links.unsubscribe(), { method: 'POST', headers: { 'content-type': type, 'content-length': String(body.length) }, body });
    expect([answer.status, answer.headers.location, answer.headers['set-cookie'], answer.body.toString()]).toEqual([200, undefined, undefined, '']);
  }
  expect(await consent()).toEqual({ state: 'unsubscribed', source: 'one_click' });
  expect((await events()).map((event) => [event.kind, event.data])).toEqual([['unsubscribe', { topic: 'product-updates' }]]);
});

test('the page asks, then says that it is done and how to come back, in the language of the person', async () => {
  await app.db.query(`update person set language = 'ko-KR' where id = $1`, [personId]);
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const asked = (await call(links.unsubscribe())).body.toString();
  expect(asked).toContain('<html lang="ko">');
  expect(asked).toContain('<button>수신 거부하기</button>');
  const done = await call(links.unsubscribe(), { method: 'POST', headers: form, body: 'action=unsubscribe' });
  expect([done.status, done.body.toString().includes('수신 거부되었습니다'), await consent()]).toEqual([200, true, { state: 'unsubscribed', source: 'unsubscribe_page' }]);
  expect(done.body.toString()).toContain('name="action" value="subscribe"');
  const back = await call(links.unsubscribe(), { method: 'POST', headers: form, body: 'action=subscribe' });
  expect([back.body.toString().includes('다시 수신합니다'), (await consent())!.state]).toEqual([true, 'subscribed']);
});

test('the preference page shows and keeps what is ticked; only what it showed, and only when its own button was pressed', async () => {
  const tips = `tips-${personId.slice(-6)}`;
  await app.api('POST', '/v1/topics', { key: tips, name: '<Tips> & tricks' });
  for (let time = 0; time < 50; time += 1) expect((await call(links.preferences(), { method: time % 2 === 0 ? 'GET' : 'HEAD' })).status).toBe(200);
  const shown = (await call(links.preferences())).body.toString();
  expect(shown).toContain('&lt;Tips&gt; &amp; tricks');
  expect(shown).toMatch(/name="choice" value="email:product-updates" checked/);
  expect(shown).not.toContain(':account"');
  const post = (body: string) => call(links.preferences(), { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body });
  for (const body of ['', 'List-Unsubscribe=One-Click', 'action=constructor&shown=email:product-updates', 'shown=email:product-updates']) expect([(await post(body)).status, await consent(), await events()]).toEqual([200, null, []]);
  await post(`action=save&shown=email:${tips}&frequency=daily&language=xx`);
  expect([await consent(), (await app.db.query('select from person_preference as r where r.person_id = $1', [personId])).length]).toEqual([null, 0]);
  const saved = await post(`action=save&shown=email:product-updates&shown=email:${tips}&shown=email:account&choice=email:${tips}&frequency=monthly`);
  expect(saved.body.toString()).toMatch(/role="status"/);
  expect([(await consent())!.state, (await events()).map((event) => event.data)]).toEqual(['unsubscribed', [{ topic: tips }, { topic: 'product-updates' }]]);
  expect(await app.db.query('select r.email_frequency as frequency from person_preference as r where r.person_id = $1', [personId])).toEqual([{ frequency: 'monthly' }]);
});

test('somebody who has just become part of another is taken off as who they are now', async () => {
  const survivor = v7();
  await app.db.query(`insert into person (id, kind, first_seen_at, last_seen_at, created_at, updated_at) values ($1, 'user', $2, $2, $2, $2)`, [survivor, clock.now()]);
  await app.db.query('delete from person where id = $1', [personId]);
  await app.db.query(`insert into person_merge (from_id, into_id, at, source) values ($1, $2, $3, 'test')`, [personId, survivor, clock.now()]);
  expect((await call(links.unsubscribe(), { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'List-Unsubscribe=One-Click' })).status).toBe(200);
  expect(await app.db.query('select c.person_id as id, c.state from consent as c where c.person_id = any($1::uuid[])', [[personId, survivor]])).toEqual([{ id: survivor, state: 'unsubscribed' }]);
});

test.each(['HEAD', 'OPTIONS', 'PUT', 'DELETE'])('%s changes nothing anywhere', async (method) => {
  for (const url of [links.unsubscribe(), links.preferences(), links.view()]) expect((await call(url, { method, headers: { ...BROWSER, purpose: 'prefetch' } })).status).not.toBe(500);
  expect([await consent(), await events()]).toEqual([null, []]);
});

test.each([['ko-KR,ko;q=0.9', '이 링크는 더 이상 사용할 수 없습니다'], ['en', 'This link no longer works']])('a click on a link that is void says so in words (%s)', async (acceptLanguage, words) => {
  const answer = await call(`${app.url}/c/${links.click(0, 'https://shop.example/').split('/').pop()!.slice(0, -2)}AA`, { headers: { ...BROWSER, 'accept-language': acceptLanguage } });
  expect([answer.status, answer.headers.location, answer.headers['content-type'], answer.body.toString().includes(words)]).toEqual([404, undefined, 'text/html; charset=utf-8', true]);
});

test('after a rotation old links work until their key is retired; the key that signs can not be', async () => {
  const before = links.click(0, 'https://shop.example/old');
  const [{ id: oldest }] = (await app.api('GET', '/v1/signing-keys')).body.items;
  expect((await app.api('DELETE', `/v1/signing-keys/${oldest}`)).body).toMatchObject({ code: 'signing-key.in-use' });
  const rotated = await app.api('POST', '/v1/signing-keys');
  expect([rotated.status, rotated.body.items.length]).toEqual([201, 2]);
  const after = (await app.nest.get(LinkKeys, { strict: false }).signer()).forMessage(deliveryId, personId).click(0, 'https://shop.example/new');
  expect([(await call(before)).status, (await call(after)).status]).toEqual([302, 302]);
  expect((await app.api('DELETE', `/v1/signing-keys/${oldest}`)).status).toBe(200);
  expect([(await call(before)).status, (await call(after)).status]).toEqual([404, 302]);
  expect((await app.api('DELETE', `/v1/signing-keys/${oldest}`)).status).toBe(404);
  expect(JSON.stringify((await app.api('GET', '/v1/signing-keys')).body)).not.toMatch(/secret/);
});
