import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newId } from '../../src/kernel/ids.js';
import { row, rows } from '../../src/platform/database/db.js';
import { Callers, type CallerOptions } from '../../src/visitors/caller/callers.service.js';
import { startTestApp, type TestApp } from '../support/app.js';

let app: TestApp;
let callers: Callers;
beforeAll(async () => {
  app = await startTestApp();
  callers = app.nest.get(Callers, { strict: false });
});
afterAll(() => app.close());

const read = (said: object | string, options: CallerOptions = {}, origin?: string) =>
  callers.read(typeof said === 'string' ? said : JSON.stringify({ k: app.writeKey, ...said }), { ip: '127.0.0.1', routeOptions: { url: '/v1/boot' } as never, headers: origin === undefined ? {} : { origin } }, options);
const identify = (userId: string, anonymousId: string) => send({ type: 'identify', userId, anonymousId });
const send = (message: object) => fetch(`${app.url}/v1/batch`, { method: 'POST', body: JSON.stringify({ writeKey: app.writeKey, batch: [{ messageId: newId(), ...message }] }) });
const people = () => row<{ n: number }>(app.db, 'select count(*)::int as n from person');

test.each<[string, object | string, string, string]>([
  ['what is no JSON', '{"k":', 'invalid_json', 'JSON'],
  ['what is no object', '[]', 'invalid_json', 'object'],
  ['no anonymous id', { a: '' }, 'invalid_caller', 'a: is missing'],
  ['an anonymous id of broken code', { a: 'undefined' }, 'invalid_caller', 'a: "undefined"'],
  ['a user id of broken code', { a: 'browser', u: ' [Object Object] ' }, 'invalid_caller', 'u: '],
  ['a user id that is an object', { a: 'browser', u: { id: 1 } }, 'invalid_caller', 'u: must be a text'],
  ['a proof of a megabyte', { a: 'browser', u: 'one', j: 'x'.repeat(9_000) }, 'invalid_caller', 'j: must be a text'],
  ['no key', { k: '', a: 'browser' }, 'invalid_write_key', 'no write key'],
  ['a wrong key', { k: `dnb_wk_${'x'.repeat(43)}`, a: 'browser' }, 'invalid_write_key', 'unknown'],
])('%s is refused with its place', async (_, said, code, message) => {
  await expect(read(said)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});

test('a key is good on its own pages only', async () => {
  const { body } = await app.api('POST', '/v1/api-keys', { kind: 'write', name: 'shop', allowedOrigins: ['https://shop.example'] });
  const said = { k: body.secret, a: newId() };
  await expect(read(said, {}, 'https://evil.example')).rejects.toMatchObject({ code: 'origin_not_allowed', kind: 'forbidden' });
  expect(await read(said, {}, 'https://shop.example')).toMatchObject({ keyId: body.key.id, personId: null });
});

test('nobody is made by looking, one visitor by asking for it, and the same one afterwards', async () => {
  const a = newId();
  const before = await people();
  expect(await read({ a })).toMatchObject({ personId: null, userId: null, verified: false, trusted: true, said: { a } });
  expect(await people()).toEqual(before);
  const both = await Promise.all([read({ a }, { create: 'visitors' }), read({ a }, { create: 'visitors' })]);
  expect(new Set(both.map((one) => one.personId)).size).toBe(1);
  expect((await people())!.n).toBe(before!.n + 1);
  expect((await read({ a })).personId).toBe(both[0].personId);
  expect((await app.api('GET', `/v1/people/${both[0].personId}`)).body).toMatchObject({ kind: 'visitor', anonymousIds: [a] });
});

test('a user is found on a second device, and joins it when something has to be remembered', async () => {
  const [u, first, second] = [newId(), newId(), newId()];
  await identify(u, first);
  const { id } = (await app.api('GET', `/v1/people/external:${u}`)).body;
  await send({ type: 'track', event: 'seen', anonymousId: second });
  expect((await read({ a: second, u })).personId).toBe(id);
  expect(await rows(app.db, 'select 1 from person_identity as i where i.person_id = $1 and i.value = $2', [id, second])).toEqual([]);
  expect((await read({ a: second, u }, { create: 'visitors' })).personId).toBe(id);
  expect((await read({ a: second })).personId).toBe(id);
});

test('an anonymous visitor becomes the user who is named; the browser of another user does not', async () => {
  const [u, other, a] = [newId(), newId(), newId()];
  const visitor = (await read({ a }, { create: 'visitors' })).personId;
  expect((await read({ a, u })).personId).toBe(visitor);
  expect((await read({ a, u }, { create: 'visitors' })).personId).toBe(visitor);
  expect((await read({ a, u: other })).personId).toBeNull();
  const made = (await read({ a, u: other }, { create: 'visitors' })).personId;
  expect(made).not.toBe(visitor);
  expect(await rows(app.db, 'select c.value from identity_conflict as c where c.person_id = $1', [made])).toEqual([{ value: a }]);
  expect((await read({ a, u: other }, { create: 'visitors' })).personId).toBe(made);
});
