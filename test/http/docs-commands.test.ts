import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '../../src/kernel/ids.js';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { ELSEWHERE } from '../support/docs/elsewhere.js';
import { commandsOf, fencesOf, site, unlike } from '../support/docs/pages.js';
import { lastAnswer, play } from '../support/docs/session.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** Every page of the site, and which of them are read one after the other in one terminal. */
const PAGES = site.places().map(([file]) => file);
const TOGETHER: string[][] = [['README.md', 'docs/going-live.md']];
/** Those of TOGETHER last: they set the installation up to send. */
const sessions = [...PAGES.filter((file) => !TOGETHER.flat().includes(file)).map((file) => [file]), ...TOGETHER].filter((files) => files.some((file) => commandsOf(file).length > 0));

const elsewhere = new Set(ELSEWHERE.map(({ line }) => line));
/** A block without the lines that something else runs. */
const here = (text: string) => text.split('\n').filter((line) => !elsewhere.has(line.trim())).join('\n');

/** Not for a terminal of this repository: what a site of the reader installs, from a folder that test/browser/sdk-* load. */
const INSTALLED = 'sdk/README.md: npm install danbi-js        # the folder dist/sdk/npm of a build';

let app: TestApp;
const clock = new VirtualClock(new Date());
beforeAll(async () => {
  if (!existsSync('dist/src/cli.js')) throw new Error('dist/src/cli.js is missing: run `npm run build` first');
  app = await startTestApp({ clock });
  // The owner whom the form of the set-up makes.
  await rows(app.db, `insert into app_user (id, email, name, role, created_at) values ($1, 'owner@example.org', 'Owner', 'owner', now())`, [newId()]);
});
afterAll(() => app.close());

describe('the commands of the guides', () => {
  test.each(sessions.map((files) => [files.join(', '), files] as const))('%s: run from the first line to the last, and answer as shown', async (_, files) => {
    const blocks = files.flatMap((file) => commandsOf(file).map((block) => ({ ...block, file, text: here(block.text) }))).filter(({ text }) => text.trim() !== '');
    const two = { STAGING: app.url, STAGING_KEY: app.key, PRODUCTION: app.url, PRODUCTION_KEY: app.key };
    const { printed, failedAt, said } = await play(app, clock, blocks, two);
    if (failedAt !== null) throw new Error(`${blocks[failedAt]!.file}:${blocks[failedAt]!.line} fails:\n${blocks[failedAt]!.text}\n${said}\n${printed[failedAt]}`);
    const faults = blocks.flatMap(({ file, line, answer }, index) => (answer === undefined ? [] : unlike(answer, lastAnswer(printed[index]!)).map((fault) => `${file}:${line}: ${fault}`)));
    expect(faults).toEqual([]);
  }, 300_000);

  test('what is run elsewhere stands in a page, and what runs it is there', () => {
    const lines = new Set(PAGES.flatMap((file) => commandsOf(file).flatMap(({ text }) => text.split('\n').map((line) => line.trim()))));
    const present = ELSEWHERE.filter(({ page }) => page === undefined || existsSync(page));
    expect(present.filter(({ line }) => !lines.has(line))).toEqual([]);
    expect(present.filter(({ by, saying }) => by !== undefined && !readFileSync(by, 'utf8').includes(saying ?? ''))).toEqual([]);
  });

  test('commands are marked sh, so that none is passed over', () => {
    expect(PAGES.flatMap((file) => fencesOf(file).filter(({ language }) => ['bash', 'shell', 'console', 'zsh'].includes(language)).map(({ line }) => `${file}:${line}`))).toEqual([]);
    const unmarked = PAGES.flatMap((file) => fencesOf(file).filter(({ language, text }) => language === '' && /^(?:npm|curl|danbi|docker|node|git) /m.test(text)).map(({ line }) => `${file}:${line}`));
    expect(unmarked).toEqual([]);
    // What is set in by four spaces or fenced with tildes, or fenced in a list, is code for a reader and nothing for the functions above.
    const hidden = /^ {4,}(?:\$ )?(?:npm|npx|curl|danbi|docker|node|git|psql|pg_\w+|systemctl) .*$|^ *~~~.*$|^ +```(?:sh|bash|shell|console|zsh)\b.*$/gm;
    expect(PAGES.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(hidden)].map(([line]) => `${file}: ${line.trim()}`)).filter((line) => line !== INSTALLED)).toEqual([]);
  });
});
