import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { v7 } from 'uuid';
import { addressHash, comparableAddress } from '../../src/delivery/preferences/domain/address.js';
import { ALONE, burstOf, judgeClick, judgeOpen, type RequestSigns } from '../../src/delivery/tracking/domain/classify.js';
import { crowdedIn } from '../../src/delivery/tracking/domain/crowd.js';
import { NetworkSet, readNetworkList } from '../../src/delivery/tracking/domain/network-list.js';
import { isMppRecipient } from '../../src/delivery/tracking/domain/together.js';
import { verdictInWords } from '../../src/delivery/tracking/domain/words.js';
import { networkOf } from '../../src/kernel/network.js';
import { readToken, tokenSigner, type LinkKind } from '../../src/delivery/tracking/link-token.js';

const old = { id: 1, secret: randomBytes(32) };
const current = { id: 2, secret: randomBytes(32) };
const both = new Map([[1, old.secret], [2, current.secret]]);
const [deliveryId, personId] = [v7(), v7()];

test.each<LinkKind>(['click', 'open', 'unsubscribe', 'preferences', 'view'])('a %s token says what was signed, and only for its purpose', (kind) => {
  const token = tokenSigner(current)(deliveryId, personId)(kind, 65_535, 'https://x.example/?q=한글#f');
  expect(readToken(both, kind, token)).toEqual({ deliveryId, personId, index: 65_535, url: 'https://x.example/?q=한글#f' });
  for (const other of ['click', 'open', 'unsubscribe', 'preferences', 'view'] as const) if (other !== kind) expect(readToken(both, other, token)).toBeNull();
});

test('no single bit of a token can be changed', () => {
  const bytes = Buffer.from(tokenSigner(current)(deliveryId, personId)('click', 1, 'https://x.example/a'), 'base64url');
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const changed = Buffer.from(bytes);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect(readToken(both, 'click', changed.toString('base64url'))).toBeNull();
  }
});

test('an older key still verifies until it is retired', () => {
  const token = tokenSigner(old)(deliveryId, personId)('unsubscribe', 0, '');
  expect(readToken(both, 'unsubscribe', token)?.deliveryId).toBe(deliveryId);
  expect(readToken(new Map([[2, current.secret]]), 'unsubscribe', token)).toBeNull();
  expect(readToken(new Map([[1, current.secret]]), 'unsubscribe', token)).toBeNull();
});

test.each([[''], ['a'], ['AAAA'], ['A'.repeat(100)], ['한글'], ['a/b'], ['A'.repeat(20_000)]])('%j is not a token', (token) => {
  expect(readToken(both, 'click', token)).toBeNull();
});

test('a link too long for a request line is refused when it is signed', () => {
  expect(() => tokenSigner(current)(deliveryId, personId)('click', 0, `https://x.example/${'a'.repeat(8_000)}`)).toThrow(RangeError);
});

