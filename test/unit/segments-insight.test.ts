import { expect, test } from '@jest/globals';
import { bucketStarts } from '../../src/kernel/local-time.js';
import { estimateFrom } from '../../src/segments/domain/estimate.js';
import { assembleGrowth, growthEdges } from '../../src/segments/domain/growth.js';
import { assembleOverlap } from '../../src/segments/domain/overlap.js';

const at = (text: string) => new Date(text);

test.each([
  { name: 'nobody of the sample', given: [0, 4_000, 1_000_000], expected: { exact: false, count: 0, low: 0, high: 956 } },
  { name: 'everybody of the sample', given: [4_000, 4_000, 1_000_000], expected: { exact: false, count: 1_000_000, low: 999_000, high: 1_000_000 } },
  { name: 'a tenth', given: [400, 4_000, 1_000_000], expected: { exact: false, count: 100_000, low: 91_100, high: 110_000 } },
  { name: 'a tenth of few, most of whom were asked', given: [400, 4_000, 5_000], expected: { exact: false, count: 500, low: 479, high: 522 } },
  { name: 'everybody asked', given: [7, 100, 100], expected: { exact: true, count: 7, low: 7, high: 7 } },
  { name: 'nobody there', given: [0, 0, 0], expected: { exact: true, count: 0, low: 0, high: 0 } },
])('an estimate states its bounds: $name', ({ given, expected }) => {
  const [hits, sampled, total] = given as [number, number, number];
  const found = estimateFrom(hits, sampled, total);
  expect(found).toMatchObject(expected);
  expect(found.low <= found.count && found.count <= found.high && found.low >= hits && found.high <= total - (sampled - hits)).toBe(true);
});

test.each([
  { name: 'days around the night clocks go forward', span: ['2026-03-28T12:00Z', '2026-03-30T12:00Z', 'day', 'Europe/Berlin'], starts: ['2026-03-27T23:00Z', '2026-03-28T23:00Z', '2026-03-29T22:00Z', '2026-03-30T22:00Z'] },
  { name: 'hours over the hour that is skipped', span: ['2026-03-29T00:30Z', '2026-03-29T02:00Z', 'hour', 'Europe/Berlin'], starts: ['2026-03-29T00:00Z', '2026-03-29T01:00Z', '2026-03-29T02:00Z'] },
  { name: 'hours of a zone half an hour off', span: ['2026-03-29T00:10Z', '2026-03-29T00:40Z', 'hour', 'Asia/Kolkata'], starts: ['2026-03-28T23:30Z', '2026-03-29T00:30Z', '2026-03-29T01:30Z'] },
  { name: 'weeks from Monday', span: ['2026-03-11T00:00Z', '2026-03-17T00:00Z', 'week', 'Asia/Seoul'], starts: ['2026-03-08T15:00Z', '2026-03-15T15:00Z', '2026-03-22T15:00Z'] },
  { name: 'a day without its midnight', span: ['2026-04-24T10:00Z', '2026-04-24T11:00Z', 'day', 'Africa/Cairo'], starts: ['2026-04-23T22:00Z', '2026-04-24T21:00Z'] },
])('buckets are those of the calendar: $name', ({ span, starts }) => {
  const [from, to, every, zone] = span as [string, string, 'day', string];
  expect(bucketStarts(at(from), at(to), every, zone, 99)).toEqual(starts.map(at));
});

test('a span that ends before it begins, or has too many buckets, is refused with what would be right', () => {
  const span = { from: at('2026-01-01T00:00Z'), to: at('2026-12-31T00:00Z'), every: 'hour' as const, timeZone: 'UTC' };
  expect(() => growthEdges(span)).toThrow('The span has more than 400 hours. Ask for a shorter one, or for longer buckets (hour, day, week).');
  expect(() => growthEdges({ ...span, to: span.from })).toThrow('"from" must lie in the past and before "to".');
  expect(growthEdges({ ...span, every: 'day' })).toHaveLength(365);
  expect(growthEdges({ from: at('2026-01-01T00:00Z'), to: at('2027-02-05T00:00Z'), every: 'day', timeZone: 'UTC' })).toHaveLength(401);
});

test('members at the end of each bucket follow from those there are now', () => {
  const edges = [0, 1, 2, 3].map((hour) => new Date(hour * 3_600_000));
  const growth = assembleGrowth(edges, [
    { bucket: 1, cause: 'build', entered: true, people: 10 }, { bucket: 3, cause: 'clock', entered: false, people: 4 }, { bucket: 3, cause: 'change', entered: true, people: 1 }, { bucket: 4, cause: 'erase', entered: false, people: 2 },
  ], 5);
  expect(growth.map(({ members }) => members)).toEqual([10, 10, 7]);
  expect(growth[2]).toMatchObject({ entered: { change: 1, clock: 0 }, left: { clock: 4, erase: 0 } });
});

test('an overlap adds up', () => {
  const overlap = assembleOverlap(['a', 'b', 'c'], [{ mask: 1, people: 5 }, { mask: 3, people: 2 }, { mask: 7, people: 1 }, { mask: 4, people: 9 }]);
  expect(overlap).toEqual({
    any: 17, all: 1, segments: [{ id: 'a', members: 8, only: 5 }, { id: 'b', members: 3, only: 0 }, { id: 'c', members: 10, only: 9 }],
    pairs: [{ ids: ['a', 'b'], both: 3 }, { ids: ['a', 'c'], both: 1 }, { ids: ['b', 'c'], both: 1 }],
  });
});
