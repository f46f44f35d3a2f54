import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { newId } from '../../src/kernel/ids.js';
import { rows, row } from '../../src/platform/database/db.js';
import { loadPeople } from '../../src/people/people.store.js';
import { inPeopleTransaction, writePeople, type PersonWrite, type PersonWriteResult } from '../../src/people/people-writer.js';
import { erasePerson } from '../../src/people/store/erase.store.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let db: DataSource;
beforeAll(async () => {
  database = await createTestDatabase();
  db = database.db;
});
afterAll(() => database.drop());

const at = (minute: number) => new Date(Date.UTC(2026, 5, 1, 12, minute));
const write = (...writes: PersonWrite[]): Promise<PersonWriteResult[]> => inPeopleTransaction(db, (tx) => writePeople(tx, writes, { now: at(59), source: 'test' }));
const one = async (id: string) => (await loadPeople(db, [id]))[0]!;
const count = async (table: string, personId: string) => (await row<{ n: number }>(db, `select count(*)::int as n from ${table} where person_id = $1`, [personId]))!.n;

test('a person is created, updated, left unchanged, and every columns follows its attribute', async () => {
  const ref = { userId: newId() };
  const [first] = await write({ ref, at: at(1), attributes: { name: '김단비', email: ' danbi@example.kr ', locale: 'ko_KR', timezone: 'Asia/Seoul', createdAt: '2026-05-01T09:00:00+09:00', renews: '2026-07-01' }, addTags: ['vip'] });
  const [second] = await write({ ref, at: at(2), attributes: { plan: { name: 'pro', seats: 3 }, name: null } });
  const [third] = await write({ ref, at: at(3), attributes: { plan: { seats: 3, name: 'pro' } }, addTags: ['vip'] });
  expect([first!.outcome, second!.outcome, third!.outcome]).toEqual(['created', 'updated', 'unchanged']);
  expect(await one(first!.personId)).toEqual({
    id: first!.personId, externalId: ref.userId, kind: 'user', email: 'danbi@example.kr', timeZone: 'Asia/Seoul', language: 'ko-KR', signedUpAt: new Date('2026-05-01T00:00:00Z'),
    attributes: { email: 'danbi@example.kr', locale: 'ko_KR', timezone: 'Asia/Seoul', createdAt: '2026-05-01T09:00:00+09:00', renews: '2026-07-01', plan: { name: 'pro', seats: 3 } },
  });
  expect(await rows(db, `select d.key, d.at from person_date as d where d.person_id = $1 and d.key not in ('$first_seen_at', '$last_seen_at') order by d.key`, [first!.personId])).toEqual([
    { key: '$signed_up_at', at: new Date('2026-05-01T00:00:00Z') }, { key: 'createdAt', at: new Date('2026-05-01T00:00:00Z') }, { key: 'renews', at: new Date('2026-07-01T00:00:00Z') }]);
  await write({ ref, at: at(4), attributes: { renews: 'never' } });
  expect(await rows(db, `select d.key from person_date as d where d.person_id = $1 and d.key = 'renews'`, [first!.personId])).toEqual([]);
});

test('dates inside objects follow their object, also through a merge', async () => {
  const dates = async (personId: string) => (await rows<{ key: string; at: Date }>(db, 'select d.key, d.at from person_date as d where d.person_id = $1 order by d.key', [personId])).map((date) => `${date.key} ${date.at.toISOString()}`);
  const [user, anonymous] = [{ userId: newId() }, { anonymousId: newId() }];
  const [known] = await write({ ref: user, at: at(1), attributes: { plan: { renews_at: '2026-07-01', trial: { ends: '2026-06-01T00:00:00+09:00' } } } });
  expect(await dates(known!.personId)).toEqual(['plan.renews_at 2026-07-01T00:00:00.000Z', 'plan.trial.ends 2026-05-31T15:00:00.000Z']);
  await write({ ref: user, at: at(2), attributes: { plan: { renews_at: '2026-08-01' } } });
  expect(await dates(known!.personId)).toEqual(['plan.renews_at 2026-08-01T00:00:00.000Z']);
  await write({ ref: anonymous, at: at(3), attributes: { cart: { left_at: '2026-05-02' } } });
  const [merged] = await write({ ref: { ...user, ...anonymous }, at: at(4) });
  expect(await dates(merged!.personId)).toEqual(['cart.left_at 2026-05-02T00:00:00.000Z', 'plan.renews_at 2026-08-01T00:00:00.000Z']);
});

test('each batch announces itself once, with people, keys and tags, and a batch that changes nothing does not', async () => {
  const before = await row<{ id: string }>(db, 'select coalesce(max(c.id), 0) as id from person_change as c');
  const users = [newId(), newId()];
  const made = await write(...users.map((userId) => ({ ref: { userId }, at: at(1), attributes: { email: 'a@example.com' }, addTags: ['new'] })));
  await write({ ref: { userId: users[0]! }, at: at(2), attributes: { email: 'a@example.com' }, addTags: ['new'] });
  const changes = await rows<Record<string, string[]>>(db, 'select c.kind, c.person_ids, c.attribute_keys, c.tags from person_change as c where c.id > $1', [before!.id]);
  expect(changes).toHaveLength(1);
  expect(changes[0]!.person_ids!.toSorted()).toEqual(made.map((result) => result.personId).toSorted());
  expect(changes[0]!.attribute_keys!.toSorted()).toEqual(['$created', '$email', '$external_id', '$first_seen_at', '$kind', '$last_seen_at', 'email']);
  expect(changes[0]!.tags).toEqual(['new']);
});

