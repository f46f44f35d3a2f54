import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '../../src/kernel/ids.js';
import { row, rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { autoMessage } from '../support/campaign-definitions.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-06-10T03:00:00.000Z'));
const ORIGIN = 'https://shop.example';
let app: TestApp;
let campaignId: string;
let secret: string;
beforeAll(async () => {
  app = await startTestApp({ clock });
  campaignId = await publish(autoMessage());
  secret = (await app.api('POST', '/v1/identity-verification/secrets', { kind: 'shared', name: 'boot' })).body.value;
});
afterAll(() => app.close());

async function publish(definition: unknown, name = 'auto'): Promise<string> {
  const { body } = await app.api('POST', '/v1/campaigns', { name, definition });
  const { status, body: problem } = await app.api('POST', `/v1/campaigns/${body.id}/publish`);
  expect([status, problem.problems]).toEqual([200, undefined]);
  return body.id;
}
const boot = (said: object | string, headers: Record<string, string> = {}) =>
  fetch(`${app.url}/v1/boot`, { method: 'POST', headers: { 'content-type': 'text/plain', origin: ORIGIN, ...headers }, body: typeof said === 'string' ? said : JSON.stringify({ k: app.writeKey, v: '1', ...said }) });
/** An answer, but for its tag: that is the one in the head, without quotes. */
async function contentOf(answer: Response): Promise<Record<string, unknown>> {
  const { e, ...content } = (await answer.json()) as Record<string, unknown>;
  expect(`"${String(e)}"`).toBe(answer.headers.get('etag'));
  return content;
}
const answerOf = async (said: object) => contentOf(await boot(said));
const send = (message: object, key = app.writeKey) => fetch(`${app.url}/v1/batch`, { method: 'POST', body: JSON.stringify({ writeKey: key, batch: [{ messageId: newId(), ...message }] }) });
const setMode = async (mode: string) => expect((await app.api('PUT', '/v1/identity-verification', { mode })).status).toBe(200);
const hash = (userId: string) => createHmac('sha256', secret).update(userId).digest('hex');

/** A message in the inbox of whoever has this anonymous id. */
async function putMessage(a: string): Promise<string> {
  const [id, person] = [newId(), (await row<{ id: string }>(app.db, 'select i.person_id as id from person_identity as i where i.value = $1', [a]))!.id];
  await rows(app.db, `insert into in_app_message (delivery_id, person_id, campaign_id, content, created_at) values ($1, $2, $3, '{"format":"chat","title":"","body":"hello","buttons":[]}', $4)`, [id, person, newId(), clock.now()]);
  return id;
}

test('an anonymous visitor gets the rules; nobody is made, and there is no ticket', async () => {
  const a = newId();
  const answer = await boot({ a });
  expect([answer.status, answer.headers.get('cache-control'), answer.headers.get('access-control-allow-origin')]).toEqual([200, 'private, no-cache', ORIGIN]);
  expect(await contentOf(answer)).toEqual({ r: [{ i: campaignId, w: [[0, '^[^/]*/pricing(?:/|$)']], t: { k: 'd', n: 90_000 }, s: 'corner' }] });
  expect(await rows(app.db, 'select 1 from person_identity as i where i.value = $1', [a])).toEqual([]);
});

test.each([['in the body', (tag: string) => boot({ a: 'browser', e: tag })], ['in the body, bare', (tag: string) => boot({ a: 'browser', e: tag.replaceAll('"', '') })], ['as If-None-Match', (tag: string) => boot({ a: 'browser' }, { 'if-none-match': `W/${tag}` })]])('a tag that is still right, %s, is answered 304 without a body', async (_, ask) => {
  const tag = (await boot({ a: 'browser' })).headers.get('etag')!;
  const again = await ask(tag);
  expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', tag]);
  expect((await boot({ a: 'browser', e: '"other"' })).status).toBe(200);
});

test('an anonymous visitor may ask by GET, which knows of no user', async () => {
  const a = newId();
  await send({ type: 'identify', userId: newId(), anonymousId: a });
  await putMessage(a);
  const url = `${app.url}/v1/boot?k=${app.writeKey}&a=${a}`;
  const answer = await fetch(url);
  expect(Object.keys(await contentOf(answer))).toEqual(['r']);
  expect((await fetch(url, { headers: { 'if-none-match': answer.headers.get('etag')! } })).status).toBe(304);
  expect((await fetch(`${app.url}/v1/boot?k=${app.writeKey}`)).status).toBe(400);
});

