import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { Parser } from 'htmlparser2';

/** What a built page says of itself. @property links where its links, pictures, styles and scripts lead, as written @property inline scripts that stand in the page @property unnamed pictures without a text for who does not see them */
export interface BuiltPage { language: string; title: string; headings: string[]; ids: Set<string>; links: string[]; fetched: string[]; inline: number; unnamed: string[] }

const ATTRIBUTES: Record<string, string> = { a: 'href', link: 'href', script: 'src', img: 'src', source: 'src', video: 'src', iframe: 'src' };

/** Reads a page as a browser would. */
export function readPage(html: string): BuiltPage {
  const page: BuiltPage = { language: '', title: '', headings: [], ids: new Set(), links: [], fetched: [], inline: 0, unnamed: [] };
  const open: string[] = [];
  const parser = new Parser({
    onopentag(name, given) {
      open.push(name);
      if (name === 'html') page.language = given.lang ?? '';
      if (given.id !== undefined) page.ids.add(given.id);
      if (/^h[1-6]$/.test(name)) page.headings.push('');
      if (name === 'script' && given.src === undefined && given.type !== 'application/json') page.inline += 1;
      if (name === 'img' && given.alt === undefined) page.unnamed.push(given.src ?? '');
      const to = given[ATTRIBUTES[name] ?? ''];
      if (to === undefined) return;
      page.links.push(to);
      if (name !== 'a') page.fetched.push(to);
    },
    ontext(text) {
      if (open.at(-1) === 'title' && !open.includes('svg')) page.title += text;
      if (open.some((name) => /^h[1-6]$/.test(name))) page.headings.push((page.headings.pop() ?? '') + text);
    },
    onclosetag() { open.pop(); },
  });
  parser.end(html);
  return page;
}

/** A built site: its files by their place under the folder, and its pages. */
export interface Built { files: Set<string>; pages: Map<string, BuiltPage>; text(file: string): string }

export function readSite(folder: string): Built {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => posix.join(entry.parentPath, entry.name).slice(folder.length + 1));
  const text = (file: string) => readFileSync(join(folder, file), 'utf8');
  return { files: new Set(files), pages: new Map(files.filter((file) => file.endsWith('.html')).map((file) => [file, readPage(text(file))])), text };
}

/** What a link of a page leads to: a file of the site, with the name of a place in it; null where it leads out of it. */
function targetOf(from: string, to: string): { file: string; place: string } | null {
  const url = new URL(to, `http://site.test/${from}`);
  if (url.host !== 'site.test') return null;
  const path = decodeURIComponent(url.pathname).slice(1);
  return { file: path === '' || path.endsWith('/') ? `${path}index.html` : path, place: decodeURIComponent(url.hash.slice(1)) };
}

/** Links, pictures, styles and scripts that lead to a file that the site has not, or to a place that the page has not. @returns one line each */
export function deadEnds({ files, pages }: Built): string[] {
  return [...pages].flatMap(([from, { links }]) => [...new Set(links)].flatMap((to) => {
    const target = targetOf(from, to);
    if (target === null) return [];
    if (!files.has(target.file)) return [`${from}: ${to} is not there`];
    return target.place === '' || pages.get(target.file)?.ids.has(target.place) ? [] : [`${from}: ${to}: there is no such place`];
  }));
}
