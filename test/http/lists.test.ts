import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newId } from '../../src/kernel/ids.js';
import { row, rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-06-10T03:00:00.000Z'));
let app: TestApp;
beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(() => app.close());

const create = async (name: string) => (await app.api('POST', '/v1/lists', { name, description: '손으로 고른 고객' })).body;
const person = async (email?: string) => (await app.api('POST', '/v1/people', { externalId: newId(), ...(email === undefined ? {} : { email }) })).body as { id: string; externalId: string };
const onList = (listId: string) => app.api('POST', '/v1/segments', { name: `on ${listId}`, definition: { type: 'all', of: [{ type: 'list', op: 'in', listId }] } });

test('a list is made, read, renamed and archived; names are unique while they are in use', async () => {
  const made = await app.api('POST', '/v1/lists', { name: '봄 행사', description: '초대한 고객' });
  expect([made.status, made.body]).toEqual([201, { id: expect.any(String), name: '봄 행사', description: '초대한 고객', memberCount: 0, createdBy: expect.stringContaining('server_key:'), createdAt: clock.now().toISOString(), updatedAt: clock.now().toISOString() }]);
  const { id } = made.body;
  expect((await app.api('POST', '/v1/lists', { name: '봄 행사' })).body).toMatchObject({ code: 'list.name-taken' });
  const other = await create('Autumn');
  expect((await app.api('PATCH', `/v1/lists/${other.id}`, { name: 'BOM' })).body.name).toBe('BOM');
  expect((await app.api('PATCH', `/v1/lists/${id}`, { name: 'bom' })).status).toBe(409);
  expect((await app.api('GET', '/v1/lists?limit=1')).body).toMatchObject({ items: [{ id: other.id }], next: expect.any(String) });
  expect((await app.api('POST', `/v1/lists/${other.id}/archive`)).body).toEqual({ id: other.id, state: 'archived' });
  for (const [method, path] of [['GET', ''], ['PATCH', ''], ['GET', '/members'], ['POST', '/archive'], ['POST', '/members']]) {
    expect((await app.api(method!, `/v1/lists/${other.id}${path}`, method === 'PATCH' ? { name: 'x' } : path === '/members' && method === 'POST' ? { people: ['external:x'] } : undefined)).body.code).toBe('list.not-found');
  }
  expect((await app.api('PATCH', `/v1/lists/${id}`, { name: 'BOM' })).status).toBe(200);
  expect((await app.api('GET', '/v1/lists')).body.items.map((one: { id: string }) => one.id)).toEqual([id]);
  expect((await rows<{ action: string }>(app.db, `select a.action from audit_entry as a where a.subject = $1 order by a.at, a.id`, [`list:${id}`])).map(({ action }) => action)).toEqual(['list.create', 'list.change']);
});

test('people are put on a list and taken off it by handles, and segments follow', async () => {
  const list = await create('초대');
  const { body: segment } = await onList(list.id);
  await app.runner.runUntilIdle();
  const ann = await person(`${newId()}@example.com`);
  const twins = `${newId()}@example.com`;
  const [ben, cho] = [await person(twins), await person(twins)];
  const added = await app.api('POST', `/v1/lists/${list.id}/members`, { people: [ann.id, `external:${ann.externalId}`, `external:${ben.externalId}`, 'email:nobody@example.com', `email:${twins}`, newId(), 'what'] });
  expect([added.status, { ...added.body, unknown: added.body.unknown.length }]).toEqual([200, { added: 2, already: 0, unknown: 3, ambiguous: [`email:${twins}`] }]);
  expect((await app.api('POST', `/v1/lists/${list.id}/members`, { people: [ann.id, cho.id] })).body).toEqual({ added: 1, already: 1, unknown: [], ambiguous: [] });
  await app.runner.runUntilIdle();
  const members = async () => (await app.api('GET', `/v1/segments/${segment.id}/members`)).body.items.map((one: { id: string }) => one.id);
  expect(await members()).toEqual([ann.id, ben.id, cho.id].toSorted());
  const first = (await app.api('GET', `/v1/lists/${list.id}/members?limit=2`)).body;
  const second = (await app.api('GET', `/v1/lists/${list.id}/members?limit=2&after=${first.next}`)).body;
  expect([...first.items, ...second.items].map((one: { id: string }) => one.id)).toEqual([ann.id, ben.id, cho.id].toSorted());
  expect(first.items[0]).toMatchObject({ kind: 'user', addedAt: clock.now().toISOString() });
  expect((await app.api('POST', `/v1/lists/${list.id}/members/remove`, { people: [ann.id, ben.id, 'external:nobody'] })).body).toEqual({ removed: 2, absent: 0, unknown: ['external:nobody'], ambiguous: [] });
  expect((await app.api('POST', `/v1/lists/${list.id}/members/remove`, { people: [ann.id] })).body).toEqual({ removed: 0, absent: 1, unknown: [], ambiguous: [] });
  await app.runner.runUntilIdle();
  expect(await members()).toEqual([cho.id]);
  expect((await app.api('GET', `/v1/lists/${list.id}`)).body.memberCount).toBe(1);
  expect((await app.api('GET', `/v1/people/${ann.id}/attributes/${encodeURIComponent(`$list:${list.id}`)}/history`)).body.items.map((one: { value: unknown }) => one.value)).toEqual([null, true]);
  expect((await app.api('POST', `/v1/lists/${list.id}/members`, { people: [] })).status).toBe(400);
  expect((await app.api('POST', `/v1/lists/${list.id}/members`, { people: Array.from({ length: 1_001 }, () => ann.id) })).status).toBe(400);
});

test('a list that a segment names cannot be archived, whatever else the segment says', async () => {
  const list = await create('쓰이는 목록');
  const { body: segment } = await onList(list.id);
  const refused = await app.api('POST', `/v1/lists/${list.id}/archive`);
  expect([refused.status, refused.body]).toEqual([409, expect.objectContaining({ code: 'list.in-use', message: `The list cannot be archived: “on ${list.id}” names it. Change that one first.` })]);
  expect(segment.sentence.ko).toBe('‘쓰이는 목록’ 목록에 있는 고객');
  await app.runner.runUntilIdle();
  expect((await app.api('POST', `/v1/segments/${segment.id}/archive`)).status).toBe(200);
  expect((await app.api('POST', `/v1/lists/${list.id}/archive`)).status).toBe(200);
  expect((await onList(list.id)).body).toMatchObject({ code: 'segment.unknown-list', problems: [{ path: 'definition.of.0.listId' }] });
});

test('an import puts everybody of its file on a list, the export says so, and erasure forgets it', async () => {
  const list = await create('설명회, 6월');
  const upload = async (query: string) => (await fetch(`${app.url}/v1/imports/people?${query}`, { method: 'POST', headers: { authorization: `Bearer ${app.key}`, 'content-type': 'text/csv' }, body: 'id,plan\nimp1,pro\nimp2,free\n' })).json() as Promise<{ id: string; code: string }>;
  expect((await upload(`list=${newId()}`)).code).toBe('list.not-found');
  await upload(`list=${list.id}&dryRun=true`);
  await app.runner.runUntilIdle();
  expect((await app.api('GET', `/v1/lists/${list.id}`)).body.memberCount).toBe(0);
  await upload(`list=${list.id}`);
  await app.runner.runUntilIdle();
  expect((await app.api('GET', `/v1/lists/${list.id}`)).body.memberCount).toBe(2);
  const exported = async (path: string) => (await fetch(`${app.url}/v1/exports/${path}?q=imp`, { headers: { authorization: `Bearer ${app.key}` } })).text();
  const lines = (await exported('people.ndjson')).trim().split('\n').map((line) => JSON.parse(line) as { lists: unknown });
  expect(lines.map(({ lists }) => lists)).toEqual([[{ id: list.id, name: '설명회, 6월' }], [{ id: list.id, name: '설명회, 6월' }]]);
  expect(await exported('people.csv')).toContain('"설명회, 6월"');
  expect((await app.api('DELETE', '/v1/people/external:imp1')).body.removed.lists).toBe(1);
  expect(await row(app.db, 'select count(*)::int as n from list_member as m where m.list_id = $1', [list.id])).toEqual({ n: 1 });
});

test('an attribute under a reserved key is refused with its name', async () => {
  const refused = await app.api('POST', '/v1/people', { externalId: newId(), attributes: { '$tag:vip': true } });
  expect([refused.status, refused.body]).toEqual([400, expect.objectContaining({ code: 'person.invalid', problems: [expect.objectContaining({ path: 'attributes.$tag:vip' })] })]);
});
