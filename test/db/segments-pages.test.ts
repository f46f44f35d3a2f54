import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { PageCondition } from '../../src/contract/segment-conditions.js';
import { newId } from '../../src/kernel/ids.js';
import { rows } from '../../src/platform/database/db.js';
import { explainAsKnown, explainPerson, membersAmong, membersOf, validateDefinition } from '../../src/segments/segment-questions.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { pageEvent, pageLeaf } from '../support/segment-arbitraries-page.js';
import { seconds } from '../support/segment-arbitraries-values.js';
import { matches } from '../support/segment-oracle.js';
import { newPerson, storePeople } from '../support/segment-world.js';
import fc from '../support/fast-check.js';

let database: TestDatabase;
const crowd = fc.sample(fc.array(pageEvent, { maxLength: 7 }), { numRuns: 150 })
  .map((events) => newPerson({ lastSeenAt: seconds(0), events: events.map(({ offset, ...event }) => ({ ...event, properties: event.properties as Record<string, unknown>, id: newId(), at: seconds(offset) })) }));
const ids = crowd.map(({ id }) => id);

beforeAll(async () => {
  database = await createTestDatabase();
  await storePeople(database.db, crowd);
});
afterAll(() => database.drop());

test('a crowd of visitors: set = some = oracle', async () => {
  await fc.assert(fc.asyncProperty(pageLeaf, fc.constantFrom(-3600, -1799, -60, 0, 7, 60, 1800, 3600), async (node, at) => {
    const now = seconds(at);
    const oracle = crowd.filter((person) => matches(node, person, { now, zone: 'UTC', segments: new Map() })).map(({ id }) => id).toSorted();
    const set = (await membersOf(database.db, node, now)).toSorted();
    const some = [...(await membersAmong(database.db, node, ids, now))].toSorted();
    expect({ set, some }).toEqual({ set: oracle, some: oracle });
  }), { numRuns: Number(process.env.SEGMENT_RUNS ?? 60) });
}, 600_000);

const LARGEST = 32_768;
const filled = (start: string, part: string): string => start + part.repeat(Math.floor((LARGEST - start.length) / part.length));
const SITE = 'https://shop.kr';
test.each<[string, string, boolean]>([
  ['a megabyte', `${SITE}/${'a'.repeat(1_000_000)}`, false],
  ['as long as an event may be', filled(`${SITE}/`, 'ab'), true],
  ['one character over', `${filled(`${SITE}/`, 'a')}a`, false],
  ['escapes', filled(`${SITE}/`, '%61'), true],
  ['escapes cut short', filled(`${SITE}/`, '%e'), false],
  ['dots up and down', `${filled(`${SITE}`, '/a/..')}/aa`, true],
  ['segments', filled(`${SITE}/aa`, '/a'), true],
  ['slashes', filled(`${SITE}/a/a`, '/'), true],
  ['parameters', filled(`${SITE}/aa?`, '&a=%41'), true],
  ['blanks', filled(' ', ' ') , false],
  ['names', filled('https://', 'a@') , false],
  ['an international host', `https://${Array.from({ length: 60 }, (_, at) => String.fromCodePoint(0xac00 + at * 97)).join('')}.kr/aa`, true],
])('a hostile address is read in good time: %s', async (_, url, expected) => {
  const visitor = newPerson({ lastSeenAt: seconds(0), events: [{ id: newId(), name: '$page', properties: { url, referrer: url }, at: seconds(-5) }, { id: newId(), name: '$page', properties: { search: url }, at: seconds(-4) }] });
  await storePeople(database.db, [visitor]);
  const any: PageCondition = { type: 'page', measure: 'views', op: 'at_least', value: 1 };
  const globs = [`*/${'*a'.repeat(90)}*`, `/**/${'*a/**/'.repeat(25)}**`, `/**${'a**'.repeat(49)}`, '/**aa', '/**a*a', '/**/a/a**', '/**ba**'];
  await database.db.transaction(async (tx) => {
    await rows(tx, `set local statement_timeout = '3s'`);
    const matched: boolean[] = [];
    for (const pattern of globs) matched.push((await membersAmong(tx, { ...any, url: [{ match: 'glob', pattern }] }, [visitor.id], seconds(0))).size > 0);
    expect(matched.includes(true)).toBe(expected);
    await membersAmong(tx, { ...any, url: [{ match: 'regex', pattern: '(a*)*(a|aa)+$' }], referrer: ['kr'], utm: { source: ['x'] }, device: ['mobile'] }, [visitor.id], seconds(0));
    expect((await explainPerson(tx, { ...any, measure: 'visits', op: 'exactly', value: 1 }, visitor.id, seconds(0))).truth).toBe(true);
  });
});

test('what is asked is bound, never part of the statement', async () => {
  const hostile = `'; drop table event; --`;
  const node: PageCondition = { type: 'page', measure: 'views', op: 'at_most', value: 5, url: [{ match: 'glob', pattern: `/${hostile}`, query: [{ key: hostile, op: 'is', value: hostile }] }], utm: { source: [hostile], term: ['$1'] } };
  expect(await validateDefinition(database.db, node)).toEqual([]);
  expect(await membersAmong(database.db, node, ids, seconds(0))).toEqual(new Set(ids));
});

test('a moment of the past knows no page view that came later', async () => {
  const visitor = newPerson({ firstSeenAt: seconds(-300), lastSeenAt: seconds(0), events: [
    { id: newId(), name: '$page', properties: { url: `${SITE}/late` }, at: seconds(-300), receivedAt: seconds(-5) },
    { id: newId(), name: '$page', properties: { url: `${SITE}/a` }, at: seconds(-200), receivedAt: seconds(-200) },
  ] });
  await storePeople(database.db, [visitor]);
  const first: PageCondition = { type: 'page', measure: 'views', op: 'at_least', value: 1, touch: 'first', url: [{ match: 'glob', pattern: '/a' }] };
  const visits: PageCondition = { type: 'page', measure: 'visits', op: 'exactly', value: 1, url: [{ match: 'glob', pattern: '/a' }] };
  for (const node of [first, visits]) {
    expect((await explainAsKnown(database.db, node, visitor.id, seconds(-6))).truth).toBe(true);
    expect((await explainAsKnown(database.db, node, visitor.id, seconds(-5))).truth).toBe(false);
  }
});
