import { describe, expect, test } from '@jest/globals';
import { netPromoter, shareOf } from '../../src/analytics/reports/domain/survey-scores.js';
import { bucketStarts } from '../../src/kernel/local-time.js';
import { REASON_CODES } from '../../src/kernel/reason-codes.js';
import { wordsOf } from '../../src/kernel/reason-words.js';

describe('a share', () => {
  test.each([
    // Newcombe (1998), Statistics in Medicine 17, table I, method 3 (Wilson's score without correction).
    { count: 81, of: 263, low: 0.2553, high: 0.3662 }, { count: 15, of: 148, low: 0.0624, high: 0.1605 }, { count: 0, of: 20, low: 0, high: 0.1611 }, { count: 1, of: 29, low: 0.0061, high: 0.1718 },
  ])('of $count in $of lies in [$low, $high]', ({ count, of, low, high }) => {
    const share = shareOf(count, of);
    expect(share.rate).toBe(count / of);
    expect(share.low).toBeCloseTo(low, 4);
    expect(share.high).toBeCloseTo(high, 4);
  });

  test('of nobody is unknown; the ends never leave 0 to 1', () => {
    expect(shareOf(0, 0)).toEqual({ count: 0, of: 0, rate: null, low: null, high: null });
    for (let of = 1; of < 40; of += 1) {
      for (let count = 0; count <= of; count += 1) {
        const { low, high, rate } = shareOf(count, of);
        expect(low! >= 0 && low! <= rate! && rate! <= high! && high! <= 1).toBe(true);
        // The other side of the same question mirrors it.
        expect(shareOf(of - count, of).low).toBeCloseTo(1 - high!, 12);
      }
    }
  });
});

describe('the Net Promoter Score', () => {
  const counts = (promoters: number, passives: number, detractors: number) => { const all = Array.from({ length: 11 }, () => 0); all[9] = promoters; all[8] = passives; all[6] = detractors; return all; };

  test('of 10 promoters, 5 passives and 5 detractors is 25, in an interval worked out by hand', () => {
    // n' = 23, p' = 10.75/23 = .467391, d' = 5.75/23 = .25; difference .217391; variance .717391 - .047259 = .670132; SE sqrt(.670132/23) = .170694
    const result = netPromoter(counts(10, 5, 5));
    expect(result).toMatchObject({ promoters: 10, passives: 5, detractors: 5, score: 25 });
    expect(result.low).toBeCloseTo(21.7391 - 1.959964 * 17.0694, 2);
    expect(result.high).toBeCloseTo(21.7391 + 1.959964 * 17.0694, 2);
  });

  test('has a width when everybody agrees, stays inside -100 to 100, and mirrors', () => {
    const all = netPromoter(counts(3, 0, 0));
    expect(all.score).toBe(100);
    expect(all.low!).toBeLessThan(80);
    expect(all.high).toBe(100);
    const [one, other] = [netPromoter(counts(7, 2, 4)), netPromoter(counts(4, 2, 7))];
    expect(other.score).toBeCloseTo(-one.score!, 10);
    expect(other.low).toBeCloseTo(-one.high!, 10);
    expect(netPromoter(counts(0, 0, 0))).toEqual({ promoters: 0, passives: 0, detractors: 0, score: null, low: null, high: null });
  });

  test('counts 0 to 6 as detractors, 7 and 8 as passives, 9 and 10 as promoters', () => {
    expect(netPromoter([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])).toMatchObject({ detractors: 7, passives: 2, promoters: 2 });
  });
});

describe('hours and days of a zone', () => {
  const hours = (from: string, to: string, zone: string) => bucketStarts(new Date(from), new Date(to), 'hour', zone, 100).map((at) => at.toISOString());

  test.each([
    ['India: at :30 of UTC', '2026-03-02T00:00:00Z', '2026-03-02T02:00:00Z', 'Asia/Kolkata', ['2026-03-01T23:30', '2026-03-02T00:30', '2026-03-02T01:30', '2026-03-02T02:30']],
    ['Berlin, clocks forward at 01:00 UTC', '2026-03-29T00:00:00Z', '2026-03-29T02:00:00Z', 'Europe/Berlin', ['2026-03-29T00:00', '2026-03-29T01:00', '2026-03-29T02:00']],
    // 02:00 (+10:30) becomes 02:30 (+11): the hour of 02:00 has half an hour.
    ['Lord Howe, half an hour forward', '2026-10-03T14:30:00Z', '2026-10-03T17:00:00Z', 'Australia/Lord_Howe', ['2026-10-03T14:30', '2026-10-03T15:30', '2026-10-03T16:00', '2026-10-03T17:00']],
    // 02:00 (+11) becomes 01:30 (+10:30): half an hour is there twice, the second time as a piece of its own.
    ['Lord Howe, half an hour back', '2026-04-04T14:00:00Z', '2026-04-04T16:30:00Z', 'Australia/Lord_Howe', ['2026-04-04T14:00', '2026-04-04T15:00', '2026-04-04T15:30', '2026-04-04T16:30']],
  ])('%s', (_name, from, to, zone, expected) => {
    expect(hours(from, to, zone)).toEqual(expected.map((at) => `${at}:00.000Z`));
  });

  test('days have 23, 24 and 25 hours', () => {
    const lengths = (from: string, to: string) => bucketStarts(new Date(from), new Date(to), 'day', 'Europe/Berlin', 10).map((at, index, all) => ((all[index + 1]?.getTime() ?? at.getTime()) - at.getTime()) / 3_600_000).slice(0, -1);
    expect(lengths('2026-03-28T12:00:00Z', '2026-03-30T12:00:00Z')).toEqual([24, 23, 24]);
    expect(lengths('2026-10-24T12:00:00Z', '2026-10-26T12:00:00Z')).toEqual([24, 25, 24]);
  });
});

test('every reason code has words in both languages', () => {
  for (const code of REASON_CODES) {
    expect(wordsOf(code).en).not.toBe(code);
    expect(wordsOf(code).ko).toMatch(/[가-힣]/);
  }
});
