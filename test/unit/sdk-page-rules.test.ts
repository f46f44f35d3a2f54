import { readFileSync } from 'node:fs';
import { describe, expect, jest, test } from '@jest/globals';
import { Display, type PageRule } from '../../src/contract/display.js';
import type { WireRule } from '../../src/contract/visitor-wire.js';
import { pageExpression } from '../../src/visitors/rules/domain/page-expression.js';
import { wireRule } from '../../src/visitors/rules/domain/wire-rule.js';
import { address } from '../../src/visitors/rules/domain/address.js';
import { accepts } from '../../src/visitors/rules/domain/accepts.js';
import { pageKey } from '../../sdk/src/visit/page-key.js';
import { factsOf, fits } from '../../src/visitors/rules/domain/facts.js';

type Pattern = PageRule['include'][number];
const CASES = (JSON.parse(readFileSync('test/cases/page-patterns.json', 'utf8')) as (Pattern & { pages: Record<string, boolean> })[]).map(({ match = 'glob', pattern, pages }) => ({ match, pattern, pages }));

const expressionOf = (pattern: Pattern) => {
  const found = pageExpression(pattern);
  if ('problem' in found) throw new Error(found.problem);
  return found.expression;
};

test.each(CASES)('in a browser $match $pattern', ({ match, pattern, pages }) => {
  const expression = JSON.parse(JSON.stringify(expressionOf({ match, pattern }))) as ReturnType<typeof expressionOf>;
  expect(Object.keys(pages).map((url) => [url, accepts(expression, address(new URL(url)))])).toEqual(Object.entries(pages));
});

test('what can only match in one way stays a text', () => {
  expect(['example.com/pricing/**', '/docs/*', '/docs/*/edit', '**'].map((pattern) => expressionOf({ match: 'glob', pattern }))).toEqual(['^example\\.com/pricing(?:/|$)', '^[^/]*/docs/[^/]*$', '^[^/]*/docs/[^/]*/edit$', '^']);
  expect(expressionOf({ match: 'regex', pattern: '^example\\.com/a' })).toBe('^example\\.com/a');
  expect(pageExpression({ match: 'regex', pattern: '(a)\\1' })).toEqual({ problem: expect.stringContaining('back reference') });
});

