import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { SegmentNode } from '../../src/contract/segment.js';
import { rows } from '../../src/platform/database/db.js';
import { OPERATORS } from '../../src/segments/domain/operators.js';
import { explainPerson, membersAmong, membersOf, validateDefinition } from '../../src/segments/segment-questions.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { storeTopics } from '../support/segment-arbitraries-consent.js';
import { storeCampaigns } from '../support/segment-campaigns.js';
import { LISTS } from '../support/segment-arbitraries-list.js';
import { CASE_NOW, loadSegmentCases, personOf } from '../support/segment-cases.js';
import { matches } from '../support/segment-oracle.js';
import { newPerson, storePeople } from '../support/segment-world.js';

const cases = loadSegmentCases();
const people = cases.map(personOf);
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await storeTopics(database.db, CASE_NOW);
  await storeCampaigns(database.db);
  await rows(database.db, `insert into list (id, name, created_by, created_at, updated_at) select l.id, l.id::text, 'test', $2, $2 from unnest($1::uuid[]) as l (id)`, [LISTS, CASE_NOW]);
  await storePeople(database.db, people);
});
afterAll(() => database.drop());

const setZone = (zone: string) => rows(database.db, `insert into workspace (id, name, time_zone, language, created_at) values (1, '단비', $1, 'ko', $2) on conflict (id) do update set time_zone = excluded.time_zone`, [zone, CASE_NOW]);

test('every operator has a match, a non-match and a missing value in the table', () => {
  const used = new Set(cases.flatMap(({ definition }) => (definition.type === 'attribute' ? [definition.op] : [])));
  expect(OPERATORS.map(({ key }) => key).filter((key) => !used.has(key))).toEqual([]);
});

test.each(cases.map((one, index) => ({ ...one, index })))('$name', async ({ definition, expected, index, zone = 'UTC', now: at, compared, nextChangeAt }) => {
  const person = people[index]!;
  const now = at === undefined ? CASE_NOW : new Date(at);
  await setZone(zone);
  expect(await validateDefinition(database.db, definition)).toEqual([]);
  const among = (await membersAmong(database.db, definition, [person.id], now)).has(person.id);
  const set = (await membersOf(database.db, definition, now)).includes(person.id);
  const explained = await explainPerson(database.db, definition, person.id, now);
  const oracle = matches(definition, person, { now, zone, segments: new Map() });
  expect({ among, set, explained: explained.truth, oracle }).toEqual({ among: expected, set: expected, explained: expected, oracle: expected });
  if (compared !== undefined) expect(explained.compared).toEqual(compared);
  if (nextChangeAt !== undefined) expect(explained.nextChangeAt).toBe(nextChangeAt);
});

test('a value that is not of the operator is refused with its place', async () => {
  const refused = async (definition: object) => (await validateDefinition(database.db, definition as SegmentNode, 'audience')).map(({ path, code }) => `${path} ${code}`);
  const attribute = (op: string, value?: unknown, key = 'k') => ({ type: 'attribute', key, op, value });
  expect(await refused(attribute('gt', '10'))).toEqual(['audience.value segment.value']);
  expect(await refused(attribute('between', [10, 1]))).toEqual(['audience.value segment.value']);
  expect(await refused(attribute('on', '2026-02-30'))).toEqual(['audience.value segment.value']);
  expect(await refused(attribute('exists', 1))).toEqual(['audience.value segment.value']);
  expect(await refused(attribute('is', 'a\u0000'))).toEqual(['audience.value segment.text']);
  expect(await refused(attribute('matches', '(a)\\1'))).toEqual(['audience.value segment.pattern']);
  expect(await refused(attribute('not_matches', 'a{1000}'))).toEqual(['audience.value segment.pattern']);
  expect(await refused(attribute('matches', 3))).toEqual(['audience.value segment.value']);
  expect(await refused(attribute('has_any', []))).toEqual(['audience.value segment.value']);
  expect(await refused(attribute('has_all', 'a'))).toEqual(['audience.value segment.value']);
  expect(await refused(attribute('has_any', ['a'], '$email'))).toEqual(['audience.op segment.operator-type']);
  for (const [op, value] of [['day_of_week', ['monday']], ['day_of_week', []], ['hour_between', [9, 9]], ['hour_between', [9]], ['hour_between', [24, 3]], ['hour_between', [9.5, 12]], ['anniversary', 366], ['anniversary', 0.5], ['anniversary', '0'], ['anniversary_within', -1]] as const) {
    expect([op, value, await refused(attribute(op, value))]).toEqual([op, value, ['audience.value segment.value']]);
  }
  expect(await refused(attribute('anniversary', 0, '$last_seen_at'))).toEqual(['audience.key segment.operator-type']);
  expect(await refused(attribute('anniversary', 0, '$email'))).toEqual(['audience.op segment.operator-type']);
  expect(await refused({ ...attribute('is', 'x'), zone: 'workspace' })).toEqual(['audience.zone segment.value']);
  expect(await refused({ ...attribute('before', '2026-03-01T00:00:00Z'), zone: 'person' })).toEqual(['audience.zone segment.value']);
  expect(await refused({ type: 'event_time', event: 'x', which: 'last', op: 'anniversary', value: 0 })).toEqual(['audience.op segment.operator-type']);
  expect(await refused({ type: 'event', event: 'x', count: { op: 'at_least', value: 1 }, where: [{ property: 'p', op: 'is', value: 'x', zone: 'workspace' }] })).toEqual(['audience.where.0.zone segment.value']);
  expect(await refused(attribute('is', 'x', '$plan'))).toEqual(['audience.key segment.unknown-attribute']);
  expect(await refused(attribute('gt', 3, '$email'))).toEqual(['audience.op segment.operator-type']);
  expect(await refused(attribute('older_than', { days: 1 }, 'a.b.c.d.e.f'))).toEqual(['audience.key segment.operator-type']);
  expect(await refused({ type: 'not', of: { type: 'event', event: 'x', count: { op: 'between', value: 3 }, where: [{ property: 'p', op: 'older_than', value: { days: 1 } }] } })).toEqual(['audience.of.where.0.op segment.operator-type', 'audience.of.count.to segment.value']);
});

test('a person without a known zone has the days of the workspace', async () => {
  const person = newPerson({ lastSeenAt: CASE_NOW, attributes: { k: '2026-03-01T20:00:00Z' } });
  await setZone('UTC');
  await storePeople(database.db, [person]);
  const definition: SegmentNode = { type: 'attribute', key: 'k', op: 'on', value: '2026-03-02' };
  expect(await membersAmong(database.db, definition, [person.id], CASE_NOW)).toEqual(new Set());
  await setZone('Asia/Seoul');
  expect(await membersAmong(database.db, definition, [person.id], CASE_NOW)).toEqual(new Set([person.id]));
});
