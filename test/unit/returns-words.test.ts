import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { classify, kindOf } from '../../src/delivery/returns/domain/classify.js';

/** Lines of `category | words`; headings name the server. */
const cases = readFileSync('test/cases/server-words.txt', 'utf8').split('\n').filter((line) => line !== '' && !line.startsWith('#')).map((line) => {
  const at = line.indexOf(' | ');
  return { category: line.slice(0, at), words: line.slice(at + 3) };
});

test('the table is a table', () => {
  expect(cases.length).toBeGreaterThanOrEqual(150);
});

test.each(cases)('$category: $words', ({ category, words }) => {
  const found = classify({ words });
  // What is about us may be called by another of our faults; what is about the person may not.
  expect({ kind: found.kind, category: found.category }).toEqual({ kind: kindOf(category as typeof found.category), category });
});
