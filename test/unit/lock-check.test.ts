import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

interface Audit { answered: boolean; faults: { isSevere: boolean; said: string }[] }
interface LockCheck {
  lockFaults(lock: unknown, allowScripts: Record<string, boolean>): string[];
  readAudit(text: string, accepted: Record<string, string>): Audit;
  sayAudit(of: string, audit: Audit): { lines: string[]; fails: boolean };
}
const script: string = '../../scripts/lock-check.mjs';
const { lockFaults, readAudit, sayAudit } = (await import(script)) as LockCheck;
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

const fault = (severity: string, id = 'GHSA-1') => JSON.stringify({ vulnerabilities: { a: { name: 'a', severity, via: [{ title: 'it breaks', severity, url: `https://example.com/advisories/${id}` }, 'b'] } } });
const ACCEPTED = { 'GHSA-1': 'not reached: we do not use it' };

test.each([
  ['a severe fault fails', fault('high'), {}, { lines: ['known faults of x: 1, of which 1 high or critical', 'a (high): it breaks https://example.com/advisories/GHSA-1'], fails: true }],
  ['so does a critical one', fault('critical'), {}, { lines: ['known faults of x: 1, of which 1 high or critical', expect.stringContaining('a (critical)')], fails: true }],
  ['a lesser one is told', fault('moderate'), {}, { lines: ['known faults of x: 1, of which 0 high or critical', 'a (moderate): it breaks https://example.com/advisories/GHSA-1'], fails: false }],
  ['one with a reason is not', fault('high'), ACCEPTED, { lines: ['known faults of x: none'], fails: false }],
  ['a reason is for one fault', fault('high', 'GHSA-2'), ACCEPTED, { lines: [expect.any(String), expect.stringContaining('GHSA-2')], fails: true }],
  ['none are said to be none', '{"vulnerabilities":{}}', {}, { lines: ['known faults of x: none'], fails: false }],
  ...['', 'npm error', '{"error":{"code":"ENOAUDIT"}}', '{"message":"405 Method Not Allowed"}', '{"vulnerabilities":null}', 'null'].map((text) =>
    [`${JSON.stringify(text)} is no answer, which is said and is not none`, text, {}, { lines: [expect.stringContaining('NO ANSWER')], fails: false }] as const),
] as const)('%s', (_, text, accepted, expected) => {
  expect(sayAudit('x', readAudit(text, accepted))).toEqual(expected);
});

test('each accepted fault has a reason', () => {
  for (const reason of Object.values(read('scripts/known-faults.json'))) expect(String(reason).length).toBeGreaterThan(20);
});
