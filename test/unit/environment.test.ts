import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { Config, readConfig } from '../../src/platform/config.js';

const PAGE = readFileSync('docs/operations/environment.md', 'utf8');
const documented = [...PAGE.matchAll(/^\| `([A-Z][A-Z0-9_]+)` \|/gm)].map(([, name]) => name!);
/** Every variable the service can be told: what the configuration declares, by whatever name it reads. */
const declared = [...readFileSync('src/platform/config.ts', 'utf8').matchAll(/\b([A-Z][A-Z0-9_]{2,})\??: /g)].map(([, name]) => name!);

test('the table of the environment names every variable that is read, each once, and no other', () => {
  expect(declared.length).toBeGreaterThan(20);
  expect([...documented].sort()).toEqual([...new Set(declared)].sort());
});

test('what is declared is read: a wrong value of each that has a form is refused by its name', () => {
  const wrong: Record<string, string> = { PORT: '70000', PUBLIC_URL: 'nowhere', DATABASE_URL: 'mysql://x', SMTP_URL: 'http://x', ROLE: 'boss', LOG_LEVEL: 'loud', DATABASE_POOL: '1', INBOUND_PROTOCOL: 'x400', IMPORT_MAX_BYTES: '1', TRUSTED_PROXIES: 'us' };
  for (const [name, value] of Object.entries(wrong)) expect(() => readConfig({ [name]: value })).toThrow(name);
  const given = readConfig({ PORT: '4000', ROLE: 'worker' });
  expect([given.PORT, given.ROLE, given.HOST]).toEqual([4000, 'worker', new Config().HOST]);
});

test('nothing else of the service asks the environment by itself', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const asking = files.filter((name) => /process\.env\s*[.[]/.test(readFileSync(`src/${name}`, 'utf8')));
  expect(asking).toEqual([]);
});

test('the unit, the container and the compose file set no variable that is not known', () => {
  const named = (file: string, pattern: RegExp) => [...readFileSync(file, 'utf8').matchAll(pattern)].map(([, name]) => name!);
  const used = [
    ...named('Dockerfile', /\b([A-Z_]+)=\S+/g), ...named('packaging/danbi.service', /^Environment=.*?\b(DATA_DIR)=/gm),
    ...named('compose.yaml', /^ {6}([A-Z_]+): /gm).filter((name) => !name.startsWith('POSTGRES_')),
  ].filter((name) => name !== 'NODE_ENV');
  expect(used.length).toBeGreaterThan(5);
  expect(used.filter((name) => !declared.includes(name))).toEqual([]);
});
