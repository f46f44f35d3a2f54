import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

interface LockCheck { lockFaults(lock: unknown, allowScripts: Record<string, boolean>): string[]; auditFaults(text: string, accepted: Record<string, string>): string[] | null }
const script: string = '../../scripts/lock-check.mjs';
const { lockFaults, auditFaults } = (await import(script)) as LockCheck;
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

const HASH = `sha512-${'a'.repeat(86)}==`;
const lock = (more: object) => ({ packages: { '': { version: '1' }, 'node_modules/a': { version: '1.0.0', integrity: HASH, ...more } } });

test('the committed lock files have nothing to complain about', () => {
  const { allowScripts } = read('package.json');
  expect(lockFaults(read('package-lock.json'), allowScripts)).toEqual([]);
  expect(lockFaults(read('web/package-lock.json'), {})).toEqual([]);
  expect(lockFaults(read('site/package-lock.json'), {})).toEqual([]);
});

test.each([
  [{}, {}, null],
  [{ integrity: undefined }, {}, 'has no SHA-512'],
  [{ integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }, {}, 'has no SHA-512'],
  [{ resolved: 'https://evil.example/a.tgz' }, {}, 'names a host: https://evil.example/a.tgz'],
  [{ resolved: 'git+ssh://git@example.com/a.git' }, {}, 'names a host'],
  [{ hasInstallScript: true }, {}, 'runs a script at installation'],
  [{ hasInstallScript: true }, { a: false }, null],
  [{ hasInstallScript: true, optional: true }, {}, 'runs a script at installation'],
])('%j with %j', (more, allow, fault) => {
  expect(lockFaults(lock(more), allow)).toEqual(fault === null ? [] : [expect.stringContaining(fault)]);
});

const ANSWER = JSON.stringify({ vulnerabilities: { a: { name: 'a', severity: 'high', via: [{ title: 'it breaks', url: 'https://example.com/advisories/GHSA-1' }, 'b'] } } });

test('faults that the registry knows are told, those with a reason are not, and no answer is none', () => {
  expect(auditFaults(ANSWER, {})).toEqual(['a (high): it breaks https://example.com/advisories/GHSA-1']);
  expect(auditFaults(ANSWER, { 'GHSA-1': 'not reached: we do not use it' })).toEqual([]);
  for (const text of ['', 'npm error', '{"error":{"code":"ENOAUDIT"}}', '{"message":"down"}']) expect(auditFaults(text, {})).toBeNull();
  for (const reason of Object.values(read('scripts/known-faults.json'))) expect(String(reason).length).toBeGreaterThan(20);
});
