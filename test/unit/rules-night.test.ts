import { expect, test } from '@jest/globals';
import { nightEnd, spread } from '../../src/delivery/rules/domain/night.js';
import { judgeFrequency } from '../../src/delivery/rules/domain/frequency.js';
import { localTimeOfDay } from '../../src/kernel/local-time.js';

const NIGHT = { from: '21:00', to: '08:00' };

test.each([
  // at (UTC), zone, end of the night (UTC) or null by day
  ['a second before nine in Seoul', '2026-03-02T11:59:59Z', 'Asia/Seoul', null],
  ['a millisecond before nine', '2026-03-02T11:59:59.999Z', 'Asia/Seoul', null],
  ['nine sharp', '2026-03-02T12:00:00Z', 'Asia/Seoul', '2026-03-02T23:00:00Z'],
  ['midnight', '2026-03-02T15:00:00Z', 'Asia/Seoul', '2026-03-02T23:00:00Z'],
  ['a second before eight', '2026-03-02T22:59:59Z', 'Asia/Seoul', '2026-03-02T23:00:00Z'],
  ['eight sharp', '2026-03-02T23:00:00Z', 'Asia/Seoul', null],
  ['noon', '2026-03-02T03:00:00Z', 'Asia/Seoul', null],
  ['half-hour zone, 20:59:59', '2026-03-02T15:29:59Z', 'Asia/Kolkata', null],
  ['half-hour zone, 21:00', '2026-03-02T15:30:00Z', 'Asia/Kolkata', '2026-03-03T02:30:00Z'],
  ['quarter-hour zone, 07:59:59', '2026-03-03T02:14:59Z', 'Asia/Kathmandu', '2026-03-03T02:15:00Z'],
  ['quarter-hour zone, 08:00', '2026-03-03T02:15:00Z', 'Asia/Kathmandu', null],
  ['the night in which New York loses an hour', '2026-03-08T02:00:00Z', 'America/New_York', '2026-03-08T12:00:00Z'],
  ['the night in which New York wins an hour', '2026-11-01T01:00:00Z', 'America/New_York', '2026-11-01T13:00:00Z'],
  ['07:59:59 after the change', '2026-03-08T11:59:59Z', 'America/New_York', '2026-03-08T12:00:00Z'],
  ['08:00 after the change', '2026-03-08T12:00:00Z', 'America/New_York', null],
  ['half an hour of summer time on Lord Howe', '2026-04-04T12:00:00Z', 'Australia/Lord_Howe', '2026-04-04T21:30:00Z'],
])('%s', (_name, at, zone, expected) => {
  const end = nightEnd(new Date(at), NIGHT, zone);
  expect(end?.toISOString() ?? null).toBe(expected === null ? null : new Date(expected).toISOString());
  if (end) expect([localTimeOfDay(end, zone), nightEnd(end, NIGHT, zone)]).toEqual(['08:00:00.000', null]);
});

test('a night within one day', () => {
  const noon = { from: '12:00', to: '14:00' };
  expect(nightEnd(new Date('2026-03-02T13:59:59Z'), noon, 'UTC')).toEqual(new Date('2026-03-02T14:00:00Z'));
  expect(nightEnd(new Date('2026-03-02T14:00:00Z'), noon, 'UTC')).toBeNull();
  expect(nightEnd(new Date('2026-03-02T11:59:59Z'), noon, 'UTC')).toBeNull();
});

test('deliveries spread over the minutes given, each always to the same place', () => {
  const places = Array.from({ length: 200 }, (_, index) => spread(`0198c0de-0000-7000-8000-0000${(index * 99_991_117 % 2 ** 32).toString(16).padStart(8, '0')}`, 10));
  expect(places.every((place) => place >= 0 && place < 600_000)).toBe(true);
  expect(new Set(places.map((place) => Math.floor(place / 60_000))).size).toBe(10);
  expect(spread('0198c0de-0000-7000-8000-00001234abcd', 0)).toBe(0);
});

const now = new Date('2026-03-02T09:00:00Z');
const ago = (days: number) => new Date(now.getTime() - days * 86_400_000);
test.each([
  ['nothing went before', 'weekly', 0, null, { kind: 'go' }],
  ['a week ago to the second', 'weekly', 0, { deliveryId: 'x', at: ago(7) }, { kind: 'go' }],
  ['six days ago', 'weekly', 0, { deliveryId: 'x', at: ago(6) }, { kind: 'wait', until: ago(-1) }],
  ['ten days ago, monthly', 'monthly', 0, { deliveryId: 'x', at: ago(10) }, { kind: 'wait', until: ago(-20) }],
  ['one is on its way', 'weekly', 0, { deliveryId: 'x', at: null }, { kind: 'wait', until: new Date(now.getTime() + 300_000) }],
  ['the end of waiting comes first', 'monthly', 20, { deliveryId: 'x', at: ago(0) }, { kind: 'wait', until: ago(-11) }],
  ['it has waited as long as it may', 'monthly', 31, { deliveryId: 'x', at: ago(1) }, { kind: 'drop' }],
] as const)('frequency: %s', (_name, frequency, queuedDaysAgo, slot, expected) => {
  expect(judgeFrequency({ now, queuedAt: ago(queuedDaysAgo), frequency, slot, waitDays: 31 })).toEqual(expected);
});
