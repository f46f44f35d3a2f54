import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Numbers of the locks that PostgreSQL keeps for us by agreement: 7305001 and on, and 7101 and on for those with a second part. Functions
 * of the schema (migrations) take those of the code that works with them.
 */
const NUMBER = /\b7_?(?:305_?\d{3}|10\d)\b/g;

test('each advisory lock has a number of its own: two that share one would wait for each other', () => {
  const places = new Map<string, string[]>();
  for (const file of readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts') && !name.includes('migrations/'))) {
    for (const [number] of readFileSync(join('src', file), 'utf8').matchAll(NUMBER)) {
      const key = number.replaceAll('_', '');
      places.set(key, [...(places.get(key) ?? []), file]);
    }
  }
  expect(places.size).toBeGreaterThan(15);
  expect([...places].filter(([, files]) => files.length > 1)).toEqual([]);
});
