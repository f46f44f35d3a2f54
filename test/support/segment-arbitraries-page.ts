import type { PageCondition, UrlRule } from '../../src/contract/segment-conditions.js';
import type { JsonObject } from '../../src/people/domain/json.js';
import { window } from './segment-arbitraries-event.js';
import { near } from './segment-arbitraries-values.js';
import type { Message } from './segment-steps.js';
import fc from './fast-check.js';

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
const some = <T extends string>(...values: T[]): fc.Arbitrary<T[]> => fc.subarray(values, { minLength: 1, maxLength: 2 });

const address = fc.constantFrom('https://shop.kr/pricing', 'https://SHOP.kr/pricing/?ref=a', 'https://blog.shop.kr/a/b?utm_source=naver&utm_campaign=spring', 'https://shop.kr/?utm_campaign=fall&gclid=1', 'https://shop.kr/%EA%B0%80?fbclid=2', 'nonsense', '/pricing');
const properties = fc.record({
  url: address, path: fc.constantFrom('/pricing', '/a/b'), referrer: fc.constantFrom('https://www.naver.com/search?q=1', 'https://notnaver.com/', 'https://shop.kr/'),
  search: fc.constantFrom('?utm_source=mail', 'ref=b'),
}, { requiredKeys: [] });
const report = fc.record({ pv: fc.constantFrom('v1', 'v1', 'v1', 'v2', '', null), dwell_ms: fc.constantFrom(400, 1000, 1500.5, 2000, -5, '900', null) }, { requiredKeys: [] });
const context = fc.record({
  page: fc.record({ url: address, referrer: fc.constant('https://m.naver.com/') }, { requiredKeys: [] }),
  campaign: fc.record({ name: fc.constantFrom('spring', 'fall', ''), source: fc.constantFrom('naver', 'mail') }, { requiredKeys: [] }),
  device: fc.record({ type: fc.constantFrom('Mobile', 'ios', 'android', 'desktop', 'tv'), model: fc.constantFrom('iPad8,1', 'Pixel') }, { requiredKeys: [] }),
  userAgentData: fc.record({ mobile: fc.boolean(), platform: fc.constantFrom('Android', 'Windows') }, { requiredKeys: [] }),
  userAgent: fc.constantFrom('Mozilla/5.0 (iPhone) Mobile/15E', 'Mozilla/5.0 (Linux; Android 13)', 'Mozilla/5.0 (Windows NT 10.0; Tablet PC 2.0)', ''),
  locale: fc.constantFrom('ko-KR', 'ko', 'kok-IN', 'en_US'),
}, { requiredKeys: [] });

const offset = fc.oneof(near, fc.constantFrom(0, 0, -1, -1799, -1800, -1801, -3600, -3601), near.map((value) => value - 3600));

/** Page views and reports of reading, at one moment, a second or half an hour apart. */
export const pageEvent = fc.oneof(
  { weight: 3, arbitrary: fc.record({ name: fc.constant('$page'), properties, context, offset }) },
  { weight: 2, arbitrary: fc.record({ name: fc.constant('$page_engaged'), properties: fc.tuple(properties, report).map(([page, dwell]) => ({ ...page, ...dwell })), context, offset }) },
);

/** The same as clients send them. */
export const pageMessage = pageEvent.map(({ name, properties: said, context: where }): Pick<Message, 'type' | 'event' | 'properties' | 'context'> => ({ ...(name === '$page' ? { type: 'page' } : { type: 'track', event: name }), properties: said as JsonObject, context: where as JsonObject }));

const rule: fc.Arbitrary<UrlRule> = fc.oneof(
  fc.record({ match: fc.constant('glob' as const), pattern: fc.constantFrom('**', 'shop.kr/pricing', '/pricing/', '*.shop.kr/**', '*/a/*', 'SHOP.kr', '/가', 'shop.kr/**') }),
  fc.record({ match: fc.constant('glob' as const), pattern: fc.constantFrom('**', 'shop.kr/**'), query: fc.constantFrom<UrlRule['query']>([{ key: 'ref', op: 'exists' }], [{ key: 'utm_campaign', op: 'is', value: 'fall' }, { key: 'gclid', op: 'exists' }]) }),
  fc.record({ match: fc.constant('regex' as const), pattern: fc.constantFrom('^shop\\.kr', 'pri?cing$', '/[가-힣]') }),
);
const filters = {
  url: maybe(fc.array(rule, { minLength: 1, maxLength: 2 })), referrer: maybe(some('naver.com', 'Shop.kr')),
  utm: maybe(fc.record({ source: some('naver', 'mail'), campaign: some('spring', 'fall') }, { requiredKeys: [] }).filter((utm) => Object.keys(utm).length > 0)),
  device: maybe(some('mobile', 'tablet', 'desktop')), language: maybe(some('ko', 'EN-us')),
};
const compared = (value: fc.Arbitrary<number>, above: fc.Arbitrary<number>): fc.Arbitrary<Pick<PageCondition, 'op' | 'value' | 'to'>> => fc.oneof(
  fc.record({ op: fc.constantFrom('at_least' as const, 'at_most' as const, 'exactly' as const, 'more_than' as const), value }),
  fc.record({ op: fc.constant('less_than' as const), value: above }),
  fc.tuple(value, above).map(([low, more]) => ({ op: 'between' as const, value: low, to: low + more })),
);
const time = fc.oneof(window, fc.constantFrom({}, { within: { minutes: 30 } }, { within: { hours: 1 } }));
const counts = compared(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 3 }));
const dwells = compared(fc.constantFrom(0, 0.4, 1, 1.5005, 2, 3.4), fc.constantFrom(0.001, 1, 2));
const measured = fc.oneof(
  fc.record({ measure: fc.constantFrom('views' as const, 'visits' as const), count: counts }),
  fc.record({ measure: fc.constant('dwell' as const), count: dwells }),
  fc.record({ measure: fc.constant('views' as const), count: fc.constant({ op: 'at_least' as const, value: 1 }), touch: fc.constantFrom('first' as const, 'last' as const, 'any' as const) }),
);
const page = (filtered: fc.Arbitrary<Partial<PageCondition>>): fc.Arbitrary<PageCondition> => fc.tuple(measured, time, filtered).map(([{ count, ...what }, when, how]) => ({ type: 'page', ...what, ...count, ...when, ...how }));

export const pageLeaf = page(fc.record(filters));
/** Without filters what moves an answer is the clock. */
export const pageClock = page(fc.constant({}));
