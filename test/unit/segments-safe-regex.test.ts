import { expect, test } from '@jest/globals';
import { translateRegex } from '../../src/segments/domain/safe-regex.js';

test.each([
  ['^/pricing', '(?:^\\U0000002fpricing)'],
  ['a+?b*', '(?:(?:a)+(?:b)*)'],
  ['(?<n>a|b){2,3}$', '(?:(?:(?:a|b)){2,3}$)'],
  ['[^\\d]', '(?:[\\U00000001-\\U0000002f\\U0000003a-\\U0010ffff])'],
  ['[가-힣]😀', '(?:[\\U0000ac00-\\U0000d7a3]\\U0001f600)'],
])('%s', (pattern, postgres) => {
  expect(translateRegex(pattern)).toEqual({ postgres });
});

test.each([
  ['', 'is empty'],
  ['a'.repeat(201), '201 characters'],
  ['(', 'cannot be read: Unterminated group'],
  ['a**', 'cannot be read: Nothing to repeat'],
  ['(a)\\1', 'back reference (\\1)'],
  ['(?<x>a)\\k<x>', 'back reference (\\k<x>)'],
  ['(?=a)b', 'Looking ahead or behind ((?=a))'],
  ['(?<!a)b', 'Looking ahead or behind ((?<!a))'],
  ['\\bword', '\\b (a word boundary)'],
  ['\\p{L}+', '\\p{L} is not supported'],
  ['(?i:a)', 'Flags inside a pattern (i)'],
  ['(?:^a|b)*', '^ inside a repetition'],
  ['a{101}', 'counts to 101'],
  ['a{101,}', 'counts to 101'],
  ['((a{10}){10}){4}', 'comes to 400 characters'],
  ['((.?){50}){4}', '200 characters that may be left out'],
  ['a\\0', '\\0 names a character that no stored text holds'],
  ['[\\ud800]', '\\ud800 names a character'],
])('%s is refused', (pattern, problem) => {
  expect(translateRegex(pattern)).toEqual({ problem: expect.stringContaining(problem) });
});