const signs = (more: Partial<RequestSigns>): RequestSigns => ({ method: 'GET', userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15', acceptLanguage: true, prefetch: false, sinceSent: 60_000, scanner: null, ...more });

test.each<[string, Partial<RequestSigns>, boolean, string]>([
  ['a person', {}, false, 'human'],
  ['HEAD', { method: 'HEAD' }, false, 'machine'],
  ['a prefetch', { prefetch: true }, false, 'machine'],
  ['no user agent', { userAgent: '' }, false, 'machine'],
  ['curl', { userAgent: 'curl/8.5.0' }, false, 'machine'],
  ['at once, with a language', { sinceSent: 4_999 }, false, 'human'],
  ['at once, without a language', { sinceSent: 4_999, acceptLanguage: false }, false, 'machine'],
  ['one address for many people', {}, true, 'machine'],
  ['from a scanner network, as a browser would', { scanner: '203.0.113.0/24' }, false, 'human'],
  ['from a scanner network, without a language', { scanner: '203.0.113.0/24', acceptLanguage: false }, false, 'machine'],
  ['from a scanner network, at once', { scanner: '203.0.113.0/24', sinceSent: 4_999 }, false, 'machine'],
  ['a suspicion without a known time', { acceptLanguage: false, sinceSent: null }, false, 'unknown'],
])('a click: %s', (_, more, many, verdict) => {
  const request = signs(more);
  expect(judgeClick(request, { ...ALONE, manyPeople: many }).verdict).toBe(verdict);
});

test('an open of somebody whose mail the proxy of Apple loads settles nothing; what a machine did stays a machine’s', () => {
  const around = { ...ALONE, mppRecipient: true };
  expect(judgeOpen(signs({}), around)).toEqual({ verdict: 'unknown', reasons: ['mpp-recipient'] });
  expect(judgeOpen(signs({ userAgent: 'Mozilla/5.0' }), around)).toEqual({ verdict: 'machine', reasons: ['apple-mpp'] });
  expect(judgeOpen(signs({}), { ...around, honeypot: true })).toEqual({ verdict: 'machine', reasons: ['honeypot'] });
  const [first, last] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-01-10T00:00:00Z')];
  expect(['2025-12-31T23:59:59Z', '2026-01-01T00:00:00Z', '2026-07-09T00:00:00Z', '2026-07-09T00:00:01Z'].map((at) => isMppRecipient({ first, last }, new Date(at)))).toEqual([false, true, true, false]);
  expect(isMppRecipient({ first: null, last: null }, last)).toBe(false);
});

test.each<[string, number, number, number]>([['ten messages in ten seconds', 10, 1_111, 10], ['ten messages in a little more', 10, 1_112, 0], ['nine messages', 9, 1, 0], ['twelve messages', 12, 1, 12]])('one address, %s', (_, messages, apart, crowded) => {
  const clicks = Array.from({ length: messages }, (__, index) => ({ address: 'a', deliveryId: `d${index}`, eventKey: `k${index}`, at: index * apart }));
  const others = clicks.map((click) => ({ ...click, address: click.deliveryId, eventKey: `other ${click.eventKey}` }));
  expect(crowdedIn([...clicks, ...others, ...others.map((click) => ({ ...click, address: null }))].reverse()).size).toBe(crowded);
  expect(crowdedIn(clicks.map((click) => ({ ...click, deliveryId: 'd' }))).size).toBe(0);
});

test('a list of networks is read line by line, and every fault has its line', () => {
  expect(readNetworkList('# scanners\r\n203.0.113.77/24 # Acme # 2\n\n 2001:DB8::1/32\n198.51.100.7\n203.0.113.0/24 # again\n')).toEqual({
    networks: [{ network: '203.0.113.0/24', note: 'again' }, { network: '2001:db8::/32', note: '' }, { network: '198.51.100.7/32', note: '' }],
  });
  const { faults } = readNetworkList('203.0.113.0/24\n203.0.113.0/33\n10\n0.0.0.0/0\n2001:db8::/x\n0x7f.1\nhost.example\n::1%eth0\n2000::/3') as { faults: { line: number; message: string }[] };
  expect(faults.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  expect(readNetworkList(Array.from({ length: 20_001 }, (_, index) => `10.${index >> 8}.${index & 255}.1`).join('\n'))).toEqual({ faults: [{ line: 20_001, message: 'the list has more than 20000 networks' }] });
});

test.each([
  ['203.0.113.77', '203.0.113.0/24'], ['::ffff:203.0.113.77', '203.0.113.0/24'], ['203.0.114.1', null], ['198.51.100.20', '198.51.100.16/28'], ['198.51.100.40', null],
  ['203.0.113.0/24', '203.0.113.0/24'], ['198.51.100.0/24', null], ['198.51.100.16/28', '198.51.100.16/28'], ['2001:db8:1:2::5', '2001:db8::/32'], ['2001:db8:1::/48', '2001:db8::/32'], ['2001:db9::1', null], ['', null], ['nonsense', null],
])('the list knows of %s: %s', (address, network) => {
  expect(new NetworkSet(['203.0.113.0/24', '203.0.113.64/26', '198.51.100.16/28', '2001:db8::/32']).find(address)).toBe(network);
  expect(new NetworkSet([]).find(address)).toBeNull();
});

test('a verdict is told in words, in both languages', () => {
  expect(verdictInWords('machine', ['at-once', 'no-language'])).toEqual({
    en: 'Counted as a machine: it came within seconds of sending; no language was named, as browsers do.', ko: '기계로 집계: 발송 후 몇 초 안에 발생했습니다; 브라우저와 달리 언어 정보가 없습니다.',
  });
  expect(verdictInWords('human', [])).toEqual({ en: 'Counted as a person.', ko: '사람으로 집계.' });
  expect(verdictInWords('unknown', ['some-day']).en).toBe('Not decided: some-day.');
});

test('a Gmail proxy is a person unless it comes within three seconds', () => {
  const userAgent = 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)';
  expect([2_999, 3_000, null].map((sinceSent) => judgeOpen(signs({ userAgent, sinceSent }), ALONE).verdict)).toEqual(['machine', 'human', 'human']);
});

test.each<[string, [number, number][], number[]]>([
  ['three links in two seconds', [[0, 0], [1, 1_000], [2, 2_000]], [0, 1, 2]],
  ['three links in a little more', [[0, 0], [1, 1_000], [2, 2_001]], []],
  ['the same link three times', [[0, 0], [0, 1], [0, 2]], []],
  ['a person after the burst', [[0, 0], [1, 10], [2, 20], [1, 60_000]], [0, 1, 2]],
  ['out of order', [[2, 20], [0, 0], [1, 10]], [0, 1, 2]],
  ['two bursts', [[0, 0], [1, 1], [2, 2], [0, 9_000], [1, 9_001], [2, 9_002]], [0, 1, 2, 3, 4, 5]],
])('a burst: %s', (_, clicks, expected) => {
  expect([...burstOf(clicks.map(([link, at]) => ({ link, at })))].sort()).toEqual(expected);
});

test.each([
  ['Kim@Example.ORG', 'kim@example.org'], ['a@bücher.example', 'a@xn--bcher-kva.example'], ['a@XN--BCHER-KVA.example', 'a@xn--bcher-kva.example'], ['a+b@x.example', 'a+b@x.example'],
  ['a', null], ['@x.example', null], ['a@', null], ['a b@x.example', null], ['a@x.example\r\nBcc: e@y', null], ['a@b@x.example', null], ['a@x..example', null], ['<a@x.example>', null], [`${'a'.repeat(65)}@x.example`, null],
])('%j compares as %j', (address, expected) => {
  expect(comparableAddress(address)).toBe(expected);
  expect(addressHash(address) === null).toBe(expected === null);
});

test.each([['203.0.113.77', '203.0.113.0/24'], ['::ffff:203.0.113.77', '203.0.113.0/24'], ['2001:db8:1:2::5', '2001:db8:1::/48'], ['::1', '0:0:0::/48'], ['nonsense', '']])('%s is in %s', (ip, network) => {
  expect(networkOf(ip)).toBe(network);
});
