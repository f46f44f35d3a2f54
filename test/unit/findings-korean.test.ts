import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { KOREAN } from '../../src/campaigns/domain/findings-ko.js';

/** These name what they are about, so they say both languages where they are made. */
const SAID_THERE = ['protected-trait', 'reserved-attribute'];

test('every finding of the check has its words in Korean, and no words are left over', () => {
  const files = readdirSync('src/campaigns', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const codes = new Set(files.flatMap((name) => [...readFileSync(`src/campaigns/${name}`, 'utf8').matchAll(/\b(?:fault|warning)\(.*?, '([a-z-]+)',/g)].map(([, code]) => code!)));
  expect(codes.size).toBeGreaterThan(50);
  expect([...codes].filter((code) => !(code in KOREAN) && !SAID_THERE.includes(code))).toEqual([]);
  expect(Object.keys(KOREAN).filter((code) => !codes.has(code))).toEqual([]);
});
