import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '../../src/kernel/ids.js';
import { startTestApp, type TestApp } from '../support/app.js';

const MOST = 5;
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ env: { INGEST_REQUESTS_PER_MINUTE: String(MOST), VISITOR_REQUESTS_PER_MINUTE: String(MOST), TRUSTED_PROXIES: '127.0.0.1' } });
});
afterAll(() => app.close());

const post = (path: string, address: string, body: object) =>
  fetch(`${app.url}${path}`, { method: 'POST', headers: { origin: 'https://shop.example', 'x-forwarded-for': address }, body: JSON.stringify(body) });
const event = (key: string) => ({ writeKey: key, event: 'x', anonymousId: newId(), messageId: newId() });

/** Asks until it is refused, twice more than it may; answers how often it was let through, and the last refusal. */
async function exhaust(ask: () => Promise<Response>): Promise<{ let: number; refusal: Response; statuses: number[] }> {
  const answers: Response[] = [];
  for (let i = 0; i < MOST + 2; i += 1) answers.push(await ask());
  return { let: answers.filter(({ status }) => status === 200).length, refusal: answers.at(-1)!, statuses: answers.map(({ status }) => status) };
}

test('a noisy address is told when to come back, in words that its page can read; others go on', async () => {
  const { let: through, refusal } = await exhaust(() => post('/v1/track', '203.0.113.7', event(app.writeKey)));
  expect([through, refusal.status]).toEqual([MOST, 429]);
  expect(refusal.headers.get('retry-after')).toMatch(/^([1-9]|[1-5]\d|60)$/);
  expect(refusal.headers.get('access-control-allow-origin')).toBe('https://shop.example');
  expect(await refusal.json()).toEqual({ error: 'too_many', code: 'too_many_requests', message: expect.any(String) });
  expect((await post('/v1/track', '203.0.113.8', event(app.writeKey))).status).toBe(200);
  const other = (await app.api('POST', '/v1/api-keys', { kind: 'write', name: 'other' })).body.secret;
  expect((await post('/v1/track', '203.0.113.7', event(other))).status).toBe(200);
});

describe('each route of browsers has a rate of its own', () => {
  const who = (a: string) => ({ k: app.writeKey, a });
  const display = { r: newId(), c: newId(), s: newId(), url: 'https://shop.example/' };
  const ROUTES: [string, object][] = [['/v1/boot', {}], ['/v1/claim', display], ['/v1/ack', { c: newId(), do: 'shown' }], ['/v1/inbox', {}]];

  test.each(ROUTES)('%s', async (path, more) => {
    const address = '203.0.113.20';
    const { refusal, statuses } = await exhaust(() => post(path, address, { ...who('noisy'), ...more }));
    // What is let through may find nothing to display, but is never a refusal of this kind.
    expect(statuses.map((status) => status === 429)).toEqual([...Array(MOST).fill(false), true, true]);
    expect(refusal.headers.get('retry-after')).toMatch(/^([1-9]|[1-5]\d|60)$/);
    expect(refusal.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(await refusal.json()).toEqual({ error: 'too_many', code: 'too_many_requests', message: expect.any(String) });
    expect((await post(path, '203.0.113.21', { ...who('quiet'), ...more })).status).not.toBe(429);
  });

  test('what lies below a route is counted with it: acts with the inbox, GET with POST', async () => {
    expect((await post('/v1/inbox/act', '203.0.113.20', { ...who('noisy'), d: newId(), do: 'seen' })).status).toBe(429);
    expect((await fetch(`${app.url}/v1/boot?k=${app.writeKey}&a=noisy`, { headers: { 'x-forwarded-for': '203.0.113.20' } })).status).toBe(429);
    expect((await post('/v1/track', '203.0.113.20', event(app.writeKey))).status).toBe(200);
  });
});

test('one network of IPv6 is one address', async () => {
  let host = 0;
  const { let: through } = await exhaust(() => post('/v1/track', `2001:db8:1:2::${(host += 1)}`, event(app.writeKey)));
  expect(through).toBe(MOST);
  expect((await post('/v1/track', '2001:db8:1:3::1', event(app.writeKey))).status).toBe(200);
});

test('a server key is not counted', async () => {
  const { let: through } = await exhaust(() => post('/v1/track', '203.0.113.9', event(app.key)));
  expect(through).toBe(MOST + 2);
});
