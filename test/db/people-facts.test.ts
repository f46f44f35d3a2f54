import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { newId } from '../../src/kernel/ids.js';
import { rows } from '../../src/platform/database/db.js';
import { addMembers, insertList, removeMembers } from '../../src/people/lists/store/lists.store.js';
import { personIdsOf } from '../../src/people/person-handle.js';
import { loadPeople } from '../../src/people/people.store.js';
import { inPeopleTransaction, writePeople, type PersonWrite } from '../../src/people/people-writer.js';
import { erasePerson } from '../../src/people/store/erase.store.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let db: DataSource;
beforeAll(async () => { database = await createTestDatabase(); db = database.db; });
afterAll(() => database.drop());

const at = (minute: number) => new Date(Date.UTC(2026, 5, 1, 12, minute));
const write = async (minute: number, write_: Omit<PersonWrite, 'at'>) => (await inPeopleTransaction(db, (tx) => writePeople(tx, [{ ...write_, at: at(minute) }], { now: at(minute), source: 'test' })))[0]!.personId;
/** What the history says of reserved keys, in order of time; `own` is false for what was learned of a merged person. */
const facts = (personId: string) => rows<{ key: string; at: Date; value: unknown; own: boolean }>(db, `
  select h.key, h.at, h.value, h.from_id is null as own from attribute_history as h where h.person_id = $1 and h.key ~ '^\\$' order by h.at, h.id`, [personId]);
const newList = async () => {
  const id = newId();
  await insertList(db, { id, name: `list ${id}`, description: '', createdBy: 'test' }, at(0));
  return id;
};
const inTx = <T>(work: Parameters<typeof inPeopleTransaction<T>>[1]) => inPeopleTransaction(db, work);

test('tags are kept in the history when they really change, and at no other time', async () => {
  const ref = { userId: newId() };
  const id = await write(1, { ref, addTags: ['vip', '신규'] });
  await write(2, { ref, addTags: ['vip'], removeTags: ['absent'] });
  await write(3, { ref, removeTags: ['vip'] });
  const found = await facts(id);
  expect(found.slice(0, 2).map(({ key, at: when, value }) => [key, when, value]).toSorted()).toEqual([['$tag:vip', at(1), true], ['$tag:신규', at(1), true]]);
  expect(found.slice(2)).toEqual([{ key: '$tag:vip', at: at(3), value: null, own: true }]);
});

test('kind and external id are kept once they change, with what was true before', async () => {
  const anonymousId = newId();
  const id = await write(1, { ref: { anonymousId } });
  expect(await facts(id)).toEqual([]);
  await write(2, { ref: { anonymousId }, kind: 'lead' });
  const userId = newId();
  expect(await write(3, { ref: { userId, anonymousId } })).toBe(id);
  await write(4, { ref: { userId }, kind: 'user' });
  const found = (await facts(id)).map(({ key, at: when, value }) => [key, when, value]);
  expect(found.filter(([key]) => key === '$kind')).toEqual([['$kind', at(1), 'visitor'], ['$kind', at(2), 'lead'], ['$kind', at(3), 'user']]);
  expect(found.filter(([key]) => key === '$external_id')).toEqual([['$external_id', at(1), null], ['$external_id', at(3), userId]]);
});

test('a merge brings tags and lists over, keeps that in the history, and reserved keys never become attributes', async () => {
  const [userId, anonymousId] = [newId(), newId()];
  const [shared, own, other] = [await newList(), await newList(), await newList()];
  const user = await write(1, { ref: { userId }, addTags: ['both', 'left'] });
  await write(2, { ref: { userId }, removeTags: ['left'] });
  const visitor = await write(3, { ref: { anonymousId }, attributes: { plan: 'free' }, addTags: ['both', 'left', 'theirs'] });
  await inTx((tx) => addMembers(tx, shared, [user, visitor], { now: at(4), source: 'test' }));
  await inTx((tx) => addMembers(tx, own, [user], { now: at(4), source: 'test' }));
  await inTx((tx) => addMembers(tx, other, [visitor], { now: at(4), source: 'test' }));
  expect(await write(5, { ref: { userId, anonymousId } })).toBe(user);
  expect((await loadPeople(db, [user]))[0]!.attributes).toEqual({ plan: 'free' });
  expect((await rows<{ id: string }>(db, 'select m.list_id as id from list_member as m where m.person_id = any($1::uuid[]) order by 1', [[user, visitor]])).map(({ id }) => id)).toEqual([shared, own, other].toSorted());
  const learned = (await facts(user)).filter((fact) => fact.own && fact.at >= at(5)).map(({ key, value }) => [key, value]).toSorted();
  expect(learned).toEqual([[`$list:${other}`, true], ['$tag:left', true], ['$tag:theirs', true]].toSorted());
});

