import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { Temporal } from 'temporal-polyfill';
import { dateEntriesIn, dateEntryAt, waitEnds, type DateRule, type WaitRule } from '../../src/campaigns/domain/next-due.js';
import { addDuration, localInstant, localTimeOfDay, nextLocalTime } from '../../src/kernel/local-time.js';

type Case = { name: string; zone: string; expected: string | null } & ({ wait: WaitRule; from: string } | { date: DateRule; value: string; year?: number });
const cases = JSON.parse(readFileSync('test/cases/local-times.json', 'utf8')) as Case[];

test.each(cases)('$name', (given) => {
  const expected = given.expected === null ? null : new Date(given.expected);
  if ('wait' in given) return expect(waitEnds(given.wait, new Date(given.from), given.zone)).toEqual(expected);
  const value = { text: given.value, at: new Date(given.value) };
  if (given.date.every === undefined) return expect(dateEntryAt(value, given.date, given.zone)).toEqual(expected);
  const within = { from: new Date(`${given.year! - 1}-12-31T12:00:00Z`), to: new Date(`${given.year}-12-31T12:00:00Z`) };
  return expect(dateEntriesIn(value, given.date, given.zone, within)).toEqual(expected === null ? [] : [expected]);
});

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEAR = Date.parse('2026-01-01T00:00:00Z');

/** How far a zone's clocks are ahead of UTC, as the platform's own calendar says it: an oracle that shares nothing with the code. */
function offsets(zone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' });
  return (at) => {
    const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)])) as Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>;
    return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) - Math.floor(at / 1_000) * 1_000;
  };
}

/** When a zone's clocks change in 2026, to the minute: looked for every nine days, which no two changes lie closer than. */
function changes(offset: (at: number) => number): number[] {
  const found: number[] = [];
  for (let at = YEAR; at < YEAR + 365 * DAY; at += 9 * DAY) {
    let [low, high] = [at, Math.min(at + 9 * DAY, YEAR + 365 * DAY)];
    if (offset(low) === offset(high)) continue;
    while (high - low > 60_000) {
      const middle = Math.floor((low + high) / 120_000) * 60_000;
      if (offset(middle) === offset(low)) low = middle;
      else high = middle;
    }
    found.push(high);
  }
  return found;
}

/** The instant of a wall-clock time: the first of two, and in a gap the one its length later. */
function instantOf(wall: number, offset: (at: number) => number): number {
  const [before, after] = [offset(wall - DAY), offset(wall + DAY)];
  const real = [...new Set([wall - before, wall - after])].filter((at) => offset(at) === wall - at).toSorted((a, b) => a - b);
  return real[0] ?? wall - before;
}

describe('in every zone of the world', () => {
  const zones = Intl.supportedValuesOf('timeZone').map((zone) => {
    const offset = offsets(zone);
    return { zone, offset, changes: changes(offset) };
  });
  // Most zones keep the same time as others all year: of those that are alike one is looked at closely.
  const different = [...new Map(zones.map((one) => [`${one.offset(YEAR)} ${one.changes.map((at) => `${at} ${one.offset(at)}`).join(' ')}`, one])).values()];
  const text = (wall: number) => ({ date: new Date(wall).toISOString().slice(0, 10), time: new Date(wall).toISOString().slice(11, 16) });

  test('a local time is the instant the platform has for it, around each change of clocks of a year', () => {
    let changed = 0;
    for (const { zone, offset, changes: known } of different) {
      for (const at of [...known, YEAR]) {
        changed += at === YEAR ? 0 : 1;
        // From an hour and a half before the old wall clock to as much behind the new one, by quarters of an hour: gap and overlap lie inside.
        const wall = at + offset(at - 60_000);
        for (let minutes = -90; minutes <= 90; minutes += 15) {
          const asked = wall + minutes * 60_000;
          const { date, time } = text(asked);
          const found = localInstant(date, time, zone);
          expect([zone, date, time, found.toISOString()]).toEqual([zone, date, time, new Date(instantOf(asked, offset)).toISOString()]);
        }
      }
    }
    // Two a year where there is summer time: the loop has looked at them.
    expect(changed).toBeGreaterThan(30);
  });

  test('a wait until a time of day ends at that time or, in a gap, as much later, never before it began and within two days', () => {
    for (const { zone, offset, changes: known } of different) {
      for (const at of [...known, YEAR]) {
        for (const [hours, time] of [[-3, '02:30'], [-30, '00:00'], [-1, '09:00'], [0, '01:30']] as const) {
          const from = at + hours * HOUR;
          const found = nextLocalTime(new Date(from), time, zone).getTime();
          expect([zone, found >= from, found - from <= 2 * DAY]).toEqual([zone, true, true]);
          const wall = found + offset(found);
          const day = Date.parse(`${text(wall).date}T${time}:00Z`);
          expect([zone, time, new Date(instantOf(day, offset)).toISOString()]).toEqual([zone, time, new Date(found).toISOString()]);
        }
      }
    }
  });
  test('a zone that is asked about often answers by arithmetic what its calendar says, near each change of clocks too', () => {
    for (const { zone, changes: known } of different) {
      for (let asked = 0; asked < 60; asked += 1) localTimeOfDay(new Date(YEAR + asked), zone);
      for (const at of [...known, YEAR + 40 * DAY].flatMap((change) => [-60, -47, -1, 0, 1, 25, 49, 80].map((hours) => new Date(change + hours * HOUR)))) {
        const calendar = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);
        const next = (time: string) => [0, 1, 2].map((days) => calendar.toPlainDate().add({ days }).toZonedDateTime({ timeZone: zone, plainTime: time }).epochMilliseconds).find((each) => each >= at.getTime());
        const times = ['00:30', '01:30', '02:30', '12:30'];
        const found = [localTimeOfDay(at, zone), addDuration(at, { days: 2, hours: 3 }, zone).getTime(), ...times.map((time) => nextLocalTime(at, time, zone).getTime())];
        const wanted = [calendar.toPlainTime().toString({ smallestUnit: 'millisecond' }), calendar.add({ days: 2 }).epochMilliseconds + 3 * HOUR, ...times.map(next)];
        expect([zone, at, ...found]).toEqual([zone, at, ...wanted]);
      }
    }
  });
  test('all of them are known, each by itself', () => {
    for (const { zone, offset } of zones) expect([zone, localInstant('2026-07-01', '09:00', zone).getTime()]).toEqual([zone, instantOf(Date.parse('2026-07-01T09:00:00Z'), offset)]);
    expect(zones.length).toBeGreaterThan(400);
  });
});
