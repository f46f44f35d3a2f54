import { createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { factorUri, newFactorSecret, newRecoveryCode, plainRecoveryCode, stepOfCode } from '../../src/access/domain/one-time-code.js';

/** The secret of the test vectors of RFC 6238, in base32; the codes are the last six digits of its eight. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

test.each([[59, '287082'], [1111111109, '081804'], [1111111111, '050471'], [1234567890, '005924'], [2000000000, '279037'], [20000000000, '353130']])('RFC 6238 at %i', (seconds, code) => {
  expect(stepOfCode(SECRET, code, new Date(seconds * 1000))).toBe(Math.floor(seconds / 30));
  expect(stepOfCode(SECRET, ` ${code.slice(0, 3)} ${code.slice(3)}`, new Date(seconds * 1000))).toBe(Math.floor(seconds / 30));
});

test.each([[-61, null], [-30, 1], [0, 1], [30, 1], [60, null], [120, null]])('a clock that is %i seconds off', (off, step) => {
  expect(stepOfCode(SECRET, '287082', new Date((59 + off) * 1000))).toBe(step);
});

test.each(['', '28708', '2870822', 'abcdef', '28708２', '287083'])('"%s" is no code', (code) => expect(stepOfCode(SECRET, code, new Date(59_000))).toBeNull());

test('new secrets have 160 bits, and their codes are those of the definition', () => {
  const secret = newFactorSecret();
  expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(59_000_000n);
  const mac = createHmac('sha1', key).update(counter).digest();
  const code = String((mac.readUInt32BE(mac[19]! & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
  expect(stepOfCode(secret, code, new Date(59_000_000 * 30_000))).toBe(59_000_000);
  expect(factorUri(secret, 'mina@example.com')).toContain(`secret=${secret}`);
});

test('recovery codes are typed as people type', () => {
  const code = newRecoveryCode();
  expect(code).toMatch(/^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/);
  expect([code.toLowerCase(), code.replaceAll('-', ' '), ` ${code} `].map(plainRecoveryCode)).toEqual(Array(3).fill(code.replaceAll('-', '')));
});
