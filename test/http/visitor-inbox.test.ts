import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { InboxActAnswer, InboxAnswer } from '../../src/contract/visitor-wire.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
let app: TestApp;
const SHOP = 'https://shop.example';

beforeAll(async () => {
  app = await startTestApp({ clock });
  const made = await app.api('POST', '/v1/campaigns', { name: 'Tips', definition: { type: 'series', entry: { type: 'event', event: 'Looked' }, reentry: { policy: 'after_exit' }, start: 'a', steps: [{ id: 'a', type: 'message', channel: 'in_app', variants: [{ key: 'A', content: { title: 'Tip', body: 'One\n\nTwo', buttons: [{ label: 'Go', url: 'https://x.example' }] } }], next: null }] } });
  expect((await app.api('POST', `/v1/campaigns/${made.body.id}/publish`, {})).status).toBe(200);
});
afterAll(() => app.close());

async function ask<T = InboxAnswer & { code: string }>(path: string, body: object, headers: Record<string, string> = {}): Promise<{ status: number; body: T; headers: Headers }> {
  const answer = await fetch(`${app.url}${path}`, { method: 'POST', headers: { 'content-type': 'text/plain', origin: SHOP, ...headers }, body: JSON.stringify({ k: app.writeKey, ...body }) });
  return { status: answer.status, body: (await answer.json()) as T, headers: answer.headers };
}
async function look(who: object): Promise<void> {
  await fetch(`${app.url}/v1/track`, { method: 'POST', body: JSON.stringify({ writeKey: app.writeKey, event: 'Looked', ...who }) });
  await app.runner.runUntilIdle();
  clock.advance(1_000);
}

test('an anonymous browser sees its own messages and nobody else\'s, page by page, and says what it did', async () => {
  for (let time = 0; time < 3; time += 1) await look({ anonymousId: 'browser-1' });
  await look({ anonymousId: 'browser-2' });
  const first = await ask('/v1/inbox', { a: 'browser-1', n: 2 });
  expect([first.status, first.headers.get('access-control-allow-origin'), first.body.n, first.body.m.length]).toEqual([200, SHOP, 3, 2]);
  expect(first.body.m[0]).toMatchObject({ d: expect.any(String), m: { f: 'chat', title: 'Tip', n: [['p', 0, 'One'], ['p', 0, 'Two']] } });
  expect(first.body.m[0]!.t).toBeGreaterThan(first.body.m[1]!.t);
  const second = await ask('/v1/inbox', { a: 'browser-1', n: 2, after: first.body.next });
  expect([second.body.m.length, second.body.next]).toEqual([1, undefined]);
  expect(new Set([...first.body.m, ...second.body.m].map(({ d }) => d)).size).toBe(3);
  const { d } = first.body.m[0]!;
  expect((await ask<InboxActAnswer>('/v1/inbox/act', { a: 'browser-1', d, do: 'seen' })).body).toMatchObject({ n: 2, m: { d, s: 1 } });
  expect((await ask<InboxActAnswer>('/v1/inbox/act', { a: 'browser-1', d, do: 'click', b: 0 })).body).toMatchObject({ n: 2, m: { e: 1 } });
  expect((await ask<InboxActAnswer>('/v1/inbox/act', { a: 'browser-1', d: second.body.m[0]!.d, do: 'dismiss' })).body).toMatchObject({ n: 1, m: { x: 1 } });
  expect(await ask('/v1/inbox/act', { a: 'browser-2', d, do: 'dismiss' })).toMatchObject({ status: 404 });
  expect((await ask('/v1/inbox', { a: 'browser-2' })).body).toMatchObject({ n: 1 });
  expect((await ask('/v1/inbox', { a: 'browser-3' })).body).toEqual({ m: [], n: 0 });
});

test('a user sees the same inbox in every browser', async () => {
  await look({ userId: 'mina', anonymousId: 'phone' });
  const [phone, desk] = [await ask('/v1/inbox', { a: 'phone', u: 'mina' }), await ask('/v1/inbox', { a: 'desk', u: 'mina' })];
  expect(phone.body.m).toHaveLength(1);
  expect(desk.body).toEqual(phone.body);
});

test('a user who is not proven as the workspace asks has an empty inbox and may do nothing; proven, both', async () => {
  await look({ userId: 'yuna', anonymousId: 'yunas' });
  const { d } = (await ask('/v1/inbox', { a: 'yunas', u: 'yuna' })).body.m[0]!;
  const secret = (await app.api('POST', '/v1/identity-verification/secrets', { kind: 'shared', name: 'inbox' })).body.value as string;
  expect((await app.api('PUT', '/v1/identity-verification', { mode: 'enforce' })).status).toBe(200);
  const hash = (userId: string) => createHmac('sha256', secret).update(userId).digest('hex');
  // Also her own browser without her name, and any browser that only says it.
  for (const who of [{ a: 'yunas', u: 'yuna' }, { a: 'yunas' }, { a: 'thief', u: 'yuna' }, { a: 'yunas', u: 'yuna', h: hash('eve') }]) {
    const [list, act] = [await ask('/v1/inbox', who), await ask('/v1/inbox/act', { ...who, d, do: 'dismiss' })];
    expect([list.status, list.body]).toEqual([200, { m: [], n: 0 }]);
    // A browser that nobody knows is nobody: it is not even told that there is something to prove.
    expect([act.status, act.body.code]).toEqual(who.a === 'thief' ? [404, 'inbox.not-found'] : [403, 'identity.unproven']);
  }
  const proven = { a: 'yunas', u: 'yuna', h: hash('yuna') };
  expect((await ask('/v1/inbox', proven)).body).toMatchObject({ n: 1, m: [{ d }] });
  expect((await ask<InboxActAnswer>('/v1/inbox/act', { ...proven, d, do: 'seen' })).body).toMatchObject({ n: 0, m: { d, s: 1 } });
  expect((await ask('/v1/inbox', { a: 'browser-2' })).body).toMatchObject({ n: 1 });
  await app.api('PUT', '/v1/identity-verification', { mode: 'off' });
});

test.each([
  ['another key', { k: 'dnb_wk_nobody', a: 'browser-1' }, '/v1/inbox', 401, 'invalid_write_key'],
  ['no browser', {}, '/v1/inbox', 400, 'invalid_caller'],
  ['a page of none', { a: 'browser-1', n: 0 }, '/v1/inbox', 400, 'request.invalid'],
  ['a cursor of its own making', { a: 'browser-1', after: 'x' }, '/v1/inbox', 400, 'request.bad-cursor'],
  ['a message that is no id', { a: 'browser-1', d: 'x', do: 'seen' }, '/v1/inbox/act', 400, 'request.invalid'],
  ['an action that is none', { a: 'browser-1', d: '00000000-0000-7000-8000-000000000000', do: 'burn' }, '/v1/inbox/act', 400, 'request.invalid'],
  ['somebody unknown', { a: 'browser-9', d: '00000000-0000-7000-8000-000000000000', do: 'seen' }, '/v1/inbox/act', 404, 'inbox.not-found'],
])('%s is refused in words', async (_, body, path, status, code) => {
  const answer = await ask(path, body);
  expect([answer.status, answer.body.code, answer.headers.get('access-control-allow-origin')]).toEqual([status, code, SHOP]);
});
