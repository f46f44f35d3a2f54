import { describe, expect, test } from '@jest/globals';
import { personIdProblem } from '../../src/people/domain/person-ids.js';
import { decide } from '../../sdk/src/core/consent.js';
import { cookieOf, widestDomain } from '../../sdk/src/core/cookie.js';
import { isPersonId, newId } from '../../sdk/src/core/ids.js';
import { mayAsk, place, SENT, withCap, type Candidate, type Caps } from '../../sdk/src/live/rank.js';

describe('ids', () => {
  test('are UUIDs of version 7, in the order of time', () => {
    expect(newId(0x0123456789ab, Uint8Array.from({ length: 18 }, (_, index) => index + 33))).toBe('01234567-89ab-7123-8456-789abcdef012');
    const ids = Array.from({ length: 1_000 }, () => newId());
    expect(new Set(ids).size).toBe(1_000);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(newId(1_000, new Uint8Array(18)) < newId(1_001, new Uint8Array(18))).toBe(true);
  });

  test.each(['', ' ', 'undefined', 'NULL', 'nil', 'none', 'NaN', 'true', 'false', '0', '-1', '[object Object]', 'anonymous', 'Guest', 'distinct_id', 'userId', 'user_id', 'id', 'not_authenticated', 'x'.repeat(257)])('%p is nobody, as the server says', (id) => {
    expect([isPersonId(id), personIdProblem(id) === null]).toEqual([false, false]);
  });
  test.each(['1', '00', 'u-1', 'ann@example.org', 'guests', 'x'.repeat(256)])('%p is somebody', (id) => expect([isPersonId(id), personIdProblem(id)]).toEqual([true, null]));
});

describe('consent', () => {
  test.each([
    ['nobody has to be asked', {}, false, false, ['granted', 'granted']],
    ['visitors are asked, or nothing is known yet', {}, true, false, ['pending', 'pending']],
    ['the browser refuses', {}, false, true, ['denied', 'granted']],
    ['the browser refuses and visitors are asked', {}, true, true, ['pending', 'pending']],
    ['the visitor has said yes to a browser that says no', { analytics: 'granted' }, false, true, ['granted', 'granted']],
    ['the visitor has answered one question', { messages: 'denied' }, true, false, ['pending', 'denied']],
    ['the visitor has answered before anything is known', { analytics: 'denied', messages: 'granted' }, true, false, ['denied', 'granted']],
  ] as const)('%s', (_, said, asks, refuses, [analytics, messages]) => expect(decide(said, asks, refuses)).toEqual({ analytics, messages }));
});

describe('the cookie', () => {
  test('is that of the widest domain that takes one', () => {
    const refused = new Set(['kr', 'co.kr', 'localhost', '0.0.1', '0.1', '1']);
    const takes = (domain: string) => !refused.has(domain);
    expect(['www.shop.co.kr', 'shop.co.kr', 'a.b.example.org', 'localhost', '127.0.0.1'].map((host) => widestDomain(host, takes))).toEqual(['shop.co.kr', 'shop.co.kr', 'example.org', '', '127.0.0.1']);
    expect(widestDomain('www.shop.co.kr', () => false)).toBe('');
  });
  test('is found among others', () => {
    expect(['a=1; danbi=x.y', 'danbi=x.y', 'xdanbi=1; danbi=', 'danbi_=1', ''].map((jar) => cookieOf(jar, 'danbi'))).toEqual(['x.y', 'x.y', '', undefined, undefined]);
  });
});

describe('which message goes first', () => {
  const rule = (i: string, e?: 1) => ({ i, t: { k: 'm' as const }, e });
  test('essential, then sent to this person, then the others, in the order of the server', () => {
    const rules = [rule('essential', 1), rule('next', 1), rule('best'), rule('early'), rule('late')].map((one, index) => ({ rule_: one, order_: place(one, index) }));
    const sent = ['first', 'second'].map((delivery_, index) => ({ delivery_, order_: SENT + index }));
    const candidates: Candidate[] = [rules[4]!, rules[2]!, sent[1]!, rules[3]!, sent[0]!, rules[1]!, rules[0]!];
    expect(candidates.toSorted((a, b) => a.order_ - b.order_).map(({ rule_, delivery_ }) => rule_?.i ?? delivery_)).toEqual(['essential', 'next', 'first', 'second', 'best', 'early', 'late']);
  });

  test('what was displayed in this visit, or is not to be asked for yet, is not asked for', () => {
    const caps = withCap(withCap({}, 'a', 'visit'), 'b', 100);
    expect([mayAsk(caps.a, 'visit', 0), mayAsk(caps.a, 'next', 0), mayAsk(0, 'visit', 1)]).toEqual([false, true, true]);
    expect([mayAsk(caps.b, 'visit', 99), mayAsk(caps.b, 'visit', 100), mayAsk(caps.c, 'visit', 0)]).toEqual([false, true, true]);
    const many = Array.from({ length: 150 }, (_, index) => String(index)).reduce((all, id) => withCap(all, `c${id}`, id), {} as Caps);
    expect([Object.keys(many).length, many.c0, withCap(many, 'c149', 5).c149]).toEqual([100, undefined, 5]);
  });
});