describe('a known user', () => {
  test('gets what waits, the number unread and a ticket, which is no part of the tag', async () => {
    const [a, u] = [newId(), newId()];
    await send({ type: 'identify', userId: u, anonymousId: a });
    const first = await putMessage(a);
    clock.advance(1_000);
    const second = await putMessage(a);
    const [one, two] = [await boot({ a, u }), await boot({ a, u })];
    const said = await contentOf(one);
    expect(said).toMatchObject({ d: [first, second], n: 2, q: expect.any(String), r: [{ i: campaignId }] });
    expect(said).not.toHaveProperty('p');
    expect([(await contentOf(two)).q === said.q, two.headers.get('etag')]).toEqual([false, one.headers.get('etag')]);
    expect((await answerOf({ a, u, h: hash(u) })).p).toBe(1);
  });

  test('gets a ticket before the first identify has come, and a tag kept from before there was one is no longer right', async () => {
    const [a, u] = [newId(), newId()];
    const before = await boot({ a });
    const answer = await boot({ a, u, e: before.headers.get('etag') });
    expect([answer.status, await contentOf(answer)]).toEqual([200, { r: expect.any(Array), q: expect.any(String) }]);
    const found = async () => row<{ user: string; ids: string[] }>(app.db, `
      select p.external_id as user, array(select i.value from person_identity as i where i.person_id = p.id order by i.kind) as ids from person as p where p.external_id = $1`, [u]);
    expect(await found()).toEqual({ user: u, ids: [a, u] });
    await send({ type: 'identify', userId: u, anonymousId: a, traits: { plan: 'pro' } });
    expect(await found()).toEqual({ user: u, ids: [a, u] });
    // Who has to be proven, and is not, is not made.
    await setMode('enforce');
    const [b, other] = [newId(), newId()];
    expect(await answerOf({ a: b, u: other })).not.toHaveProperty('q');
    expect(await rows(app.db, 'select 1 from person_identity as i where i.value = any($1::text[])', [[b, other]])).toEqual([]);
    expect(await answerOf({ a: b, u: other, h: hash(other) })).toHaveProperty('q');
    await setMode('off');
  });

  test('without the proof that is enforced gets what any visitor could get', async () => {
    const [a, u] = [newId(), newId()];
    await send({ type: 'identify', userId: u, anonymousId: a });
    await putMessage(a);
    await setMode('enforce');
    expect(await answerOf({ a, u })).toEqual({ r: [expect.objectContaining({ i: campaignId })] });
    expect(await answerOf({ a })).toEqual({ r: [expect.objectContaining({ i: campaignId })] });
    expect(await answerOf({ a, u, h: hash('eve') })).not.toHaveProperty('n');
    expect(await answerOf({ a, u, h: hash(u) })).toMatchObject({ n: 1, p: 1, q: expect.any(String) });
    await setMode('off');
  });
});

test('site settings come where they differ from the defaults, and the switch stops everything', async () => {
  const put = (site: object) => app.api('PUT', '/v1/site-settings', site);
  await put({ idleSeconds: 30, hashNamesPages: true, ignoredParameters: ['sid'], consent: 'pending', respectPrivacySignals: false, scrollElement: '#main' });
  expect((await answerOf({ a: 'browser' })).s).toEqual({ idle: 30, hash: 1, ignore: ['sid'], consent: 'pending', gpc: 0, scroll: '#main' });
  const tag = (await boot({ a: 'browser' })).headers.get('etag')!;
  await put({ off: true });
  expect(await answerOf({ a: 'browser', e: tag })).toEqual({ off: 1 });
  await put({});
});

test.each<[string, () => Promise<Response>, number, string]>([
  ['more than 64 KiB', () => boot({ a: 'browser', x: 'x'.repeat(70_000) }), 413, 'body_too_large'],
  ['what is no JSON', () => boot('{'), 400, 'invalid_json'],
  ['a wrong key', () => boot({ k: 'dnb_wk_nobody', a: 'browser' }), 401, 'invalid_write_key'],
  ['no anonymous id', () => boot({}), 400, 'invalid_caller'],
])('%s is refused in words that the page can read', async (_, ask, status, code) => {
  const answer = await ask();
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([status, ORIGIN]);
  expect(await answer.json()).toMatchObject({ code, error: expect.any(String), message: expect.any(String) });
});

test('a page the key is not for is told so; a preflight is answered', async () => {
  const key = (await app.api('POST', '/v1/api-keys', { kind: 'write', name: 'shop', allowedOrigins: [ORIGIN] })).body.secret;
  const refused = await boot({ k: key, a: 'browser' }, { origin: 'https://evil.example' });
  expect([refused.status, refused.headers.get('access-control-allow-origin'), ((await refused.json()) as { code: string }).code]).toEqual([403, 'https://evil.example', 'origin_not_allowed']);
  expect((await boot({ k: key, a: 'browser' })).status).toBe(200);
  const preflight = await fetch(`${app.url}/v1/boot`, { method: 'OPTIONS', headers: { origin: ORIGIN, 'access-control-request-method': 'POST' } });
  expect([preflight.status, preflight.headers.get('access-control-max-age')]).toEqual([204, '7200']);
});

/** The bytes as they go over the wire; `fetch` unpacks them. */
const packed = (url: string, body: string) => new Promise<Buffer>((done, fail) => {
  const asked = request(url, { method: 'POST', headers: { 'accept-encoding': 'gzip', 'content-type': 'text/plain' } }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('end', () => { done(Buffer.concat(chunks)); });
  });
  asked.on('error', fail);
  asked.end(body);
});

test('fifty rules fit into 3 KB', async () => {
  const triggers = [{ type: 'dwell', seconds: 90 }, { type: 'scroll', percent: 60 }, { type: 'exit_intent' }, { type: 'event', event: 'Added To Cart' }, { type: 'page_view' }];
  for (let i = 1; i < 50; i += 1) {
    await publish(autoMessage({ display: {
      page: { include: [{ pattern: `/products/category-${i}/**` }], exclude: i % 3 === 0 ? [{ pattern: '/checkout/**' }] : [], languages: i % 4 === 0 ? ['ko'] : [], ...(i % 5 === 0 ? { device: 'mobile', utm: { source: 'naver' } } : {}) },
      trigger: triggers[i % 5], priority: i,
    } }), `auto ${i}`);
  }
  const raw = await packed(`${app.url}/v1/boot`, JSON.stringify({ k: app.writeKey, a: 'browser', v: '1' }));
  const { r } = JSON.parse(gunzipSync(raw).toString('utf8')) as { r: { w?: [number, string][] }[] };
  expect([r.length, raw.length]).toEqual([50, expect.any(Number)]);
  expect(raw.length).toBeLessThanOrEqual(3_072);
  const categories = r.flatMap(({ w = [] }) => w).flatMap(([, text]) => Number(/category-(\d+)/.exec(text)?.[1] ?? []) || []);
  expect([categories.length, categories]).toEqual([49, categories.toSorted((x, y) => y - x)]);
});
