import { expect, test } from '@jest/globals';
import { Display } from '../../src/contract/display.js';
import { wireRule } from '../../src/visitors/rules/domain/wire-rule.js';

const ID = '0198c0de-0000-7000-8000-000000000001';
const wire = (given: object) => wireRule(Display.parse({ trigger: { type: 'page_view' }, ...given }), ID);

test('what has its default is not said', () => expect(JSON.stringify(wire({}))).toBe(`{"i":"${ID}","t":{"k":"d","n":0}}`));

test('everything that can be said', () => {
  expect(wire({
    page: {
      include: [{ pattern: 'example.com/pricing/**' }, { match: 'regex', pattern: '^a' }], exclude: [{ pattern: '/login' }],
      query: [{ name: 'plan', op: 'is', value: 'pro' }, { name: 'x', op: 'is_not', value: '' }, { name: 'y' }, { name: 'z', op: 'not_exists' }],
      referrer: ['Bücher.example', 'direct'], utm: { source: 'naver' }, device: 'mobile', languages: ['ko', 'en_US'], visits: { min: 2, max: 5 },
    },
    trigger: { type: 'dwell', seconds: 90, scope: 'session', idle: null, focus: 'required' },
    frequency: { oncePerVisit: false }, slot: 'top', priority: 0, class: 'essential',
    schedule: { from: '2026-03-01T09:00:00+09:00', weekdays: ['sun', 'mon', 'sat'], hours: { from: '22:30', to: '02:00' } },
  })).toEqual({
    i: ID,
    w: [
      [0, '^example\\.com/pricing(?:/|$)', '^a'], [1, '&plan=pro&'], [1, '&y='], [1, '&utm_source=naver&'], [2, '\\.xn--bcher-kva\\.example$', '^\\.$'], [3, 't'], [4, ',ko[-,]', ',en-us[-,]'], [5, '^.{2,5}$'],
      [6, '^(?:Mon|Sat|Sun).{13}(?:22:3|22:4|22:5|23:)', '^(?:Tue|Sun|Mon).{13}(?:00:|01:)'],
    ],
    x: [[0, '^[^/]*/login$'], [1, '&x=&'], [1, '&z=']],
    t: { k: 'd', n: 90_000, s: 2, i: 0, f: 1 }, s: 'top', e: 1, b: [Date.parse('2026-03-01T00:00:00Z')], y: 1,
  });
});

test.each<[object, object]>([
  [{ type: 'dwell', seconds: 0.5 }, { k: 'd', n: 500 }], [{ type: 'dwell', seconds: 1, scope: 'path_in_session', idle: 30 }, { k: 'd', n: 1_000, s: 1, i: 30 }],
  [{ type: 'scroll', percent: 50 }, { k: 's', n: 50 }], [{ type: 'exit_intent' }, { k: 'x' }], [{ type: 'exit_intent', touch: true }, { k: 'x', t: 1 }], [{ type: 'event', event: 'added' }, { k: 'e', n: 'added' }], [{ type: 'manual' }, { k: 'm' }],
])('the trigger %j', (trigger, expected) => expect(wire({ trigger }).t).toEqual(expected));

test.each<[object, object[] | undefined]>([[{ min: 1 }, undefined], [{ min: 3 }, [[5, '^.{3}']]], [{ min: 1, max: 1 }, [[5, '^.{1,1}$']]]])('visits %j', (visits, expected) => expect(wire({ page: { visits } }).w).toEqual(expected));

test('what cannot be decided shows nothing where it came in anyway', () => {
  const display = Display.parse({ page: { include: [{ pattern: '/a' }, { match: 'regex', pattern: '(a)\\1' }], exclude: [{ pattern: '/a?b' }] }, trigger: { type: 'page_view' } });
  const { w, x } = wireRule(display, ID);
  expect([w, x]).toEqual([[[0, '^[^/]*/a$', '[]']], [[0, '']]]);
  expect(new RegExp('[]', 'u').test('x/a')).toBe(false);
});
