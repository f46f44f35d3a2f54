import { expect, test } from '@jest/globals';
import { readConfig } from '../../src/platform/config.js';
import { MinuteCounts } from '../../src/platform/http/minute-counts.js';
import { rateNetworkOf } from '../../src/platform/http/rate-network.js';

const at = (seconds: number) => new Date(Date.UTC(2026, 2, 2, 9, 0, 0) + seconds * 1_000);

test('so many pass in a minute, by name; the next are told how long it lasts', () => {
  const counts = new MinuteCounts(2);
  expect([counts.take('a', at(1)), counts.take('a', at(2)), counts.take('a', at(3)), counts.take('b', at(3)), counts.take('a', at(59.5)), counts.take('a', at(60)), counts.take('a', at(60)), counts.take('a', at(60))]).toEqual([null, null, 57, null, 1, null, null, 60]);
});

test('0 is no limit, a clock that goes back is no fault, and names without end do not fill the memory or refuse strangers', () => {
  const none = new MinuteCounts(0);
  for (let n = 0; n < 1_000; n += 1) expect(none.take('a', at(0))).toBeNull();
  const one = new MinuteCounts(1);
  expect([one.take('a', at(120)), one.take('a', at(60)), one.take('a', at(120))]).toEqual([null, null, null]);
  const many = new MinuteCounts(1);
  for (let n = 0; n < 100_001; n += 1) many.take(`n${n}`, at(0));
  expect([many.take('n5', at(0)), many.take('n100000', at(0)), (many as unknown as { counts: Map<string, number> }).counts.size]).toEqual([60, null, 100_000]);
});

test.each([['203.0.113.7', '203.0.113.7'], ['2001:db8:1:2::5', '2001:db8:1:2'], ['2001:db8:1:2:ffff::', '2001:db8:1:2'], ['::ffff:203.0.113.7', '::ffff:203.0.113.7']])('%s is counted as %s', (address, network) => {
  expect(rateNetworkOf(address)).toBe(network);
});

test('the standards leave an office fifty pages a second, a key a thousand requests, and no burst of events is near them', () => {
  const { PAGE_REQUESTS_PER_MINUTE, LINK_REQUESTS_PER_MINUTE, EXPORT_REQUESTS_PER_MINUTE, API_REQUESTS_PER_MINUTE, INGEST_REQUESTS_PER_MINUTE } = readConfig({});
  expect([PAGE_REQUESTS_PER_MINUTE >= 3_000, LINK_REQUESTS_PER_MINUTE >= 600, EXPORT_REQUESTS_PER_MINUTE >= 60, API_REQUESTS_PER_MINUTE >= 60_000, INGEST_REQUESTS_PER_MINUTE >= 30_000]).toEqual(Array(5).fill(true));
});
