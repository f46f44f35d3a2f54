import { expect, test } from '@jest/globals';
import { pageLanguage } from '../../src/access/domain/page-language.js';
import { passwordFault } from '../../src/access/domain/password.js';
import { permits } from '../../src/access/domain/permission.js';
import { expiryOf } from '../../src/access/domain/session-life.js';

test.each([
  ['ko-KR,ko;q=0.9,en;q=0.8', 'ko'], ['en-US,ko;q=0.5', 'en'], ['fr,ko;q=0.3,en;q=0.2', 'ko'], ['ko;q=0', 'en'], ['', 'en'], [undefined, 'en'], ['*', 'en'], ['ja', 'en'],
])('a browser that says %j reads %s', (header, expected) => {
  expect(pageLanguage(header)).toBe(expected);
});

test.each([
  ['아홉글자입니다만요', 'too-short'], ['열글자짜리비밀번호다', null], ['aaaaaaaaaaaaaaa', 'too-simple'], ['me@example.com', 'is-email'], ['ME@example.com', 'is-email'],
  ['correct horse battery', null], ['x1y2'.repeat(51), 'too-long'], ['👍👎😀🎉👍👎😀🎉👍', 'too-short'],
])('password %j: %s', (password, expected) => {
  expect(passwordFault(password, 'me@example.com')).toBe(expected);
});

test.each([
  ['owner', [], true], ['marketer', [], false], ['analyst', [], false], ['ingest', [], false],
  ['marketer', ['marketer'], true], ['analyst', ['marketer'], false], ['owner', ['marketer'], true], ['ingest', ['marketer', 'analyst'], false],
] as const)('%s at a route for %j: %s', (role, roles, expected) => {
  expect(permits({ kind: 'roles', roles }, role)).toBe(expected);
});

test('a session lives 14 days after its use and never past 60', () => {
  const made = new Date('2026-01-01T00:00:00Z');
  expect(expiryOf(made, made)).toEqual(new Date('2026-01-15T00:00:00Z'));
  expect(expiryOf(made, new Date('2026-02-28T00:00:00Z'))).toEqual(new Date('2026-03-02T00:00:00Z'));
});
