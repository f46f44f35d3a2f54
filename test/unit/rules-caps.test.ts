import { describe, expect, test } from '@jest/globals';
import { FrequencyCap, MessageClass, PacingSettings, SendWindow } from '../../src/contract/pacing.js';
import { concerns, judgeCaps, looksBack, type CappedMessage, type Place } from '../../src/delivery/rules/domain/caps.js';
import { replayMessages, type Replayed } from '../../src/delivery/rules/domain/replay.js';
import { judgeQuiet, type Closing } from '../../src/delivery/rules/domain/quiet.js';
import { calendarPeriod, localDate, localTimeOfDay, opensAt, WEEKDAYS, windowMillis } from '../../src/kernel/local-time.js';
import fc from '../support/fast-check.js';

const HOUR = 3_600_000;
const NOW = new Date('2026-03-02T09:00:00Z');
const ago = (hours: number) => new Date(NOW.getTime() - hours * HOUR);
const message: CappedMessage = { channel: 'email', topic: 'news', transactional: false, class: 'standard' };
const place = (at: Date | null, more: Partial<Place> = {}): Place => ({ ...message, campaignId: 'c', stepId: 's', deliveryId: 'd', at, kept: false, ...more });
const daily = FrequencyCap.parse({ key: 'daily', limit: 2, window: { kind: 'rolling', for: { hours: 24 } } });
const ofTheDay = FrequencyCap.parse({ key: 'day', limit: 2, window: { kind: 'calendar', unit: 'day' } });
const ask = (cap: FrequencyCap, places: Place[], more: Partial<CappedMessage> = {}, now = NOW) => judgeCaps([cap], { now, zone: 'Asia/Seoul', message: { ...message, ...more }, places });

describe('a cap', () => {
  test.each([
    { name: 'has room', cap: daily, places: [place(ago(1))], until: null },
    { name: 'is used up until the oldest leaves', cap: daily, places: [place(ago(1)), place(ago(20), { deliveryId: 'first' })], until: ago(-4), winner: 'first' },
    { name: 'counts half-open: exactly its length ago is out', cap: daily, places: [place(ago(1)), place(ago(24))], until: null },
    { name: 'counts to the second', cap: daily, places: [place(ago(1)), place(new Date(ago(24).getTime() + 1_000), { deliveryId: 'x' })], until: new Date(NOW.getTime() + 1_000), winner: 'x' },
    { name: 'waits for what is on its way', cap: daily, places: [place(null, { deliveryId: 'moving' }), place(null)], until: new Date(NOW.getTime() + 300_000), winner: 'moving' },
    { name: 'lets more than one leave when more went than it allows', cap: daily, places: [place(ago(1)), place(ago(2), { deliveryId: 'second' }), place(ago(3))], until: ago(-22), winner: 'second' },
    { name: 'of the calendar ends with the person’s day', cap: ofTheDay, places: [place(ago(1)), place(ago(2))], until: new Date('2026-03-02T15:00:00Z'), winner: 'd' },
    { name: 'of the calendar does not count yesterday', cap: ofTheDay, places: [place(ago(1)), place(new Date('2026-03-01T14:59:59Z'))], until: null },
  ])('$name', ({ cap, places, until, winner }) => {
    const found = ask(cap, places);
    expect(found?.until ?? null).toEqual(until);
    if (winner) expect(found!.facts.winner).toMatchObject({ deliveryId: winner, campaignId: 'c', stepId: 's' });
  });

  test.each([
    ['marketing of every channel', {}, {}, true], ['no transactional message', {}, { transactional: true }, false], ['no essential message', {}, { class: 'essential' }, false],
    ['its channels', { channels: ['in_app'] }, {}, false], ['its topics, transactional ones too', { topics: ['news'] }, { transactional: true }, true], ['no other topic', { topics: ['other'] }, {}, false],
    ['its classes', { classes: ['essential'] }, { class: 'essential' }, true], ['no other class', { classes: ['important'] }, {}, false], ['a display whose topic is not known', { topics: ['other'] }, { topic: null }, true],
  ] as const)('counts %s', (_name, cap, more, counts) => {
    expect(concerns(FrequencyCap.parse({ key: 'k', limit: 1, window: { kind: 'calendar', unit: 'week' }, ...cap }), { ...message, ...more } as CappedMessage)).toBe(counts);
  });

  const coming = (hours: number, more: Partial<Place> = {}) => place(ago(-hours), { kept: true, class: 'important', campaignId: 'launch', deliveryId: null, ...more });
  test.each([
    { name: 'a launch in two hours keeps the last place', cap: daily, places: [place(ago(1)), coming(2)], until: ago(-2) },
    { name: 'there is room for both', cap: daily, places: [coming(2)], until: null },
    { name: 'what has left by then takes no place from it', cap: daily, places: [place(ago(23)), coming(2)], until: null },
    { name: 'beyond the window it keeps none', cap: daily, places: [place(ago(1)), coming(24)], until: null },
    { name: 'its own class leaves no room', cap: daily, places: [place(ago(1)), coming(2)], until: null, class: 'important' as const },
    { name: 'it is late: asked again in a minute', cap: daily, places: [place(ago(1)), coming(-0.1)], until: new Date(NOW.getTime() + 60_000) },
    { name: 'on the calendar within the period', cap: ofTheDay, places: [place(ago(1)), coming(2)], until: ago(-2) },
    { name: 'on the calendar of the next day it keeps none', cap: ofTheDay, places: [place(ago(1)), coming(7)], until: null },
  ])('$name', ({ cap, places, until, ...own }) => {
    const found = ask(cap, places, { class: 'class' in own ? own.class : 'standard' });
    expect(found?.until ?? null).toEqual(until);
    if (until) expect(found!.facts.winner).toMatchObject({ campaignId: 'launch', kept: true });
  });
});

