// Which files of the repository are pages of the documentation site, under which address, and what their links lead to.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Pages that stand elsewhere than in docs/: file of the repository → address of the page, without its ending. */
const ELSEWHERE = { 'README.md': 'readme', 'CHANGELOG.md': 'changelog', 'SECURITY.md': 'security', 'sdk/README.md': 'reference/sdk', 'web/README.md': 'inside/web' };

const filesIn = (folder, ending) => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(ending) && !name.includes('node_modules')).map((name) => posix.join(folder, name)).toSorted();
const addressOf = (path) => path.replace(/\.md$/, '').replace(/(^|\/)README$/, '$1index');

/** @returns every page as `[file of the repository, address in the site]`, addresses without a slash before and an ending behind */
export function places() {
  return [
    ...filesIn('docs', '.md').map((file) => [file, addressOf(file.slice('docs/'.length))]),
    ...filesIn('src', 'README.md').map((file) => [file, `inside/${dirname(file).slice('src/'.length)}`]),
    ...Object.entries(ELSEWHERE),
  ];
}

/** The text outside of fences and of code in a line, where links are links. Everything else is blanked, so that places stay the same. */
export const withoutCode = (text) => text.replaceAll(/^(```+)[^\n]*\n[\s\S]*?^\1[ \t]*$/gm, blank).replaceAll(/(`+)(?!`)[^\n]*?[^`]\1(?!`)/g, blank);
const blank = (part) => part.replaceAll(/[^\n]/g, ' ');

const LINK = /(!?)\[((?:[^\][]|\[[^\][]*\])*)\]\(([^)\s]+)\)/g;
const FIELD = /^((?: *-)? +(?:link|src|light|dark): )(\S+)$/gm;

/** Links of a page: markdown's, and those of the first page's front matter. @returns where each stands and what it names */
export function linksOf(text) {
  const said = withoutCode(text);
  const front = /^---\n[\s\S]*?\n---\n/.exec(text)?.[0].length ?? 0;
  return [
    ...[...said.matchAll(LINK)].map((match) => ({ at: match.index, whole: text.slice(match.index, match.index + match[0].length), picture: match[1] === '!', words: text.slice(match.index, match.index + match[0].length).replace(/^!?\[/, '').replace(/\]\([^)]*\)$/, ''), to: match[3] })),
    ...[...text.slice(0, front).matchAll(FIELD)].map((match) => ({ at: match.index, whole: match[0], picture: /(src|light|dark): $/.test(match[1]), front: match[1], to: match[2] })),
  ].toSorted((a, b) => a.at - b.at);
}

/** How the site writes the name of a heading into an address; as VitePress does for letters, digits and simple punctuation. */
export const slugOf = (heading) => heading.replaceAll('`', '').replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').normalize('NFKD').replaceAll(/[\u0300-\u036F]/g, '').replaceAll(/[\s~`!@#$%^&*()\-_+=[\]{}|\\;:"'“”‘’<>,.?/]+/g, '-').replaceAll(/-{2,}/g, '-').replaceAll(/^-+|-+$/g, '').replace(/^(\d)/, '_$1').toLowerCase().normalize('NFC');
const headingsOf = (text) => [...text.replaceAll(/^(```+)[^\n]*\n[\s\S]*?^\1[ \t]*$/gm, blank).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => slugOf(heading));

/** The first heading of a page. */
export const headingOf = (file) => /^# (.+)$/m.exec(readFileSync(join(ROOT, file), 'utf8'))?.[1].replaceAll('`', '') ?? file;

/** What is wrong with the links of a page: a file or a heading that is not there. @returns one sentence each */
export function linkFaults(file, text = readFileSync(join(ROOT, file), 'utf8')) {
  return linksOf(text).flatMap(({ at, to }) => {
    if (/^(https?:|mailto:)/.test(to)) return [];
    const line = text.slice(0, at).split('\n').length;
    const [path, heading] = to.split('#');
    const target = path === '' ? file : posix.join(dirname(file), decodeURI(path));
    if (!existsSync(join(ROOT, target))) return [`${file}:${line}: ${to} is not there`];
    if (heading && target.endsWith('.md') && !headingsOf(path === '' ? text : readFileSync(join(ROOT, target), 'utf8')).includes(decodeURI(heading))) return [`${file}:${line}: ${to}: there is no such heading`];
    return [];
  });
}

/**
 * The page as the site has it: links to other pages lead to their addresses, pictures to `pictures/`, links to files that are no pages become
 * what they say. @param known file → address @param pictures collects the files of pictures that are needed
 */
export function pageOf(file, address, text, known, pictures) {
  let out = '';
  let from = 0;
  for (const { at, whole, picture, words, to, front } of linksOf(text)) {
    out += text.slice(from, at);
    from = at + whole.length;
    const [path, heading] = to.split('#');
    const target = posix.join(dirname(file), decodeURI(path));
    // A link that says no more than the name of the file says its heading here.
    const title = known.has(target) && /^`?[\w./-]+\.md`?$/.test(words ?? '') ? headingOf(target) : words;
    const write = (link) => (front === undefined ? `${picture ? '!' : ''}[${title}](${link})` : `${front}${link}`);
    if (/^(https?:|mailto:|#)/.test(to)) out += whole;
    else if (picture) { pictures.add(target); out += write(front === undefined ? `${'../'.repeat(address.split('/').length - 1) || './'}pictures/${basename(target)}` : `/pictures/${basename(target)}`); }
    else if (known.has(target)) out += write(`/${known.get(target)}${front === undefined ? '.md' : ''}${heading ? `#${heading}` : ''}`);
    else out += front === undefined ? words : whole;
  }
  return (out + text.slice(from)).replaceAll(/^<!--[\s\S]*?-->\n/gm, '');
}