/** Counts what the matcher does instead of how long it takes: every step at most once at every place. */
test.each<Pattern>([
  { match: 'regex', pattern: '(a+)+$' }, { match: 'regex', pattern: '(a|a)*b' }, { match: 'regex', pattern: '(x+x+)+y' }, { match: 'regex', pattern: '(((((a*)*)*)*)*)*b' }, { match: 'regex', pattern: '(.*a){20}c' },
  { match: 'regex', pattern: '(a?){100}a{100}b' }, { match: 'regex', pattern: '((.*z)|a)*y' }, { match: 'glob', pattern: `/${'*a'.repeat(99)}b` }, { match: 'glob', pattern: `/${'**a/'.repeat(40)}b` },
])('$match $pattern is answered in steps times places', (pattern) => {
  const expression = expressionOf(pattern);
  const program = typeof expression === 'string' ? [expression] : expression;
  const text = `/${'a'.repeat(1_000)}!`;
  const counted = jest.spyOn(RegExp.prototype, 'test');
  const accepted = accepts(expression, text);
  const tried = counted.mock.calls.length;
  counted.mockRestore();
  expect(accepted).toBe(false);
  expect(tried).toBeGreaterThan(0);
  expect(tried).toBeLessThanOrEqual(program.length * (text.length + 1));
  // Inside one step a matcher has nothing to go back to: repetitions are over one class and only where a segment or the text ends.
  for (const step of program.filter((one) => typeof one === 'string')) expect(step.replace(/^\^\[\^\/\]\*(?=\/|$)|\[\^\/\]\*(?=\/|\$|$)/g, '')).not.toMatch(/(?<!\\)[*+{]/);
});

describe('page keys', () => {
  const key = (url: string, settings = {}) => pageKey(new URL(url), settings);
  const base = key('https://example.com/a?b=1');
  test.each([
    ['https://example.com/a?utm_source=x&b=1&gclid=2&mc_cid=3&_ga=4&_hsenc=5&fbclid=6&msclkid=7&ttclid=8', true], ['https://example.com/a?b=1#part', true], ['https://example.com/a?b=1#/route', true],
    ['https://example.com/a?b=2', false], ['https://example.com/a', false], ['https://example.com/a/?b=1', false], ['http://example.com/a?b=1', false], ['https://example.com/a?b=1&_gat=1', false], ['https://example.com/a?b=1&xutm_a=1', false],
  ])('%s is the same page: %s', (url, same) => expect(key(url) === base).toBe(same));
  test('a site names parameters that do not matter, and routes after #', () => {
    expect(key('https://example.com/a?b=1&sort=up', { ignore: ['sort'] })).toBe(base);
    const hash = { hash: 1 } as const;
    expect(new Set(['#/a', '#/b', '#!a', ''].map((end) => key(`https://example.com/${end}`, hash))).size).toBe(4);
    expect(key('https://example.com/#top', hash)).toBe(key('https://example.com/', hash));
  });
});

describe('rules, from the definition to the browser', () => {
  const NOW = new Date(2026, 10, 22, 9, 30);
  const known = { at: 'https://example.com/a', query: '?a=1&a=2&b=&c%5B%5D=x+y&utm_source=naver&utm_campaign=spring', referrer: 'https://www.google.com/', mobile: false, languages: ['ko-KR', 'en'], visits: 3, now: NOW };
  /** Does a display hold for what a browser knows? Through the wire, as JSON. */
  function holds(given: object, { at, query, referrer, mobile, languages, visits, now } = known): boolean {
    const rule = JSON.parse(JSON.stringify(wireRule(Display.parse({ trigger: { type: 'page_view' }, ...given }), 'x'))) as WireRule;
    return fits(rule, factsOf([new URL(at), query, referrer, mobile, languages, visits, now]), +now);
  }
  const page = (given: object) => ({ page: given });
  const query = (...given: object[]) => page({ query: given });
  const globs = (...patterns: string[]) => patterns.map((one) => ({ pattern: one }));

  test.each<[name: string, display: object, expected: boolean]>([
    ['nothing asked', {}, true], ['one page fits', page({ include: globs('/x', '/a') }), true], ['no page fits', page({ include: globs('/x') }), false], ['left out', page({ include: globs('/**'), exclude: globs('/a') }), false], ['others left out', page({ exclude: globs('/b') }), true],
    ['a parameter, any of its values', query({ name: 'a', op: 'is', value: '2' }), true], ['another value', query({ name: 'a', op: 'is', value: '3' }), false], ['a value that begins so', query({ name: 'utm_source', op: 'is', value: 'nav' }), false],
    ['not a value', query({ name: 'a', op: 'is_not', value: '3' }), true], ['not a value it has', query({ name: 'a', op: 'is_not', value: '2' }), false], ['not a value of a parameter that is missing', query({ name: 'z', op: 'is_not', value: '2' }), true],
    ['exists, empty', query({ name: 'b' }), true], ['exists not', query({ name: 'c' }), false], ['exists as the end of another', query({ name: 'source' }), false], ['is missing', query({ name: 'c', op: 'not_exists' }), true], ['is not missing', query({ name: 'a', op: 'not_exists' }), false],
    ['all parameters', query({ name: 'a', op: 'is', value: '1' }, { name: 'c' }), false], ['signs with a meaning', query({ name: 'c[]', op: 'is', value: 'x y' }), true], ['a dot is a dot', query({ name: 'utm.source' }), false],
    ['a host stands for those below it', page({ referrer: ['google.com'] }), true], ['not for those that end alike', page({ referrer: ['oogle.com'] }), false], ['one of several', page({ referrer: ['direct', 'www.google.com'] }), true], ['direct', page({ referrer: ['direct'] }), false],
    ['campaign', page({ utm: { source: 'naver', campaign: 'spring' } }), true], ['another campaign', page({ utm: { source: 'naver', campaign: 'fall' } }), false],
    ['device', page({ device: 'desktop' }), true], ['another device', page({ device: 'mobile' }), false], ['a language', page({ languages: ['en'] }), true], ['a language with its country', page({ languages: ['ko_KR'] }), true], ['half a language', page({ languages: ['k'] }), false], ['the country alone', page({ languages: ['kr'] }), false],
    ['visits', page({ visits: { min: 3 } }), true], ['too few visits', page({ visits: { min: 4 } }), false], ['too many', page({ visits: { max: 2 } }), false], ['the last', page({ visits: { max: 3 } }), true],
    ['not yet', { schedule: { from: new Date(+NOW + 1).toISOString() } }, false], ['from its moment on', { schedule: { from: NOW.toISOString() } }, true], ['not at its end', { schedule: { until: NOW.toISOString() } }, false], ['before its end', { schedule: { until: new Date(+NOW + 1).toISOString() } }, true],
  ])('%s', (_, display, expected) => expect(holds(display)).toBe(expected));

  test('nobody before, no query, a mobile device', () => {
    const other = { ...known, referrer: '', query: '', mobile: true };
    expect([page({ referrer: ['direct'] }), page({ referrer: ['google.com'] }), query({ name: 'a' }), query({ name: 'a', op: 'not_exists' }), page({ device: 'mobile' }), page({ device: 'desktop' })].map((one) => holds(one, other))).toEqual([true, false, false, true, true, false]);
  });

  // 20 November 2026 is a Friday.
  const friday = (hour: number, minute = 0) => new Date(2026, 10, 20, hour, minute);
  const saturday = (hour: number, minute = 0) => new Date(2026, 10, 21, hour, minute);
  const night = { hours: { from: '22:00', to: '02:00' } };
  test.each<[name: string, schedule: object, at: Date, expected: boolean]>([
    ['always', {}, friday(3), true], ['hours begin', { hours: { from: '09:00', to: '10:00' } }, friday(9), true], ['hours end', { hours: { from: '09:00', to: '10:00' } }, friday(10), false], ['early', { hours: { from: '09:00', to: '10:00' } }, friday(8, 59), false],
    ['a minute', { hours: { from: '09:09', to: '09:11' } }, friday(9, 10), true], ['a minute early', { hours: { from: '09:09', to: '09:11' } }, friday(9, 8), false], ['a minute late', { hours: { from: '09:09', to: '09:11' } }, friday(9, 11), false], ['to midnight', { hours: { from: '09:09', to: '00:00' } }, friday(23, 59), true],
    ['hours that end where they begin', { hours: { from: '09:00', to: '09:00' } }, friday(3), true], ['that belong to the day before', { hours: { from: '09:00', to: '09:00' }, weekdays: ['fri'] }, friday(3), false], ['a night before midnight', night, friday(23), true], ['after', night, saturday(1, 59), true], ['over', night, saturday(2), false], ['by day', night, friday(12), false],
    ['a day', { weekdays: ['fri'] }, friday(23, 59), true], ['another day', { weekdays: ['fri'] }, saturday(0), false], ['a night of its first day', { ...night, weekdays: ['fri'] }, saturday(1), true], ['not of the next', { ...night, weekdays: ['sat'] }, saturday(1), false], ['the night after', { ...night, weekdays: ['sat'] }, saturday(22), true],
  ])('on the clock of the visitor: %s', (_, schedule, now, expected) => expect(holds({ schedule }, { ...known, now })).toBe(expected));

  test('every minute of a week is in hours and days, or not, as their definition says', () => {
    const schedule = { hours: { from: '21:37', to: '06:08' }, weekdays: ['mon', 'thu'] };
    const rule = wireRule(Display.parse({ trigger: { type: 'page_view' }, schedule }), 'x');
    for (let minute = 0; minute < 7 * 1_440; minute += 1) {
      // From Monday, 16 November 2026.
      const now = new Date(2026, 10, 16, 0, minute);
      const [day, at] = [Math.floor(minute / 1_440), minute % 1_440];
      const expected = at >= 1_297 ? [0, 3].includes(day) : at < 368 && [1, 4].includes(day);
      if (fits(rule, factsOf([new URL(known.at), '', '', false, [], 1, now]), +now) !== expected) throw new Error(`${now}`);
    }
  });
});
