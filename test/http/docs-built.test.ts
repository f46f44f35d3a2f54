import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { deadEnds, readPage, readSite, type Built } from '../support/docs/built.js';
import { site } from '../support/docs/pages.js';

const folder = mkdtempSync(join(tmpdir(), 'danbi-docs-'));
let built: Built;
beforeAll(async () => {
  await promisify(execFile)(process.execPath, ['site/build.mjs', '--out', folder], { maxBuffer: 1 << 26 });
  built = readSite(folder);
}, 600_000);
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

/** VitePress makes this one, in one language. */
const NOT_OURS = '404.html';
const faultsOf = (look: (file: string, page: ReturnType<typeof readPage>) => string[]) => [...built.pages].filter(([file]) => file !== NOT_OURS).flatMap(([file, page]) => look(file, page));

describe('the documentation site as it is built', () => {
  test('every page of the repository is in it, with a title of its own and its language', () => {
    expect(site.places().map(([, address]) => `${address}.html`).filter((file) => !built.pages.has(file))).toEqual([]);
    expect(faultsOf((file, { language, title, headings }) => [
      ...(language === (file.startsWith('ko/') ? 'ko' : 'en') ? [] : [`${file}: its language is "${language}"`]),
      ...(/\S/.test(title) && (!['Danbi', '단비'].includes(title.trim()) || /^(?:(?:ko\/)?index|readme)\.html$/.test(file)) ? [] : [`${file}: its title is "${title}"`]),
      ...(headings.length > 0 ? [] : [`${file}: no heading`]),
    ])).toEqual([]);
  });

  test('every link, place in a page, picture, style and script is there', () => {
    expect([...built.pages.values()].reduce((sum, { links }) => sum + links.length, 0)).toBeGreaterThan(10_000);
    expect(deadEnds(built)).toEqual([]);
    const styles = [...built.files].filter((file) => file.endsWith('.css'));
    expect(styles.flatMap((file) => [...built.text(file).matchAll(/url\((?!["']?data:)([^)]*)\)/g)].map(([whole]) => `${file}: ${whole}`))).toEqual([]);
  });

  test('a link to nowhere would be found', () => {
    const page = readPage('<html lang="en"><title>A</title><a id="here" href="#here">a</a> <a href="/b/#none">b</a> <a href="c.html">c</a> <img src="/pictures/d.png"> <a href="https://example.org/x">e</a>');
    expect(deadEnds({ files: new Set(['a.html', 'b/index.html']), pages: new Map([['a.html', page], ['b/index.html', readPage('')]]), text: () => '' })).toEqual(['a.html: /b/#none: there is no such place', 'a.html: c.html is not there', 'a.html: /pictures/d.png is not there']);
    expect(page).toMatchObject({ language: 'en', title: 'A', unnamed: ['/pictures/d.png'] });
  });

  test('pictures are pictures, and say what they show', () => {
    const pictures = [...built.files].filter((file) => /\.(?:png|svg|jpe?g|webp|gif)$/.test(file));
    expect(pictures.length).toBeGreaterThan(20);
    const begins = (file: string) => (file.endsWith('.png') ? readFileSync(join(folder, file)).subarray(0, 8).toString('latin1') === '\u0089PNG\r\n\u001A\n' : /<svg\b/.test(built.text(file)));
    expect(pictures.filter((file) => !begins(file))).toEqual([]);
    expect(faultsOf((file, { unnamed }) => unnamed.map((to) => `${file}: ${to}`))).toEqual([]);
  });

  test('the reference shows every operation of openapi.json', () => {
    const { paths } = JSON.parse(readFileSync('openapi.json', 'utf8')) as { paths: Record<string, object> };
    const operations = Object.entries(paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`));
    // A heading ends with the sign by which it is linked to, which has no width.
    const shown = faultsOf((file, { headings }) => (file.startsWith('api/') ? headings.map((heading) => heading.replaceAll('\u200B', '').trim()).filter((heading) => /^[A-Z]+ \//.test(heading)) : []));
    expect(operations.length).toBeGreaterThan(200);
    expect(shown.toSorted()).toEqual(operations.toSorted());
  });

  test('it runs under a strict policy, fetches nothing from elsewhere, and says nothing of the machine that built it', () => {
    expect([...built.pages].flatMap(([file, { inline, fetched }]) => [...(inline > 0 ? [`${file}: ${inline} scripts in the page`] : []), ...fetched.filter((to) => /^(?:https?:)?\/\//.test(to)).map((to) => `${file}: ${to}`)])).toEqual([]);
    const machine = [folder, ...['site', 'docs', 'src', 'test', 'web', 'sdk', 'node_modules', 'openapi.json'].map((name) => resolve(name)), '/site/node_modules/', 'file:///', '/Users/', '/root/'];
    const texts = [...built.files].filter((file) => /\.(?:html|js|css|json|svg)$/.test(file));
    expect(texts.flatMap((file) => { const text = built.text(file); return machine.filter((path) => text.includes(path)).map((path) => `${file}: ${path}`); })).toEqual([]);
  });
});
