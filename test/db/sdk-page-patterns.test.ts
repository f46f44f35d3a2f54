import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { PageRule } from '../../src/contract/display.js';
import { rows } from '../../src/platform/database/db.js';
import { translatePattern } from '../../src/segments/domain/url-pattern.js';
import { pageExpression } from '../../src/visitors/rules/domain/page-expression.js';
import { address } from '../../src/visitors/rules/domain/address.js';
import { accepts } from '../../src/visitors/rules/domain/accepts.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import fc from '../support/fast-check.js';

type Pattern = PageRule['include'][number];
const RUNS = Number(process.env.SEGMENT_RUNS ?? 400);
let database: TestDatabase;
beforeAll(async () => { database = await createTestDatabase(); });
afterAll(() => database.drop());

/** What segments make of a pattern and of addresses. */
async function inDatabase(pattern: Pattern, urls: readonly string[]): Promise<{ at: string; matches: boolean }[]> {
  const translated = translatePattern(pattern);
  if ('problem' in translated) throw new Error(translated.problem);
  return rows(database.db, 'select page_location(u.url, null) as at, page_location(u.url, null) ~ $1 as matches from unnest($2::text[]) with ordinality as u (url, place) order by u.place', [translated.postgres, urls]);
}

/** What a browser makes of them, from what is sent to it. */
function inBrowser(pattern: Pattern, urls: readonly string[]): { at: string; matches: boolean }[] {
  const found = pageExpression(pattern);
  if ('problem' in found) throw new Error(found.problem);
  return urls.map((url) => address(new URL(url))).map((at) => ({ at, matches: accepts(found.expression, at) }));
}

const CASES = (JSON.parse(readFileSync('test/cases/page-patterns.json', 'utf8')) as (Pattern & { pages: Record<string, boolean> })[]).map(({ match = 'glob', pattern, pages }) => ({ match, pattern, pages }));
test.each(CASES)('in the database $match $pattern', async ({ match, pattern, pages }) => {
  expect((await inDatabase({ match, pattern }, Object.keys(pages).map((url) => new URL(url).href))).map(({ matches }) => matches)).toEqual(Object.values(pages));
});

const pieces = ['a', 'b', 'ab', 'a.b', '가', '😀', '%2F', '%25', '%41', '%ff', '%2A', '%0a', '+', '(a)', '-', '%C3%A9', '%E0%80%80', '%F4%90%80%80', '%ed%a0%80', '\\', '$', '^'];
const wild = fc.array(fc.oneof({ weight: 2, arbitrary: fc.constantFrom('*', '**', '***') }, { weight: 3, arbitrary: fc.constantFrom(...pieces) }, { weight: 3, arbitrary: fc.constantFrom('/', '/**', '/**/', '/**/**', '/a', '/*') }), { maxLength: 7 }).map((parts) => parts.join(''));
const glob = fc.tuple(fc.constantFrom('', 'x.io', '*', '*.io', '**', 'x*'), fc.constantFrom('', '/'), wild).map(([host, slash, path]) => (host === '**' && slash === '' ? '**' : `${host}/${slash}${path}`.replace('//', '/')));
const atom = fc.constantFrom('a', 'b', '가', '😀', '.', '\\d', '\\W', '[ab]', '[^a]', '[a-c\\d/]', '[]', '[^]', '\\.', '/', '\\/', '%', '()', '[가-힣]', 'io');
const quantifier = fc.constantFrom('', '', '', '*', '+', '?', '*?', '{0}', '{2}', '{1,}', '{0,2}', '{2,3}?');
const regex = fc.letrec<{ whole: string }>((tie) => ({
  whole: fc.oneof({ maxDepth: 3, depthSize: 'small' },
    fc.tuple(atom, quantifier).map((parts) => parts.join('')),
    fc.tuple(fc.constantFrom('(', '(?:'), tie('whole'), fc.constant(')'), quantifier).map((parts) => parts.join('')),
    fc.tuple(tie('whole'), tie('whole')).map((parts) => parts.join('')),
    fc.tuple(tie('whole'), fc.constant('|'), fc.oneof(tie('whole'), fc.constant(''))).map((parts) => parts.join(''))),
})).whole.chain((whole) => fc.tuple(fc.constantFrom('', '^', '(?:^|/)'), fc.constantFrom('', 'x\\.io/', '[^/]*/'), fc.constant(whole), fc.constantFrom('', '$', '(/|$)'))).map((parts) => parts.join(''));
const pattern: fc.Arbitrary<Pattern> = fc.oneof(glob.map((one) => ({ match: 'glob' as const, pattern: one })), regex.map((one) => ({ match: 'regex' as const, pattern: one })));
const url = fc.tuple(fc.constantFrom('https://x.io', 'http://X.io:81', 'https://a.x.io', 'https://예시.한국', 'http://[::1]:3'), fc.array(fc.constantFrom(...pieces, '/', '/', '/a', '/b', '', '//', '/.', '/..', '%2e', '1', 'z', '%E2%80%A8'), { maxLength: 6 }), fc.constantFrom('', '/', '?a=/b', '#/a'))
  .map(([host, path, end]) => new URL(`${host}/${path.join('')}${end}`).href)
  // A dot behind a slash that an escape has hidden is followed by the database and by no browser.
  .filter((href) => !/(^|\/)(\.|%2e){1,2}(\/|$)/i.test(new URL(href).pathname));

test('browser and database agree on every pattern and page', async () => {
  let matched = 0;
  let compared = 0;
  await fc.assert(fc.asyncProperty(pattern, fc.array(url, { minLength: 20, maxLength: 20 }), async (one, urls) => {
    fc.pre('postgres' in translatePattern(one));
    const expected = await inDatabase(one, urls);
    expect([one, inBrowser(one, urls).map((found, index) => [urls[index], found])]).toEqual([one, expected.map((found, index) => [urls[index], found])]);
    matched += expected.filter(({ matches }) => matches).length;
    compared += urls.length;
  }), { numRuns: RUNS });
  // Neither answer may be so rare that nothing is compared.
  expect(matched).toBeGreaterThan(compared / 20);
  expect(matched).toBeLessThan((compared * 19) / 20);
}, 600_000);