const CLASSES = MessageClass.options;
const someCap = fc.record({
  limit: fc.integer({ min: 1, max: 3 }), channels: fc.constantFrom([], ['email'], ['in_app']), classes: fc.constantFrom([], ['standard'], ['important', 'essential']),
  window: fc.oneof(fc.record({ kind: fc.constant('rolling'), for: fc.record({ hours: fc.integer({ min: 1, max: 50 }), seconds: fc.integer({ min: 0, max: 90 }) }) }), fc.record({ kind: fc.constant('calendar'), unit: fc.constantFrom('day', 'week', 'month') })),
}).map((cap) => FrequencyCap.parse({ key: 'k', ...cap }));
const someMessage = fc.record({ after: fc.integer({ min: 0, max: 40 * 3_600 }), channel: fc.constantFrom('email', 'in_app'), class: fc.constantFrom(...CLASSES), transactional: fc.boolean() });

test('no window ever holds more than a cap allows, whatever waits for whom; every wait names a winner and ends after now', () => {
  fc.assert(fc.property(fc.array(someCap, { minLength: 1, maxLength: 3 }), fc.array(someMessage, { maxLength: 60 }), fc.constantFrom('Asia/Seoul', 'America/New_York', 'Pacific/Chatham'), (caps, messages, zone) => {
    const sent: Place[] = [];
    const queue = messages.map((each, index) => ({ ...each, topic: 'news', at: NOW.getTime() + each.after * 1_000, id: String(index) }));
    for (let turns = 0; queue.length > 0 && turns < 600; turns += 1) {
      queue.sort((one, other) => one.at - other.at);
      const next = queue.shift()!;
      const now = new Date(next.at);
      const capped = judgeCaps(caps, { now, zone, message: next, places: sent });
      if (!capped) sent.push({ ...next, campaignId: 'c', stepId: 's', deliveryId: next.id, at: now, kept: false });
      else {
        expect(capped.until.getTime()).toBeGreaterThan(next.at);
        expect(sent.find(({ deliveryId }) => deliveryId === capped.facts.winner.deliveryId)).toBeDefined();
        queue.push({ ...next, at: capped.until.getTime() });
      }
    }
    for (const cap of caps) {
      const counted = sent.filter((each) => concerns(cap, each));
      for (const { at } of counted) {
        const [from, to] = cap.window.kind === 'rolling' ? [at!.getTime(), at!.getTime() + windowMillis(cap.window.for)] : Object.values(calendarPeriod(at!, cap.window.unit, zone)).map(Number);
        expect(counted.filter((each) => each.at!.getTime() >= from! && each.at!.getTime() < to!).length).toBeLessThanOrEqual(cap.limit);
        expect(to! - from!).toBeLessThanOrEqual(looksBack(cap));
      }
    }
  }), { numRuns: 150, seed: 8 });
});

const zones = Intl.supportedValuesOf('timeZone');
const time = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 })).map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
const instant = fc.date({ min: new Date('2025-01-01T00:00:00Z'), max: new Date('2027-12-31T00:00:00Z'), noInvalidDate: true });

test('a send window opens within itself, at the first such moment, in every zone and through every change of clocks', () => {
  fc.assert(fc.property(fc.constantFrom(...zones), instant, time, time, fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { maxLength: 7 }), (zone, at, from, to, weekdays) => {
    const window = SendWindow.parse({ from, to, weekdays });
    const opens = opensAt(at, window, zone);
    const inside = opens ?? at;
    expect(opensAt(inside, window, zone)).toBeNull();
    if (!opens) return;
    expect(opens > at).toBe(true);
    // One moment before it opens it is closed, and nothing between now and then was open.
    for (const share of [0, 0.25, 0.5, 0.75]) expect(opensAt(new Date(at.getTime() + Math.floor((opens.getTime() - 1 - at.getTime()) * share)), window, zone)).toEqual(opens);
    expect(weekdays.length === 0 || weekdays.includes(WEEKDAYS[(new Date(`${localDate(opens, zone)}T00:00:00Z`).getUTCDay() + 6) % 7]!)).toBe(true);
  }), { numRuns: 400, seed: 8 });
});

