import { expect, test } from '@jest/globals';
import type { PageCondition } from '../../src/contract/segment-conditions.js';
import { checkDefinition } from '../../src/segments/domain/check.js';
import { hostOf, translatePattern } from '../../src/segments/domain/url-pattern.js';

const glob = (pattern: string) => translatePattern({ match: 'glob', pattern });

test.each([
  ['example.com/pricing/**', '^example\\.com/pricing(?:/.*)?$'],
  ['EXAMPLE.com:443/A/', '^example\\.com/A$'],
  ['/a*b', '^[^/]*/a[^/]*b$'],
  ['/', '^[^/]*$'],
  ['**', '^.*$'],
  ['https://예시.한국/**/x', '^xn--vv4b11d\\.xn--3e0b707e(?:/.*)?/x$'],
  ['/a.b+(c)[d]{2}^$|\\', '^[^/]*/a\\.b\\+\\(c\\)\\[d\\]\\{2\\}\\^\\$\\|\\\\$'],
  ['[::1]/a', '^\\[::1\\]/a$'],
  ['/%EA%B0%80%2f%ff', '^[^/]*/가%2F%ff$'],
  [`/${'*'.repeat(150)}`, '^[^/]*(?:/.*)?$'],
])('the glob %s', (pattern, postgres) => expect(glob(pattern)).toEqual({ postgres }));

test.each([
  ['/a?b=1', 'no part of it'], ['/a#b', 'no part of it'], ['exa mple.com/', 'is no host'], ['me@example.com', 'is no host'], ['예*.한국/', 'must be whole'], ['  ', 'empty'], ['https://', 'empty'], [`/${'a'.repeat(200)}`, '201 characters; 200'],
])('the glob %s is refused', (pattern, message) => expect(glob(pattern)).toEqual({ problem: expect.stringContaining(message) }));

test('hosts of referrers are whole hosts', () => {
  expect(['Naver.com', 'BÜCHER.example', 'https://naver.com', 'naver.com/x', '*.naver.com', ''].map(hostOf)).toEqual(['naver.com', 'xn--bcher-kva.example', null, null, null, null]);
});

const page = (given: Partial<PageCondition>): PageCondition => ({ type: 'page', measure: 'views', op: 'at_least', value: 1, ...given });
test.each<[string, Partial<PageCondition>, string]>([
  ['a pattern', { url: [{ match: 'glob', pattern: '/a' }, { match: 'glob', pattern: '/a?b' }] }, 'x.url.1.pattern segment.url-pattern'],
  ['an expression that goes back', { url: [{ match: 'regex', pattern: '(a)\\1' }] }, 'x.url.0.pattern segment.url-pattern'],
  ['a text that cannot be stored', { url: [{ match: 'glob', pattern: '/a\u0000' }] }, 'x.url.0.pattern segment.text'],
  ['a parameter without its value', { url: [{ match: 'glob', pattern: '/a', query: [{ key: 'a', op: 'is' }] }] }, 'x.url.0.query.0.value segment.value'],
  ['a value nobody asks for', { url: [{ match: 'glob', pattern: '/a', query: [{ key: 'a', op: 'exists', value: '1' }] }] }, 'x.url.0.query.0.value segment.value'],
  ['half a visit', { measure: 'visits', value: 0.5 }, 'x.value segment.value'],
  ['half a view at the end', { op: 'between', to: 1.5 }, 'x.to segment.value'],
  ['less than none', { measure: 'dwell', op: 'less_than', value: 0 }, 'x.value segment.value'],
  ['a touch of many', { touch: 'first', value: 2 }, 'x.touch segment.value'],
  ['a touch of visits', { touch: 'last', measure: 'visits' }, 'x.touch segment.value'],
  ['a referrer with a path', { referrer: ['naver.com', 'naver.com/x'] }, 'x.referrer.1 segment.value'],
  ['no part of UTM', { utm: {} }, 'x.utm segment.value'],
  ['a language', { language: ['한국어'] }, 'x.language.0 segment.value'],
])('refused with its place: %s', (_, given, expected) => {
  expect(checkDefinition(page(given), 'x').map(({ path, code }) => `${path} ${code}`)).toEqual([expected]);
});
