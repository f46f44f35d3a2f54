import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { startOfDay as onServer } from '../../src/kernel/local-time.js';
import { NUMBERS as LISTED } from '../../src/contract/results-people.js';
import { NUMBERS } from '../../web/src/features/results/people-numbers.js';
import { place, ticksOf } from '../../web/src/ui/ticks.js';
import { dayAfter, startOfDay } from '../../web/src/lib/zones.js';

const words = (language: string) => JSON.parse(readFileSync(`web/src/i18n/${language}/results.json`, 'utf8')) as { gates: Record<string, string>; numbers: Record<string, string>; verdicts: Record<string, string> };

describe('days of the workspace in the dashboard', () => {
  test.each(['Asia/Seoul', 'UTC', 'Europe/Berlin', 'America/New_York', 'America/Santiago', 'Asia/Kolkata', 'Asia/Beirut', 'Pacific/Apia', 'Africa/Cairo', 'Australia/Lord_Howe'])('begin in %s when the server says so, a whole year long', (zone) => {
    let day = '2026-01-01';
    for (let count = 0; count < 366; count += 1, day = dayAfter(day)) expect([day, startOfDay(day, zone)]).toEqual([day, onServer(day, zone).toISOString()]);
  });
});

describe('words of results', () => {
  test.each(['en', 'ko'])('there are some in %s for every gate, number and verdict', (language) => {
    const { gates, numbers, verdicts } = words(language);
    for (const gate of ['arms', 'matured', 'with_outcome', 'without_outcome', 'non_zero']) expect(gates[gate]).toMatch(/\{\{has\}\}.*\{\{needs\}\}|\{\{needs\}\}.*\{\{has\}\}/);
    expect(gates.positive_mean).toContain('{{arm}}');
    expect(Object.keys(numbers).toSorted()).toEqual([...LISTED].toSorted());
    expect(Object.keys(verdicts).toSorted()).toEqual(['collecting', 'no_clear_winner', 'not_enough_data', 'practically_same', 'traffic_problem', 'winner']);
    if (language === 'ko') for (const word of [...Object.values(gates), ...Object.values(numbers)]) expect(word).toMatch(/[가-힣]/);
  });

  test('the dashboard knows every number whose people the server lists', () => {
    expect([...NUMBERS]).toEqual([...LISTED]);
  });
});

test.each([0.1, 0.4, 0.9, 1.7])('the axis under bars of half width %s has zero, room between its numbers, and none beyond its ends', (scale) => {
  const ticks = ticksOf(scale);
  expect(ticks).toContain(0);
  expect(ticks.length).toBeGreaterThan(2);
  for (const [index, lift] of ticks.entries()) {
    expect(Math.abs(place(lift))).toBeLessThan(scale);
    if (index > 0) expect(place(lift) - place(ticks[index - 1]!)).toBeGreaterThanOrEqual(scale * 0.3);
  }
});
