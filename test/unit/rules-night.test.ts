import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nightFindings } from '../../src/campaigns/domain/check-night.js';
import { CampaignDefinition } from '../../src/contract/campaign.js';
import { nightEnd, nightMinutes, spread } from '../../src/delivery/rules/domain/night.js';
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

test.each([
  // A night that ends in the hour that clocks repeat or leave out: the first moment of day by the local clock.
  ['before the repeated hour', '2026-10-24T23:00:00Z', 'Europe/Berlin', '2026-10-25T00:30:00Z'],
  ['the first time it is 02:30', '2026-10-25T00:30:00Z', 'Europe/Berlin', null],
  ['02:10 for the second time', '2026-10-25T01:10:00Z', 'Europe/Berlin', '2026-10-25T01:30:00Z'],
  ['before the hour that is left out', '2026-03-28T23:00:00Z', 'Europe/Berlin', '2026-03-29T01:00:00Z'],
  ['the moment after it, 03:00', '2026-03-29T01:00:00Z', 'Europe/Berlin', null],
  ['the night before a repeated half hour', '2026-04-04T12:00:00Z', 'Australia/Lord_Howe', '2026-04-04T16:00:00Z'],
])('a night that ends at half past two, %s', (_name, at, zone, expected) => {
  const night = { from: '22:00', to: '02:30' };
  // Asked often, a zone answers by arithmetic.
  for (let times = 0; times < 60; times += 1) expect(nightEnd(new Date(at), night, zone)?.getTime() ?? null).toBe(expected === null ? null : new Date(expected).getTime());
});

test('a night ends at the first minute that is day, whatever the clocks do', () => {
  const time = fc.integer({ min: 0, max: 1_439 }).map((minute) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`);
  const changes = ['2026-03-29T01:00:00Z', '2026-10-25T01:00:00Z'].map((each) => Date.parse(each));
  fc.assert(fc.property(fc.constantFrom(...changes), fc.integer({ min: -240, max: 240 }), time, time, (change, minutes, from, to) => {
    if (from === to) return;
    const at = new Date(change + minutes * 60_000);
    const isNight = (moment: number) => {
      const local = localTimeOfDay(new Date(moment), 'Europe/Berlin');
      return from < to ? local >= from && local < to : local >= from || local < to;
    };
    const end = nightEnd(at, { from, to }, 'Europe/Berlin');
    expect(end !== null).toBe(isNight(at.getTime()));
    if (!end) return;
    let first = at.getTime();
    while (isNight(first)) first += 60_000;
    expect(end.getTime()).toBe(first);
  }), { numRuns: 60, seed: 8 });
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
const X = { deliveryId: 'x', campaignId: 'c', stepId: 's' };
const ago = (days: number) => new Date(now.getTime() - days * 86_400_000);
test.each([
  ['nothing went before', 'weekly', 0, null, { kind: 'go' }],
  ['a week ago to the second', 'weekly', 0, { ...X, at: ago(7) }, { kind: 'go' }],
  ['six days ago', 'weekly', 0, { ...X, at: ago(6) }, { kind: 'wait', until: ago(-1) }],
  ['ten days ago, monthly', 'monthly', 0, { ...X, at: ago(10) }, { kind: 'wait', until: ago(-20) }],
  ['one is on its way', 'weekly', 0, { ...X, at: null }, { kind: 'wait', until: new Date(now.getTime() + 300_000) }],
  ['the end of waiting comes first', 'monthly', 20, { ...X, at: ago(0) }, { kind: 'wait', until: ago(-11) }],
  ['it has waited as long as it may', 'monthly', 31, { ...X, at: ago(1) }, { kind: 'drop' }],
] as const)('frequency: %s', (_name, frequency, queuedDaysAgo, slot, expected) => {
  expect(judgeFrequency({ now, queuedAt: ago(queuedDaysAgo), frequency, slot, waitDays: 31 })).toEqual(expected);
});

test.each([
  // part of the day (null: all of it), minutes of it in the night, minutes of it
  [null, 660, 1_440], [{ from: '09:00', to: '18:00' }, 0, 540], [{ from: '22:00', to: '23:00' }, 60, 60], [{ from: '20:00', to: '09:00' }, 660, 780], [{ from: '21:00', to: '21:00' }, 1, 1], [{ from: '08:00', to: '08:00' }, 0, 1],
] as const)('of %j %s minutes lie in the night', (hours, inside, all) => {
  expect(nightMinutes(hours, NIGHT)).toEqual({ inside, all });
});

const shown = { id: 'message', type: 'message', channel: 'in_app', variants: [{ key: 'A', content: { body: 'Hi' } }] };
const auto = (hours?: object) => ({ type: 'auto_message', display: { trigger: { type: 'page_view' }, ...(hours ? { schedule: { hours } } : {}) }, message: shown });
const waits = (time: string) => ({ type: 'series', entry: { type: 'event', event: 'Signed Up' }, start: 'w', steps: [{ id: 'w', type: 'wait', until: { time }, next: 'm' }, { ...shown, id: 'm' }] });
const rule = { on: true, parameters: { channels: ['in_app' as const], from: '21:00', to: '08:00', spreadMinutes: 10 } };

test.each([
  ['an auto message at any hour', auto(), rule, ['campaign.night-display display.schedule']],
  ['an auto message by day', auto({ from: '09:00', to: '18:00' }), rule, []],
  ['an auto message into the night', auto({ from: '18:00', to: '23:00' }), rule, ['campaign.night-display display.schedule.hours.from']],
  ['an auto message by night only', auto({ from: '22:00', to: '23:00' }), rule, ['campaign.night-never display.schedule.hours.from']],
  ['the rule is off', auto(), { ...rule, on: false }, []],
  ['the rule is for another channel', auto(), { ...rule, parameters: { ...rule.parameters, channels: ['email' as const] } }, []],
  ['a one-off at night', { type: 'broadcast', localTime: '22:00', message: shown }, rule, ['campaign.night-time localTime']],
  ['a one-off by day', { type: 'broadcast', localTime: '10:00', message: shown }, rule, []],
  ['a series that waits for the night', waits('23:30'), rule, ['campaign.night-time steps.0.until.time']],
  ['a series that waits for the morning', waits('09:00'), rule, []],
] as const)('%s is said what the night does', (_name, definition, state, expected) => {
  const found = nightFindings(CampaignDefinition.parse(definition), state as never, () => false);
  expect(found.map(({ code, path }) => `${code} ${path}`)).toEqual(expected);
  for (const { messageKo, source, severity } of found) expect([severity, /[가-힣]/.test(messageKo ?? ''), /제50조/.test(source ?? '')]).toEqual(['warning', true, true]);
  expect(nightFindings(CampaignDefinition.parse(definition), state as never, () => true)).toEqual([]);
});
