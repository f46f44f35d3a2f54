import { describe, expect, test } from '@jest/globals';
import { PageRule } from '../../src/contract/display.js';
import { explainPage, type TriedVisit } from '../../src/visitors/rules/domain/explain-page.js';
import fc from '../support/fast-check.js';

const rule = (page: object) => PageRule.parse(page);
const tried = (page: object, url: string, visit: Omit<TriedVisit, 'url'> = {}) => explainPage(rule(page), { url: new URL(url), ...visit });

describe('why a page fits a rule or does not', () => {
  test('one of the included pages is enough, and each says whether it was it', () => {
    expect(tried({ include: [{ pattern: '/pricing' }, { pattern: '/plans/**' }] }, 'https://Shop.example/plans/team/?utm_source=x#top')).toEqual({
      matches: true, address: 'shop.example/plans/team', parts: [{ path: 'include.0', holds: false }, { path: 'include.1', holds: true }],
    });
  });

  test.each([
    ['an excluded page', { include: [{ pattern: '/**' }], exclude: [{ pattern: '/checkout/**' }] }, 'https://a.example/checkout/pay', 'exclude.0'],
    ['a parameter that is not there', { query: [{ name: 'plan' }] }, 'https://a.example/', 'query.0'],
    ['a parameter of another value', { query: [{ name: 'plan', op: 'is_not', value: 'free' }] }, 'https://a.example/?plan=free', 'query.0'],
    ['another campaign', { utm: { source: 'naver' } }, 'https://a.example/?utm_source=kakao', 'utm.source'],
    ['a pattern that is none', { include: [{ match: 'regex', pattern: '(' }] }, 'https://a.example/', 'include.0'],
    ['an exception that is none leaves everything out', { exclude: [{ match: 'regex', pattern: '(' }] }, 'https://a.example/', 'exclude.0'],
  ])('%s is named', (_name, page, url, path) => {
    const { matches, parts } = tried(page, url);
    expect([matches, parts.filter(({ holds }) => holds === false).map((part) => part.path)]).toEqual([false, [path]]);
    expect(parts.some(({ problem }) => problem !== undefined)).toBe(JSON.stringify(page).includes('regex'));
  });

  test('what depends on the visitor is neither true nor false until it is said', () => {
    const page = { device: 'mobile', referrer: ['naver.com'], languages: ['ko'], visits: { min: 2 } };
    expect(tried(page, 'https://a.example/')).toMatchObject({ matches: true, parts: ['referrer', 'device', 'languages', 'visits'].map((path) => ({ path, holds: null })) });
    const visit = { mobile: true, referrer: 'https://search.naver.com/', languages: ['ko-KR', 'en'], visits: 2 };
    expect(tried(page, 'https://a.example/', visit)).toMatchObject({ matches: true, parts: Array.from({ length: 4 }, () => ({ holds: true })) });
    expect(tried(page, 'https://a.example/', { ...visit, visits: 1, mobile: false })).toMatchObject({ matches: false, parts: [{ holds: true }, { path: 'device', holds: false }, { holds: true }, { path: 'visits', holds: false }] });
  });

  test('the parts always add up to the whole', () => {
    const path = fc.constantFrom('/', '/pricing', '/pricing/team', '/blog/a', '/checkout');
    const pattern = fc.constantFrom('/pricing', '/pricing/**', '/*', '**', '/blog/*', 'a.example/checkout', 'b.example/**').map((one) => ({ match: 'glob' as const, pattern: one }));
    const query = fc.record({ name: fc.constantFrom('a', 'b'), op: fc.constantFrom('exists' as const, 'not_exists' as const) });
    const rules = fc.record({ include: fc.array(pattern, { maxLength: 3 }), exclude: fc.array(pattern, { maxLength: 2 }), query: fc.array(query, { maxLength: 2 }), device: fc.option(fc.constantFrom('mobile', 'desktop'), { nil: undefined }) });
    fc.assert(fc.property(rules, path, fc.constantFrom('', '?a=1', '?b', '?a&b=2'), fc.boolean(), (page, where, search, mobile) => {
      const { matches, parts } = tried(page, `https://a.example${where}${search}`, { mobile });
      const included = parts.filter(({ path: one }) => one.startsWith('include'));
      const all = (included.length === 0 || included.some(({ holds }) => holds)) && parts.every((part) => part.path.startsWith('include') || part.holds !== false);
      expect(matches).toBe(all);
    }));
  });
});
