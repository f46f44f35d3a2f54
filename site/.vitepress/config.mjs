import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitepress';
import { apiTags } from '../api-pages.mjs';
import { headingOf, places, ROOT } from '../places.mjs';
import { navigation, sidebars } from './menu.mjs';
import { KOREAN_WORDS } from './words-ko.mjs';

const base = process.env.DANBI_DOCS_BASE ?? '/';
const scripts = new Map();
const api = apiTags(JSON.parse(readFileSync(join(ROOT, 'openapi.json'), 'utf8')));
/** Pages of a folder as entries of the side bar, by their headings. */
const listed = (prefix) => places().filter(([, address]) => address.startsWith(prefix) && !address.endsWith('/index')).map(([file, address]) => ({ text: headingOf(file), link: `/${address}` }));
const menu = sidebars({ api, decisions: listed('decisions/'), inside: listed('inside/'), operations: listed('operations/') });

/** Pages that are found by their headings alone, so that tables of fields do not bury everything else. */
const BY_HEADINGS = /^(?:api\/|routes\.md|changelog\.md)/;

export default defineConfig({
  srcDir: 'pages',
  outDir: '../dist/docs',
  base,
  cleanUrls: false,
  lastUpdated: false,
  metaChunk: true,
  ignoreDeadLinks: 'localhostLinks',
  head: [['link', { rel: 'icon', href: `${base}icon.svg`, type: 'image/svg+xml' }]],
  title: 'Danbi',
  description: 'Self-hosted lifecycle messaging and campaign automation',
  locales: { root: { label: 'English', lang: 'en', themeConfig: { nav: navigation('en'), sidebar: menu.en } }, ko: { label: '한국어', lang: 'ko', title: '단비', description: '직접 운영하는 라이프사이클 메시지와 캠페인 자동화', themeConfig: { nav: navigation('ko'), sidebar: menu.ko, ...KOREAN_WORDS } } },
  themeConfig: {
    logo: '/icon.svg',
    /** Pages that stand in both languages: from one of them the other language's is a click away. */
    both: places().map(([, address]) => `${address}.md`).filter((page) => page.startsWith('ko/')).map((page) => page.slice('ko/'.length)),
    outline: { level: [2, 3] },
    search: {
      provider: 'local',
      options: {
        locales: { ko: { translations: KOREAN_WORDS.searchWords } },
        _render(source, env, markdown) {
          const page = BY_HEADINGS.test(env.relativePath) ? source.split('\n').filter((line) => /^#{1,3} /.test(line)).join('\n\n') : source;
          return markdown.render(page, env);
        },
      },
    },
  },
  markdown: {
    // Pages are text: `<name>` and `{{person.firstName}}` in them are what they say, and never markup or an expression.
    html: false,
    attrs: false,
    config(markdown) {
      for (const rule of ['text', 'code_inline']) {
        const given = markdown.renderer.rules[rule] ?? markdown.renderer.rules.text;
        markdown.renderer.rules[rule] = (...parts) => given(...parts).replaceAll('{{', '&#123;&#123;');
      }
    },
  },
  /** Scripts of a page stand in files, so that the site runs under `script-src 'self'`. */
  transformHtml(html) {
    return html.replaceAll(/<script id="(check-[\w-]+)">([\s\S]*?)<\/script>/g, (_, name, text) => {
      scripts.set(`${name}.js`, text);
      return `<script src="${base}${name}.js"></script>`;
    });
  },
  buildEnd({ outDir }) {
    for (const [name, text] of scripts) writeFileSync(join(outDir, name), text);
  },
});