test.each([
  ['the hour that spring skips', 'Europe/Berlin', '02:00', '03:00', '2026-03-28T22:00:00Z', '2026-03-30T00:00:00Z'],
  ['a window that begins in it', 'Europe/Berlin', '02:30', '06:00', '2026-03-28T22:00:00Z', '2026-03-29T01:30:00Z'],
  ['the hour that autumn has twice begins with the first', 'Europe/Berlin', '02:30', '06:00', '2026-10-24T22:00:00Z', '2026-10-25T00:30:00Z'],
  ['a day that Samoa left out', 'Pacific/Apia', '09:00', '18:00', '2011-12-30T06:00:00Z', '2011-12-30T19:00:00Z'],
  ['over midnight', 'Asia/Seoul', '22:00', '02:00', '2026-03-02T03:00:00Z', '2026-03-02T13:00:00Z'],
])('%s', (_name, zone, from, to, at, opens) => {
  expect(opensAt(new Date(at), { from, to, weekdays: [] }, zone)).toEqual(new Date(opens));
});

test('a window over midnight belongs to the day it begins on', () => {
  const friday = SendWindow.parse({ from: '22:00', to: '02:00', weekdays: ['fri'] });
  const open = (at: string) => opensAt(new Date(at), friday, 'UTC') === null;
  expect([open('2026-03-06T21:59:59Z'), open('2026-03-06T22:00:00Z'), open('2026-03-07T01:59:59Z'), open('2026-03-07T02:00:00Z'), open('2026-03-06T01:00:00Z')]).toEqual([false, true, true, false, false]);
});

test('what waits for a better hour goes when no rule closes any more, and the rule that closes now is told', () => {
  fc.assert(fc.property(fc.constantFrom(...zones), instant, time, time, time, (zone, at, from, to, begins) => {
    const rules: Closing[] = [...(from === to ? [] : [{ rule: 'quiet_hours' as const, hours: { from, to } }]), { rule: 'send_window', window: SendWindow.parse({ from: begins, to: begins, weekdays: ['tue', 'wed', 'thu'] }) }];
    const found = judgeQuiet(rules, at, zone);
    if (!found) return;
    expect(found.until > at).toBe(true);
    expect(judgeQuiet(rules, found.until, zone)).toBeNull();
    const quiet = found.facts.rule === 'quiet_hours';
    const local = localTimeOfDay(at, zone);
    if (quiet) expect(from < to ? local >= from && local < to : local >= from || local < to).toBe(true);
  }), { numRuns: 200, seed: 8 });
});

test('settings name their faults', () => {
  const cap = { key: 'a', limit: 1, window: { kind: 'rolling', for: { days: 1 } } };
  expect(PacingSettings.parse({ caps: [cap] }).waitDays).toBe(7);
  const faults = (settings: object) => PacingSettings.safeParse(settings).error?.issues.map(({ path }) => path.join('.'));
  expect(faults({ caps: [cap, cap] })).toEqual(['caps']);
  expect(faults({ caps: [{ ...cap, window: { kind: 'rolling', for: { days: 93 } } }] })).toEqual(['caps.0.window.for']);
  expect(faults({ caps: [{ ...cap, limit: 0 }] })).toEqual(['caps.0.limit']);
  expect(faults({ quietHours: { from: '08:00', to: '08:00' } })).toEqual(['quietHours.to']);
});

describe('a week played again', () => {
  const replayed = (id: string, at: Date, more: Partial<Replayed> = {}): Replayed => ({ ...message, id, campaignId: id, stepId: 's', priority: 50, at, expiresAt: null, isDisplay: false, closings: [], ...more });
  const play = (messages: Replayed[], more: object = {}) => replayMessages(messages, { settings: PacingSettings.parse({ caps: [{ key: 'one', limit: 1, window: { kind: 'rolling', for: { hours: 24 } } }], ...more }), zone: 'UTC', before: [] });
  const at = (hours: number) => new Date(NOW.getTime() + hours * HOUR);
  test.each([
    { name: 'what is put off takes its place when it goes', messages: [replayed('a', at(0)), replayed('b', at(1)), replayed('c', at(25))], goes: [at(0), at(24), at(48)] },
    { name: 'of two for one place the more important goes', messages: [replayed('a', at(0)), replayed('b', at(1)), replayed('c', at(24), { class: 'important' })], goes: [at(0), at(48), at(24)] },
    { name: 'hours first, then the cap', messages: [replayed('a', at(0)), replayed('b', at(12), { closings: [{ rule: 'quiet_hours', hours: { from: '20:00', to: '10:00' } }] })], goes: [at(0), at(25)] },
    { name: 'what waits too long, and a display that came at the wrong moment, does not go', messages: [replayed('a', at(0)), replayed('b', at(1), { expiresAt: at(2) }), replayed('c', at(1), { isDisplay: true })], goes: [at(0), null, null] },
    { name: 'without caps all goes at once', messages: [replayed('a', at(0)), replayed('b', at(0))], settings: { caps: [] }, goes: [at(0), at(0)] },
  ])('$name', ({ messages, goes, settings }) => {
    const ends = play(messages, settings);
    expect(ends.map(({ goesAt }) => goesAt)).toEqual(goes);
    expect(ends.map(({ wait }) => wait === null)).toEqual(goes.map((moment, index) => moment !== null && moment.getTime() === messages[index]!.at.getTime()));
  });
});