test('an older value that arrives late goes to the history and not to the person', async () => {
  const ref = { userId: newId() };
  const [made] = await write({ ref, at: at(10), attributes: { plan: 'pro', gone: null } });
  await write({ ref, at: at(5), attributes: { plan: 'free', gone: 'x' } });
  expect((await one(made!.personId)).attributes).toEqual({ plan: 'pro' });
  expect(await count('attribute_history', made!.personId)).toBe(4);
});

test('an anonymous person that identifies becomes the user; joined to an existing user, history moves and identified values win', async () => {
  const [user] = await write({ ref: { userId: newId() }, at: at(1), attributes: { plan: 'pro' } });
  const userId = (await one(user!.personId)).externalId!;
  const anonymousId = newId();
  const [visitor] = await write({ ref: { anonymousId }, at: at(30), attributes: { plan: 'free', seen: true }, addTags: ['reader'] });
  expect((await one(visitor!.personId)).kind).toBe('visitor');
  const [joined] = await write({ ref: { userId, anonymousId }, at: at(31) });
  expect(joined).toEqual({ personId: user!.personId, outcome: 'updated' });
  expect((await one(user!.personId)).attributes).toEqual({ plan: 'pro', seen: true });
  expect([await count('attribute_history', user!.personId), await count('person_tag', user!.personId), await count('attribute_history', visitor!.personId)]).toEqual([5, 1, 0]);
  expect(await loadPeople(db, [visitor!.personId])).toEqual([]);
  expect(await row(db, 'select m.from_id, m.into_id from person_merge as m where m.from_id = $1', [visitor!.personId])).toEqual({ from_id: visitor!.personId, into_id: user!.personId });
  expect(await row(db, `select c.person_ids, c.merged_into from person_change as c where c.kind = 'merged' and c.merged_into = $1`, [user!.personId])).toEqual({ person_ids: [visitor!.personId, user!.personId], merged_into: user!.personId });
  expect((await write({ ref: { userId, anonymousId }, at: at(32) }))[0]!.outcome).toBe('unchanged');
  expect((await write({ ref: { personId: visitor!.personId }, at: at(33), attributes: { later: 1 } }))[0]!.personId).toBe(user!.personId);
});

test('an anonymous id belongs to its first user; a second user is a recorded conflict and nobody is joined', async () => {
  const anonymousId = newId();
  const [a] = await write({ ref: { userId: newId(), anonymousId }, at: at(1) });
  const [b] = await write({ ref: { userId: newId(), anonymousId }, at: at(2) });
  expect(b!.personId).not.toBe(a!.personId);
  expect(await rows(db, 'select c.kind, c.value, c.detail from identity_conflict as c where c.person_id = $1', [b!.personId])).toEqual([{ kind: 'anonymous_id', value: anonymousId, detail: { ownerId: a!.personId } }]);
  expect((await write({ ref: { anonymousId }, at: at(3) }))[0]!.personId).toBe(a!.personId);
});

test('twenty transactions that make the same user at once make one person and lose no attribute', async () => {
  const ref = { userId: newId(), anonymousId: newId() };
  const results = await Promise.all(Array.from({ length: 20 }, (_, index) => write(
    ...[{ ref, at: at(index), attributes: { [`k${index}`]: index } }, { ref: { anonymousId: ref.anonymousId }, at: at(index), attributes: { last: index } }].slice(0, 1 + (index % 2)))));
  const ids = new Set(results.flat().map((result) => result.personId));
  const [only] = await loadPeople(db, [...ids]);
  expect(Object.keys(only!.attributes)).toHaveLength(21);
  expect(only!.attributes.last).toBe(19);
  expect(await rows(db, 'select p.id from person as p where p.external_id = $1', [ref.userId])).toEqual([{ id: only!.id }]);
});

test.each([
  ['two recipients', 'a@example.com,b@example.com'], ['a header line', 'a@example.com\r\nBcc: b@example.com'], ['two at signs', 'a@b@example.com'], ['no at sign', 'nobody'], ['a number', 7],
])('an e-mail with %s is refused by place, and its whole batch with it', async (_, email) => {
  const userId = newId();
  await expect(write({ ref: { userId }, at: at(1) }, { ref: { userId: newId() }, at: at(1), attributes: { email } })).rejects.toMatchObject({ code: 'people.invalid-write', problems: [{ path: '1.attributes.email', code: 'invalid_email' }] });
  expect(await rows(db, 'select p.id from person as p where p.external_id = $1', [userId])).toEqual([]);
});

test('an erasure is announced, and a second one finds nobody', async () => {
  const [made] = await write({ ref: { userId: newId() }, at: at(1), attributes: { a: 1 } });
  const erase = () => inPeopleTransaction(db, (tx) => erasePerson(tx, made!.personId, at(2)));
  expect(await erase()).toEqual({ events: 0, attributeHistory: 1, identities: 1, tags: 0, lists: 0, rejectedEvents: 0 });
  expect(await erase()).toBeNull();
  expect(await rows(db, `select c.person_ids from person_change as c where c.kind = 'deleted'`)).toEqual([{ person_ids: [made!.personId] }]);
});

test('texts that PostgreSQL cannot hold are made storable', async () => {
  const [made] = await write({ ref: { userId: newId() }, at: at(1), attributes: { nul: 'a\0b', half: '\ud800x', pair: '😀', 'k\0': [{ '\udfff': '한글' }] } });
  expect((await one(made!.personId)).attributes).toEqual({ nul: 'a\ufffdb', half: '\ufffdx', pair: '😀', 'k\ufffd': [{ '\ufffd': '한글' }] });
});
