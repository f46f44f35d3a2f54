import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { SegmentNode } from '../../src/contract/segment.js';
import { newId } from '../../src/kernel/ids.js';
import { inTransaction, rows } from '../../src/platform/database/db.js';
import { translateRegex } from '../../src/segments/domain/safe-regex.js';
import { membersAmong, membersOf } from '../../src/segments/segment-questions.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { newPerson, storePeople } from '../support/segment-world.js';
import fc from '../support/fast-check.js';

const RUNS = Number(process.env.SEGMENT_RUNS ?? 400);
let database: TestDatabase;
beforeAll(async () => { database = await createTestDatabase(); });
afterAll(() => database.drop());

const translated = (pattern: string): string => {
  const result = translateRegex(pattern);
  if ('problem' in result) throw new Error(`${pattern}: ${result.problem}`);
  return result.postgres;
};

const atom = fc.constantFrom('a', 'b', '가', '😀', '.', '\\d', '\\D', '\\w', '\\W', '\\s', '\\S', '[ab]', '[^a]', '[a-c\\d]', '[^\\W\\d]', '[\\s\\-\\]^]', '[]', '[^]', '\\.', '\\n', '\\t', '\\u{1f600}', '\\u3000', '-', '\\^', '\\/', '()', '[가-힣]');
const quantifier = fc.constantFrom('', '', '', '*', '+', '?', '*?', '+?', '??', '{0}', '{2}', '{1,}', '{0,2}', '{2,3}?');
const pattern = fc.letrec<{ whole: string }>((tie) => ({
  whole: fc.oneof({ maxDepth: 3, depthSize: 'small' },
    fc.tuple(atom, quantifier).map((parts) => parts.join('')),
    fc.tuple(fc.constantFrom('(', '(?:', '(?<x>'), tie('whole'), fc.constant(')'), quantifier).map((parts) => parts.join('')),
    fc.tuple(tie('whole'), tie('whole')).map((parts) => parts.join('')),
    fc.tuple(tie('whole'), fc.constant('|'), fc.oneof(tie('whole'), fc.constant(''))).map((parts) => parts.join(''))),
})).whole.chain((whole) => fc.tuple(fc.constantFrom('', '^', '^', '(?:^|-)'), fc.constant(whole), fc.constantFrom('', '$', '$', '(-|$)'))).map((parts) => parts.join(''));
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', '_', '-', ' ', '\n', '\t', '\r', '\u2028', '\u3000', '가', '😀', '.', '/', '^', ']', '\u0085', '\u0600'), maxLength: 8 });
const FEWEST_TEXTS = 5;

test('a translated pattern matches what the JavaScript one matches', async () => {
  let compared = 0;
  await fc.assert(fc.asyncProperty(pattern, fc.array(text, { minLength: FEWEST_TEXTS, maxLength: 12 }), async (source, texts) => {
    const result = translateRegex(source);
    fc.pre(isReadable(source));
    if ('problem' in result) throw new Error(result.problem);
    const expected = new RegExp(source, 'u');
    const [found] = await rows<{ found: boolean[] }>(database.db, 'select array(select q.t ~ $1 from unnest($2::text[]) with ordinality as q (t, i) order by q.i) as found', [result.postgres, texts]);
    compared += texts.length;
    expect([source, texts, found!.found]).toEqual([source, texts, texts.map((one) => expected.test(one))]);
  }), { numRuns: RUNS });
  expect(compared).toBeGreaterThanOrEqual(RUNS * FEWEST_TEXTS);
}, 600_000);

/** Two groups of one name are no pattern. */
function isReadable(source: string): boolean {
  try { return new RegExp(source, 'u') instanceof RegExp; } catch { return false; }
}

/** Patterns that make a backtracking matcher run for years, or an automaton grow without bounds. */
test.each([
  ['(a+)+$', 'a', '!'], ['(a|a)*b', 'a', ''], ['(.*a){20}c', 'ab', ''], ['(x+x+)+y', 'x', ''], ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a', ''],
  ['(a?){100}a{100}b', 'a', ''], ['(.*.*a){20}[^ab]', 'ab', ''], ['(a|b)*a(a|b){99}c', 'ab', ''], ['a.{99}a.{99}a.{90}z', 'ab', ''], ['((a*|b*)*)*c', 'ab', ''], ['(((((a*)*)*)*)*)*b', 'a', ''],
  ['((a?){50}){5}b', 'a', ''], ['(.?){40}0123456789', 'ab', ''], ['(^|a)(^|a)(^|a)(^|a)(^|a)(^|a)(^|a)(^|a)(^|a)(^|a)(^|a)(^|a)c', 'ab', ''],
])('%s ends in time on long texts', async (source, letters, end) => {
  let seed = 7;
  const letter = () => letters[(seed = (seed * 48_271) % 2_147_483_647) % letters.length];
  for (const length of [100_000, 1_000_000]) {
    const long = Array.from({ length }, letter).join('') + end;
    const [found] = await inTransaction(database.db, async (tx) => {
      await rows(tx, `set local statement_timeout = '8s'`);
      return rows<{ found: boolean }>(tx, 'select $1::text ~ $2 as found', [long, translated(source)]);
    });
    expect(found!.found).toBe(false);
  }
}, 600_000);

test('attributes and properties of a megabyte are compared whole', async () => {
  const now = new Date('2026-03-10T09:00:00Z');
  const long = `${'a'.repeat(1_000_000)}!`;
  const person = newPerson({ lastSeenAt: now, attributes: { k: long, list: [long] }, events: [{ id: newId(), name: 'note', properties: { k: long }, at: now }] });
  await storePeople(database.db, [person]);
  const attribute = (op: string, value: string | string[], key = 'k'): SegmentNode => ({ type: 'attribute', key, op, value });
  const noted = (op: string, value: string): SegmentNode => ({ type: 'event', event: 'note', count: { op: 'exactly', value: 1 }, where: [{ property: 'k', op, value }] });
  const answers: [SegmentNode, boolean][] = [
    [attribute('matches', '(a+)+!$'), true], [attribute('matches', '(a+)+$'), false], [attribute('not_matches', '(a|a)*b'), true], [attribute('contains', 'a!'), true], [attribute('ends_with', '!'), true],
    [attribute('is', 'a'), false], [attribute('has_any', ['a'], 'list'), false], [noted('matches', '(a+)+!$'), true], [noted('matches', '(a+)+$'), false], [noted('not_matches', '(a|a)*b'), true],
  ];
  await inTransaction(database.db, async (tx) => {
    await rows(tx, `set local statement_timeout = '8s'`);
    for (const [node, expected] of answers) {
      expect([node, (await membersAmong(tx, node, [person.id], now)).size]).toEqual([node, expected ? 1 : 0]);
      expect([node, (await membersOf(tx, node, now)).length]).toEqual([node, expected ? 1 : 0]);
    }
  });
}, 600_000);