test('what a client sends under a reserved key is passed over; other keys with a dollar stay attributes', async () => {
  const id = await write(1, { ref: { userId: newId() }, attributes: { '$tag:vip': true, [`$list:${newId()}`]: true, '$consent:email:news': 'subscribed', $kind: 'lead', $external_id: 'x', $plan: 'pro', plan: 'pro' } });
  expect((await loadPeople(db, [id]))[0]!.attributes).toEqual({ $plan: 'pro', plan: 'pro' });
  expect(await facts(id)).toEqual([{ key: '$plan', at: at(1), value: 'pro', own: true }]);
});

test('membership changes are announced and kept once; people who are gone are left out', async () => {
  const listId = await newList();
  const [ann, ben] = [await write(1, { ref: { userId: newId() } }), await write(1, { ref: { userId: newId() } })];
  await rows(db, 'delete from person_change');
  const first = await inTx((tx) => addMembers(tx, listId, [ann, ben, newId()], { now: at(2), source: 'test' }));
  expect({ there: first.there.toSorted(), added: first.added.toSorted() }).toEqual({ there: [ann, ben].toSorted(), added: [ann, ben].toSorted() });
  expect(await inTx((tx) => addMembers(tx, listId, [ann], { now: at(3), source: 'test' }))).toEqual({ there: [ann], added: [] });
  expect(await inTx((tx) => removeMembers(tx, listId, [ann], { now: at(4), source: 'test' }))).toEqual({ there: [ann], removed: [ann] });
  expect(await inTx((tx) => removeMembers(tx, listId, [ann], { now: at(5), source: 'test' }))).toEqual({ there: [ann], removed: [] });
  const news = await rows<{ people: string[]; keys: string[] }>(db, `select c.person_ids as people, c.other_keys as keys from person_change as c order by c.id`);
  expect(news.map(({ people, keys }) => [people.toSorted(), keys])).toEqual([[[ann, ben].toSorted(), [`list:${listId}`]], [[ann], [`list:${listId}`]]]);
  expect(await facts(ann)).toEqual([{ key: `$list:${listId}`, at: at(2), value: true, own: true }, { key: `$list:${listId}`, at: at(4), value: null, own: true }]);
  expect((await inTx((tx) => erasePerson(tx, ben, at(6))))!.lists).toBe(1);
  expect([await facts(ben), await rows(db, 'select 1 from list_member as m where m.person_id = $1', [ben])]).toEqual([[], []]);
});

test('many handles are read at once: survivors for merged ids, and what means nobody or several people apart', async () => {
  const [userId, anonymousId, mail, twice] = [newId(), newId(), `${newId()}@Example.com`, `${newId()}@example.com`];
  const visitor = await write(1, { ref: { anonymousId } });
  const user = await write(2, { ref: { userId }, attributes: { email: mail } });
  await write(3, { ref: { userId, anonymousId } });
  for (const id of [newId(), newId()]) await write(4, { ref: { userId: id }, attributes: { email: twice } });
  const handles = [`external:${userId}`, `anonymous:${anonymousId}`, `email:${mail.toUpperCase()}`, visitor, user.toUpperCase(), 'external:nobody', 'email:nobody@example.com', `email:${twice}`, 'what', 'external:\0'];
  const { found, ambiguous } = await personIdsOf(db, handles);
  expect([...found]).toEqual(handles.slice(0, 5).map((handle) => [handle, user]));
  expect([...ambiguous]).toEqual([`email:${twice}`]);
});
