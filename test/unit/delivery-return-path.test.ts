import { expect, test } from '@jest/globals';
import { readReturnPath, returnPathKey, returnPathOf } from '../../src/delivery/identity/domain/return-path.js';
import fc from '../support/fast-check.js';

const ID = '0198c3a0-1111-7000-8000-0000000000ff';
const [old, current, foreign] = [1, 2, 3].map((byte) => returnPathKey(Buffer.alloc(32, byte))) as [Buffer, Buffer, Buffer];
const keys = [current, old];
const address = `${returnPathOf(current, ID)}@bounce.example.com`;

test('a return path is short, lower case and read back whatever the case and the brackets', () => {
  expect(address).toMatch(/^b\+[a-z2-7]{39}@bounce\.example\.com$/);
  for (const spelling of [address, address.toUpperCase(), `<${address}>`, ` ${address} `, address.replace('b+', 'B+')]) expect(readReturnPath(keys, spelling)).toBe(ID);
});

test('keys that are not retired verify, others do not', () => {
  expect(readReturnPath(keys, `${returnPathOf(old, ID)}@b.example`)).toBe(ID);
  expect(readReturnPath(keys, `${returnPathOf(foreign, ID)}@b.example`)).toBeNull();
  expect(readReturnPath([], address)).toBeNull();
});

test('D7: a changed character anywhere makes it void', () => {
  const [local, domain] = address.split('@') as [string, string];
  for (let at = 2; at < local.length; at += 1) {
    for (const other of 'abcdefghijklmnopqrstuvwxyz234567') {
      if (other === local[at]) continue;
      expect([at, other, readReturnPath(keys, `${local.slice(0, at)}${other}${local.slice(at + 1)}@${domain}`)]).toEqual([at, other, null]);
    }
  }
});

test('any delivery comes back, any other text is null', () => {
  fc.assert(fc.property(fc.uuid({ version: [4, 7] }), (id) => { expect(readReturnPath(keys, `${returnPathOf(current, id)}@x.example`)).toBe(id); }));
  fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^b\+[a-z2-7]{37,41}@[a-z.]{1,9}$/)), (text) => { expect(readReturnPath(keys, text)).toBeNull(); }));
  for (const text of ['', '@', 'b+@x', returnPathOf(current, ID), `${address}@evil.example`, `x${address}`, address.repeat(500)]) expect(readReturnPath(keys, text)).toBeNull();
});
