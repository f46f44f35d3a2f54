import { describe, expect, test } from '@jest/globals';
import { batchText, bytesOf, fit, judge, most, pause, trim, Verdict, type Item } from '../../sdk/src/core/batch.js';
import fc from '../support/fast-check.js';

const NOW = Date.parse('2026-03-02T09:00:00Z');
const item = (more: Partial<Item> = {}): Item => ({ messageId: 'm', type: 'track', timestamp: NOW, event: 'a', ...more });

describe('what the SDK sends', () => {
  test('an event larger than 32 KiB says so instead of what it carries, and keeps its ids', () => {
    const small = item({ properties: { plan: 'pro' } });
    expect(fit(small)).toBe(small);
    // Bytes count, not characters.
    const long = fit(item({ userId: 'u', properties: { plan: 'pro', text: '가'.repeat(11_000) } }));
    expect(long).toEqual({ messageId: 'm', type: 'track', timestamp: NOW, event: 'a', userId: 'u', properties: { $truncated: true }, traits: undefined });
    const many = fit(item({ type: 'identify', traits: Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`key-${index}`, 'some value'])) }));
    expect(bytesOf(JSON.stringify(many))).toBeLessThan(32 * 1024);
  });

  test('a queue is kept for a week, 500 events and 256 KiB; who somebody is goes last', () => {
    const old = item({ timestamp: NOW - 8 * 86_400_000 });
    expect(trim([old, item()], NOW)).toEqual([item()]);
    const many = [item({ type: 'identify', messageId: 'who' }), ...Array.from({ length: 600 }, (_, index) => item({ messageId: String(index) }))];
    const kept = trim(many, NOW);
    expect([kept.length, kept[0]!.messageId, kept[1]!.messageId, kept.at(-1)!.messageId]).toEqual([500, 'who', '101', '599']);
    const large = Array.from({ length: 20 }, (_, index) => item({ messageId: String(index), properties: { text: 'x'.repeat(30_000) } }));
    expect(trim(large, NOW).map(({ messageId }) => messageId)).toEqual(['12', '13', '14', '15', '16', '17', '18', '19']);
  });

  test('what events share is said once; the page of one event is never that of another', () => {
    const here = { page: { url: 'https://shop.example/a' } };
    const there = { page: { url: 'https://shop.example/b' } };
    const text = batchText([item({ context: here }), item({ context: there }), item({ context: here }), item({ context: { ...here, jwt: 'x' } })], 'k', NOW, { locale: 'ko' });
    const body = JSON.parse(text) as { context: object; batch: Item[]; writeKey: string };
    expect([body.writeKey, body.context]).toEqual(['k', { locale: 'ko', ...here }]);
    expect(body.batch.map(({ context }) => context)).toEqual([undefined, there, undefined, { ...here, jwt: 'x' }]);
  });

  test('as many from the front are taken together as may be, and no event is left out or sent twice', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 40 }), (sizes) => {
      let left = sizes;
      const sent: number[] = [];
      const takes = (some: readonly number[]) => some.reduce((all, size) => all + size) <= 60_000;
      while (left.length > 0) {
        const count = most(left, takes);
        expect(count > 0 && takes(left.slice(0, count))).toBe(true);
        sent.push(...left.slice(0, count));
        left = left.slice(count);
      }
      expect(sent).toEqual(sizes);
    }));
    expect([most([], () => true), most([1, 2, 3], () => false)]).toEqual([0, 0]);
  });

  test('a page view is at most 450 bytes on the wire, and 250 after the first', () => {
    const view = (index: number) => item({
      type: 'page', event: undefined, messageId: `01a1b2c3-d4e5-7f60-8a7b-c8d9e0f1a2b${index}`, anonymousId: '01a1b2c3-d4e5-7f60-8a7b-c8d9e0f1a2b3', timestamp: NOW,
      context: { page: { url: `https://shop.example/pricing/plan-${index}`, title: 'Plans and pricing' } },
    });
    const frame = [`dnb_wk_${'x'.repeat(32)}`, NOW, { library: { name: 'danbi-js', version: '0.1.0' }, locale: 'en-US', timezone: 'Asia/Seoul', device: { type: 'desktop' } }] as const;
    const one = bytesOf(batchText([view(1)], ...frame));
    expect(one).toBeLessThanOrEqual(450);
    expect(bytesOf(batchText([view(1), view(2)], ...frame)) - one).toBeLessThanOrEqual(250);
  });

  test.each([
    [200, Verdict.Done], [204, Verdict.Done], [408, Verdict.Again], [425, Verdict.Again], [429, Verdict.Again], [500, Verdict.Again], [502, Verdict.Again], [503, Verdict.Again],
    [501, Verdict.Drop], [505, Verdict.Drop], [400, Verdict.Drop], [403, Verdict.Drop], [413, Verdict.Drop], [304, Verdict.Done], [401, Verdict.Stop],
  ])('%i means %i', (status, verdict) => expect(judge(status)).toBe(verdict));

  test('attempts are further and further apart, never all at once, and as late as the server asks', () => {
    expect([0, 1, 2, 3].map((tries) => pause(tries, undefined, 0.999_999))).toEqual([1, 2, 4, 8].map((seconds) => expect.closeTo(seconds * 1_000, -1)));
    expect([pause(3, undefined, 0), pause(30, undefined, 1), pause(30, 0, 0), pause(0, 7)]).toEqual([4_000, 600_000, 300_000, 7_000]);
  });
});
