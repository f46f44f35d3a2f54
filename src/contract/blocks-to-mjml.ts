import type { Block, Condition, EmailBlocks, InnerBlock, Paragraph, Run } from './email-blocks.js';

/*
 * Blocks become MJML here and nowhere else: the server derives the body of a message by it, the dashboard shows it. Pure, of
 * types alone. Words are escaped; what stands in double braces inside them is a template and stays one.
 */

/** An expression that ends where its author meant it to: quotations closed, no braces of its own, no comment. */
const EXPRESSION = /(\{\{(?![!{&])(?:[^{}"'\n\\]|"[^"\n{}\\]*"|'[^'\n{}\\]*')*\}\})/;
const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '{': '&#123;', '}': '&#125;', '\\': '&#92;' };
const betweenExpressions = (text: string, change: (fixed: string) => string): string => text.split(EXPRESSION).map((part, index) => (index % 2 === 1 ? part : change(part))).join('');
const escaped = (text: string): string => betweenExpressions(text, (fixed) => fixed.replace(/[&<>"{}\\]/g, (char) => ENTITIES[char]!));
/** Braces and backslashes of an address as it would send them; everything else as in text. */
const target = (url: string): string => betweenExpressions(url.trim(), (fixed) => fixed.replace(/[{}\\]/g, encodeURIComponent).replace(/[&<>"]/g, (char) => ENTITIES[char]!));
const lines = (text: string): string => escaped(text).replaceAll('\n', '<br />');

/** Names that are words of the template language when they stand alone. */
const RESERVED = new Set(['true', 'false', 'null', 'undefined', 'as', 'else', 'this']);
/** The parts of a path, without their brackets. */
const namesIn = (path: string): string[] => [...path.matchAll(/\[([^\]]*)\]|[^.[\]]+/g)].map(([plain, bracketed]) => bracketed ?? plain);
const pathOf = (path: string): string => namesIn(path).map((name) => (/^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name) && !RESERVED.has(name) ? name : `[${name}]`)).join('.');
/** Templates know neither exponents nor grouping. */
const numeral = (value: number): string => value.toLocaleString('en', { useGrouping: false, maximumFractionDigits: 10 });
const literal = (value: string | number | boolean): string => {
  if (typeof value === 'string') return value.includes('"') ? `'${value}'` : `"${value}"`;
  return typeof value === 'number' ? numeral(value) : String(value);
};

/** The template that a field in a text stands for. */
export const fieldTag = ({ field, default: fallback }: { field: string; default?: string | undefined }): string => (fallback === undefined ? `{{${pathOf(field)}}}` : `{{default ${pathOf(field)} ${literal(fallback)}}}`);

const OPERATORS = { is: 'eq', is_not: 'ne', contains: 'contains', gt: 'gt', lt: 'lt' } as const;
function shown(condition: Condition | undefined, mjml: string): string {
  if (!condition) return mjml;
  const field = pathOf(condition.field);
  const word = condition.op === 'missing' ? 'unless' : 'if';
  const asked = 'value' in condition ? `(${OPERATORS[condition.op]} ${field} ${literal(condition.value)})` : field;
  return `{{#${word} ${asked}}}\n${mjml}\n{{/${word}}}`;
}

function run(one: Run): string {
  let html = 'field' in one ? fieldTag(one) : lines(one.text);
  if (one.strike) html = `<s>${html}</s>`;
  if (one.underline) html = `<u>${html}</u>`;
  if (one.italic) html = `<em>${html}</em>`;
  if (one.bold) html = `<strong>${html}</strong>`;
  return one.href === undefined ? html : `<a href="${target(one.href)}">${html}</a>`;
}
const runs = (line: readonly Run[]): string => line.map(run).join('');

function paragraph(one: Paragraph, isLast: boolean): string {
  const margin = isLast ? '0' : '0 0 12px';
  if (one.type === 'paragraph') return `<p style="margin:${margin}">${runs(one.runs) || '&nbsp;'}</p>`;
  const tag = one.type === 'bullets' ? 'ul' : 'ol';
  return `<${tag} style="margin:${margin};padding-left:24px">${one.items.map((item) => `<li>${runs(item)}</li>`).join('')}</${tag}>`;
}

const HEADING_SIZE = { 1: 26, 2: 21, 3: 17 } as const;
const attributes = (all: Record<string, string | number | undefined>): string => Object.entries(all).map(([name, value]) => (value === undefined ? '' : ` ${name}="${value}"`)).join('');

type Of<T extends Block['type']> = Extract<Block, { type: T }>;
const PARTS: { [T in InnerBlock['type']]: (block: Of<T>) => string } = {
  heading: ({ level, runs: line, align }) => `<mj-text${attributes({ align })}><h${level} style="margin:0;font-size:${HEADING_SIZE[level]}px;line-height:1.3;word-break:keep-all">${runs(line)}</h${level}></mj-text>`,
  text: ({ paragraphs, align, small }) => `<mj-text${attributes({ align, ...(small ? { 'font-size': '14px', color: '#57606a' } : {}) })}>${paragraphs.map((one, index) => paragraph(one, index === paragraphs.length - 1)).join('')}</mj-text>`,
  button: (block) => button(block),
  image: (block) => image(block),
  divider: () => '<mj-divider />',
  spacer: ({ height }) => `<mj-spacer height="${height}px" />`,
  product: (block) => product(block),
};

const button = ({ label, href, align, color }: Pick<Of<'button'>, 'label' | 'href' | 'align' | 'color'>): string =>
  `<mj-button${attributes({ href: href.trim() === '' ? undefined : target(href), align, 'background-color': color, color: color && onColor(color) })}>${escaped(label)}</mj-button>`;

function image({ src, alt, href, width, align }: Pick<Of<'image'>, 'src' | 'alt' | 'href' | 'width' | 'align'>): string {
  const address = href === undefined || href.trim() === '' ? undefined : target(href);
  return `<mj-image${attributes({ src: target(src), alt: escaped(alt), href: address, width: width === undefined ? undefined : `${width}px`, align })} />`;
}

function product({ src, alt, title, note, price, label, href }: Of<'product'>): string {
  const words = [`<p style="margin:0;font-weight:600">${escaped(title)}</p>`, ...(note === '' ? [] : [`<p style="margin:4px 0 0;color:#57606a">${lines(note)}</p>`]), ...(price === '' ? [] : [`<p style="margin:4px 0 0">${escaped(price)}</p>`])];
  return [...(src.trim() === '' ? [] : [image({ src, alt, href })]), `<mj-text>${words.join('')}</mj-text>`, ...(label === '' ? [] : [button({ label, href })])].join('\n');
}

/** Words on a coloured ground that can be read: black or white, whichever has more contrast (WCAG 2.2). */
function onColor(color: string): string {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  const light = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 ? '#ffffff' : '#000000';
}

const inner = (block: InnerBlock): string => shown(block.showIf, PARTS[block.type](block as never));

/** One piece of the body and the place of the block that it is made of; null for what stands around blocks. */
interface Piece { mjml: string; block: string | null }
const around = (mjml: string): Piece => ({ mjml, block: null });
const OPEN = '<mj-section>\n<mj-column>';
const CLOSE = '</mj-column>\n</mj-section>';

function columns({ left, right, showIf }: Of<'columns'>, at: number): Piece[] {
  const [open = '', close = ''] = shown(showIf, '\0').split('\0');
  const inside = ([['left', left], ['right', right]] as const).flatMap(([side, column]) => [around('<mj-column>'), ...column.map((block, index) => ({ mjml: inner(block), block: `${at}.${side}.${index}` })), around('</mj-column>')]);
  return [{ mjml: `${open}<mj-section>`, block: String(at) }, ...inside, { mjml: `</mj-section>${close}`, block: String(at) }];
}

/** Blocks in a row share one section. */
function piecesOf(blocks: EmailBlocks): Piece[] {
  const pieces: Piece[] = [];
  let isOpen = false;
  const turn = (open: boolean) => {
    if (open !== isOpen) pieces.push(around(open ? OPEN : CLOSE));
    isOpen = open;
  };
  for (const [at, block] of blocks.entries()) {
    const isWide = block.type === 'columns' || block.type === 'mjml';
    turn(!isWide);
    if (block.type === 'columns') pieces.push(...columns(block, at));
    else pieces.push({ mjml: block.type === 'mjml' ? shown(block.showIf, block.mjml) : inner(block), block: String(at) });
  }
  turn(false);
  return pieces;
}

/** The MJML body that these blocks stand for: a sequence of `mj-section`. Empty without blocks. */
export const bodyOfBlocks = (blocks: EmailBlocks): string => piecesOf(blocks).map(({ mjml }) => mjml).join('\n');

/** The block that a line of {@link bodyOfBlocks} (from 1) was made of: `3`, or `3.left.1` inside columns; null for what stands around blocks. */
export function blockAtLine(blocks: EmailBlocks, line: number): string | null {
  let next = 1;
  for (const { mjml, block } of piecesOf(blocks)) {
    next += mjml.split('\n').length;
    if (line < next) return block;
  }
  return null;
}
