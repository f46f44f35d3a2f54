import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { SegmentNode } from '../../src/contract/segment.js';
import { newId } from '../../src/kernel/ids.js';
import { rows } from '../../src/platform/database/db.js';
import { countMembers, createOwned, frontier, isLive, membersAmong, membersOf, membersPage, samplePeople, validateDefinition } from '../../src/segments/segment-questions.js';
import { sentenceOf } from '../../src/segments/domain/sentence.js';
import { loadNames } from '../../src/segments/store/references.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
const now = new Date('2026-03-10T09:00:00Z');
const ada = newId();
const bora = newId();

beforeAll(async () => {
  database = await createTestDatabase();
  for (const [id, attributes] of [[ada, { plan: 'pro', age: 30 }], [bora, { plan: '무료' }]] as const) {
    await rows(database.db, `insert into person (id, kind, attributes, signed_up_at, first_seen_at, last_seen_at, created_at, updated_at) values ($1, 'user', $2, $3, $3, $3, $3, $3)`, [id, JSON.stringify(attributes), new Date('2026-03-07T09:00:00Z')]);
  }
  await rows(database.db, `insert into event (id, person_id, type, name, properties, occurred_at, received_at, message_id) select gen_random_uuid(), $1, 'track', 'login', '{"device": "pc"}', t, t, t::text from unnest($2::timestamptz[]) as t`, [ada, [new Date('2026-03-09T09:00:00Z'), new Date('2026-03-10T09:00:00Z')]]);
});
afterAll(() => database.drop());

const logins: SegmentNode = { type: 'event', event: 'login', count: { op: 'at_least', value: 2 }, within: { days: 1, seconds: 1 }, where: [{ property: 'device', op: 'is', value: 'pc' }] };

test('set, some, count, sample and frontier give one answer', async () => {
  const definition: SegmentNode = { type: 'all', of: [logins, { type: 'attribute', key: 'plan', op: 'is', value: 'pro' }, { type: 'attribute', key: '$signed_up_at', op: 'older_than', value: { days: 3 } }] };
  expect(await membersAmong(database.db, definition, [ada, bora], now)).toEqual(new Set([ada]));
  expect(await membersOf(database.db, definition, now)).toEqual([ada]);
  expect(await samplePeople(database.db, definition, now)).toEqual([ada]);
  expect(await countMembers(database.db, definition, now)).toBe(1);
  expect(await countMembers(database.db, definition, new Date(now.getTime() + 1000))).toBe(0);
  expect(await frontier(database.db, definition, now, new Date(now.getTime() + 1000))).toEqual([ada]);
  expect(await frontier(database.db, definition, new Date(now.getTime() + 1000), new Date(now.getTime() + 2000))).toEqual([]);
});

test('a segment of a campaign is hidden, building, and its definition can be named', async () => {
  const id = await createOwned(database.db, { ownerId: newId(), name: '대상', definition: { type: 'not', of: logins }, createdBy: 'test', now });
  expect(await isLive(database.db, [id])).toBe(false);
  expect(await isLive(database.db, [])).toBe(true);
  expect(await membersPage(database.db, id, null, 10)).toEqual([]);
  expect(await membersAmong(database.db, { type: 'segment', op: 'in', segmentId: id }, [ada, bora], now)).toEqual(new Set([bora]));
  expect(await membersAmong(database.db, { type: 'segment', op: 'not_in', segmentId: id }, [ada, bora], now)).toEqual(new Set([ada]));
});

test('faults are named with their place', async () => {
  const definition = { type: 'all', of: [logins, { type: 'attribute', key: 'plan', op: 'equals', value: 'pro' }, { type: 'attribute', key: 'age', op: 'gt', value: 'x' }] } as SegmentNode;
  const problems = await validateDefinition(database.db, definition, 'audience');
  expect(problems.map(({ path, code }) => [path, code])).toEqual([['audience.of.1.op', 'segment.unknown-operator'], ['audience.of.2.value', 'segment.value']]);
  expect(problems[0]!.message).toContain('Known: exists, not_exists, is');
  expect(await validateDefinition(database.db, { type: 'segment', op: 'in', segmentId: newId() })).toMatchObject([{ path: 'segmentId', code: 'segment.unknown' }]);
});

test('a list that does not exist is named with its place; one that does gives the sentence its name', async () => {
  const listId = newId();
  const onList: SegmentNode = { type: 'list', op: 'in', listId };
  expect(await validateDefinition(database.db, { type: 'all', of: [logins, { type: 'not', of: onList }] }, 'audience')).toEqual([
    { path: 'audience.of.1.of.listId', code: 'segment.unknown-list', message: `There is no list with id "${listId}". GET /v1/lists shows which there are.` }]);
  await rows(database.db, `insert into list (id, name, created_by, created_at, updated_at) values ($1, '봄 행사', 'test', $2, $2)`, [listId, now]);
  expect(await validateDefinition(database.db, onList)).toEqual([]);
  expect(sentenceOf(onList, await loadNames(database.db, [onList])).en).toBe('People where they are on the list “봄 행사”.');
  const owner = await createOwned(database.db, { ownerId: newId(), name: '목록', definition: onList, createdBy: 'test', now });
  expect((await loadNames(database.db, [{ type: 'segment', op: 'in', segmentId: owner }])).get(listId)).toMatchObject({ name: '봄 행사' });
});
