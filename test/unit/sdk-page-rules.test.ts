import { readFileSync } from 'node:fs';
import { describe, expect, jest, test } from '@jest/globals';
import type { PageRule } from '../../src/contract/display.js';
import { pageExpression } from '../../src/visitors/rules/domain/page-expression.js';
import { address } from '../../sdk/src/visit/address.js';
import { accepts } from '../../sdk/src/visit/expression.js';
import { pageKey } from '../../sdk/src/visit/page-key.js';
import { fits, type Facts } from '../../sdk/src/visit/page-rule.js';

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

describe('rules', () => {
  const facts: Facts = { at_: 'example.com/a', search_: '?a=1&a=2&b=&utm_source=naver&utm_campaign=spring', referrer_: 'https://www.google.com/', mobile_: false, languages_: ['ko-KR', 'en'], visits_: 3, now_: new Date(2026, 10, 22, 9, 30) };
  test.each<[name: string, rule: object, expected: boolean]>([
    ['nothing asked', {}, true], ['one page fits', { u: ['^x', '^example'] }, true], ['no page fits', { u: ['^x'] }, false], ['left out', { u: ['^example'], x: ['/a$'] }, false], ['others left out', { x: ['/b$'] }, true],
    ['a parameter, any of its values', { q: [['a', 0, '2']] }, true], ['another value', { q: [['a', 0, '3']] }, false], ['not a value', { q: [['a', 1, '3']] }, true], ['not a value it has', { q: [['a', 1, '2']] }, false], ['not a value of a parameter that is missing', { q: [['z', 1, '2']] }, true],
    ['exists, empty', { q: [['b', 2]] }, true], ['exists not', { q: [['c', 2]] }, false], ['is missing', { q: [['c', 3]] }, true], ['is not missing', { q: [['a', 3]] }, false], ['all parameters', { q: [['a', 0, '1'], ['c', 2]] }, false],
    ['a host stands for those below it', { f: ['google.com'] }, true], ['not for those that end alike', { f: ['oogle.com'] }, false], ['direct', { f: ['direct'] }, false],
    ['campaign', { m: { source: 'naver', campaign: 'spring' } }, true], ['another campaign', { m: { source: 'naver', campaign: 'fall' } }, false],
    ['device', { v: 'desktop' }, true], ['another device', { v: 'mobile' }, false], ['a language', { l: ['en'] }, true], ['a language with its country', { l: ['ko-kr'] }, true], ['half a language', { l: ['k'] }, false],
    ['visits', { c: [3] }, true], ['too few visits', { c: [4] }, false], ['too many', { c: [1, 2] }, false], ['the last', { c: [1, 3] }, true], ['a schedule', { o: [0, 570] }, false], ['a schedule that runs', { o: [570, 571] }, true],
  ])('%s', (_, rule, expected) => expect(fits({ i: 'x', t: { k: 'v' }, ...rule }, facts)).toBe(expected));
  test('nobody before', () => expect([fits({ i: 'x', t: { k: 'v' }, f: ['direct'] }, { ...facts, referrer_: '' }), fits({ i: 'x', t: { k: 'v' }, f: ['google.com'] }, { ...facts, referrer_: '' })]).toEqual([true, false]));
});
