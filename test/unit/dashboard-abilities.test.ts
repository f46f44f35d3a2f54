import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { ABILITIES } from '../../web/src/features/settings/abilities.js';

const { paths } = JSON.parse(readFileSync('openapi.json', 'utf8')) as { paths: Record<string, Record<string, { 'x-danbi-roles': string[] }>> };

test.each(ABILITIES.map(({ key, route, roles }) => [key, route, roles] as const))('what the team page says of "%s" is what %s demands', (_key, route, roles) => {
  const [method, path] = route.split(' ') as [string, string];
  expect([...new Set(paths[path]![method.toLowerCase()]!['x-danbi-roles'])].sort()).toEqual([...roles].sort());
});
