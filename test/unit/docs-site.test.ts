import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { site } from '../support/docs/pages.js';

interface Item { text: string; link?: string; items?: Item[] }
interface Menu { sidebars(lists: object): Record<'en' | 'ko', Record<string, Item[]>>; navigation(language: 'en' | 'ko'): Item[] }
interface Api { apiPages(document: unknown): [address: string, text: string][]; apiTags(document: unknown): Item[] }
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
const [menuFile, apiFile]: string[] = ['../../site/.vitepress/menu.mjs', '../../site/api-pages.mjs'];
const { sidebars, navigation } = (await import(menuFile!)) as Menu;
const { apiPages, apiTags } = (await import(apiFile!)) as Api;

const pages = site.places();
const document = read('openapi.json');
const api = apiPages(document);

describe('the documentation site', () => {
  test('every link leads to a file and a heading that are there, every picture too', () => {
    expect(pages.length).toBeGreaterThan(90);
    expect(pages.flatMap(([file]) => site.linkFaults(file))).toEqual([]);
  });

  test('a link to nowhere would be found', () => {
    const faults = (text: string) => (site.linkFaults as (file: string, text: string) => string[])('docs/index.md', text);
    expect(faults('[a](nowhere.md) ![b](pictures/none.png) [c](segments.md#no-such-heading) `[code](x.md)`\n```\n[fence](y.md)\n```\n[d](segments.md#definitions)')).toEqual(['docs/index.md:1: nowhere.md is not there', 'docs/index.md:1: pictures/none.png is not there', 'docs/index.md:1: segments.md#no-such-heading: there is no such heading']);
  });

  test('no two files are one page', () => {
    expect(new Set(pages.map(([, address]) => address)).size).toBe(pages.length);
  });

  test('the bars lead to pages', () => {
    const there = new Set([...pages.map(([, address]) => `/${address}`), ...api.map(([address]) => `/${address}`)]);
    const links = (items: Item[]): string[] => items.flatMap(({ link, items: more }) => [...(link ? [link] : []), ...links(more ?? [])]);
    const bars = sidebars({ api: apiTags(document), decisions: [], inside: [], operations: [] });
    const all = [...Object.values(bars.en), ...Object.values(bars.ko), navigation('en'), navigation('ko')].flatMap(links);
    expect(all.length).toBeGreaterThan(50);
    expect(all.filter((link) => !there.has(link) && !there.has(`${link}index`))).toEqual([]);
  });

  test('every route of the API is in its reference, once', () => {
    const routes = Object.entries(document.paths as Record<string, object>).flatMap(([path, item]) => Object.keys(item).map((method) => `## ${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`));
    const headings = api.flatMap(([, text]) => text.split('\n').filter((line) => /^## [A-Z]+ \//.test(line)));
    expect(headings.toSorted()).toEqual(routes.toSorted());
  });

  test('what pages tell to run with npm is a script', () => {
    const scripts = read('package.json').scripts as Record<string, string>;
    const named = pages.flatMap(([file]) => [...readFileSync(file, 'utf8').matchAll(/npm run (?:--silent |-s )?([a-z][\w:-]*)/g)].map(([, name]) => ({ file, name: name! })));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter(({ name }) => !(name in scripts))).toEqual([]);
  });

  const textsOf = (words: unknown): string[] => (typeof words === 'string' ? [words] : Object.values(words as object).flatMap(textsOf));
  test.each([['en', 'docs/guide/marketer.md'], ['ko', 'docs/ko/guide/marketer.md']])('words of the screen in the marketer’s guide (%s) are on the screen', (language, file) => {
    const folder = `web/src/i18n/${language}`;
    const there = [...readdirSync(folder).filter((name) => name.endsWith('.json')).flatMap((name) => textsOf(read(`${folder}/${name}`))), readFileSync('src/access/http/pages/words.ts', 'utf8')].join('\n').toLowerCase();
    const said = [...readFileSync(file, 'utf8').replaceAll(/`[^`]*`/g, '').matchAll(/(?<![*\w])\*([^*\n]+)\*(?!\*)/g)].flatMap(([, words]) => words!.split(' → ')).map((words) => words.replace(/ ?…$/, '').trim());
    expect(said.length).toBeGreaterThan(60);
    expect(said.filter((words) => !there.includes(words.toLowerCase()))).toEqual([]);
  });

  test('nothing is fetched from elsewhere: no font, script or picture of another host', () => {
    expect(pages.flatMap(([file]) => site.linksOf(readFileSync(file, 'utf8')).filter(({ picture, to }) => picture && /^https?:/.test(to)).map(({ to }) => `${file}: ${to}`))).toEqual([]);
    expect(readFileSync('site/.vitepress/theme/index.js', 'utf8')).toContain('theme-without-fonts');
    expect(existsSync('site/package-lock.json')).toBe(true);
  });
});
