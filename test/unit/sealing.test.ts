import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { addKeyToFile, keyFileOf, makeKeyFile, readKeys } from '../../src/platform/secrets/key-ring.js';
import { keyIdOf, keyOf, newMaster, openWith, readMaster, sealWith } from '../../src/platform/secrets/sealing.js';

const KEY = keyOf(Buffer.alloc(32, 1));
let folder: string;
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'danbi-keys-')); });
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(['', 's3cret', '비밀번호', 'dnb1.00000000.abc', 'x'.repeat(5_000)])('what is sealed opens in its place: %.20s', (plain) => {
  const sealed = sealWith(KEY, 'relay.password', 'row-1', plain);
  expect(keyIdOf(sealed)).toBe(KEY.id);
  expect(plain === '' || !sealed.includes(plain)).toBe(true);
  expect(openWith(KEY, 'relay.password', 'row-1', sealed)).toBe(plain);
  expect(sealWith(KEY, 'relay.password', 'row-1', plain)).not.toBe(sealed);
});

test('moved to another row or column, changed in any character, or opened with another key, it does not open', () => {
  const sealed = sealWith(KEY, 'relay.password', 'row-1', 's3cret');
  expect(() => openWith(KEY, 'relay.password', 'row-2', sealed)).toThrow();
  expect(() => openWith(KEY, 'webhook_secret.secret', 'row-1', sealed)).toThrow();
  expect(() => openWith(keyOf(Buffer.alloc(32, 2)), 'relay.password', 'row-1', sealed)).toThrow();
  const bytes = Buffer.from(sealed.slice(14), 'base64url');
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    expect(() => openWith(KEY, 'relay.password', 'row-1', `dnb1.${KEY.id}.${changed.toString('base64url')}`)).toThrow();
  }
  expect(() => openWith(KEY, 'relay.password', 'row-1', sealed.slice(0, -4))).toThrow();
});

test.each([
  ['a password', null], ['', null], ['dnb1.short', null], ['dnb1.zzzzzzzz.' + 'a'.repeat(40), null], [sealWith(KEY, 'relay.password', '1', ''), KEY.id],
])('%.20s is told from a value that an earlier release left readable', (stored, id) => expect(keyIdOf(stored)).toBe(id));

test.each([
  [Buffer.alloc(32, 9).toString('base64'), true], [Buffer.alloc(32, 9).toString('base64url'), true], [Buffer.alloc(32, 9).toString('hex'), true], [newMaster(), true],
  ['a passphrase', false], ['a'.repeat(42), false], [Buffer.alloc(31, 9).toString('hex'), false], [Buffer.alloc(33, 9).toString('base64'), false],
])('a key is 32 bytes in base64 or hex: %s', (text, right) => expect(readMaster(text) !== null).toBe(right));

test('the file is made once for its owner alone, takes a new key in front, and stands behind the environment', async () => {
  const file = keyFileOf(folder);
  await Promise.all([makeKeyFile(file), makeKeyFile(file)]);
  const text = await readFile(file, 'utf8');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await makeKeyFile(file);
  expect(await readFile(file, 'utf8')).toBe(text);
  const [first] = readKeys({ environment: undefined, file });
  await addKeyToFile(file);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const both = readKeys({ environment: undefined, file });
  expect(both.map(({ id }) => id)).toEqual([both[0]!.id, first!.id]);
  const here = Buffer.alloc(32, 5).toString('hex');
  expect(readKeys({ environment: `${here}, ${here}`, file }).map(({ id }) => id)).toEqual([keyOf(Buffer.alloc(32, 5)).id, ...both.map(({ id }) => id)]);
  expect(() => readKeys({ environment: 'my dog', file })).toThrow('DANBI_SECRET_KEY must hold 32 random bytes');
  await writeFile(file, 'nonsense');
  expect(() => readKeys({ environment: undefined, file })).toThrow(`The file ${file} must hold`);
});
