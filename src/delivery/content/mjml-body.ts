import { QuoteType, Tokenizer } from 'htmlparser2';
import { restore, type CheckedTemplate } from './template-check.js';
import { TemplateFault } from './template-source.js';
import { asciiTarget, decodeAttribute, isImageTarget } from './targets.js';

/** Elements whose content is HTML, kept as it is. Elsewhere MJML drops text without a word. */
const TEXT_ELEMENTS = new Set(['mj-text', 'mj-button', 'mj-raw', 'mj-table', 'mj-navbar-link', 'mj-social-element', 'mj-accordion-text', 'mj-accordion-title']);
/** Elements a body may not have: they read files, run or embed foreign things, or belong to the layout. */
const REFUSED = new Set(['mj-include', 'mjml', 'mj-head', 'mj-body', 'mj-style', 'mj-html-attributes', 'mj-preview', 'mj-title', 'mj-font', 'mj-attributes', 'script', 'style', 'iframe', 'frame', 'object', 'embed', 'applet', 'form', 'input', 'base', 'meta', 'link', 'svg', 'math', 'title', 'textarea', 'noscript', 'template']);
const VALUE_ATTRIBUTES = new Set(['href', 'src', 'alt', 'title', 'aria-label']);
/** Caps on what MJML and html-to-text must walk: on one quiet core a body at all of them compiles in about 0.3 s. */
const MAX_COMPONENTS = 500;
const MAX_ELEMENTS = 5_000;
const MAX_DEPTH = 200;
const VOID = new Set(['br', 'img', 'hr', 'wbr', 'area', 'col', 'source', 'track']);

/** Names standing for mustaches while MJML and html-to-text work, so that neither can alter an expression. */
export interface Tokens {
  of(index: number): string;
  /** Puts back what the names stand for. */
  restore(text: string, replacement: (index: number) => string): string;
  find(text: string): number[];
}

export function tokensFor(source: string, prefix: string): Tokens {
  let name = prefix;
  while (source.includes(name)) name += 'q';
  const pattern = new RegExp(`${name}(\\d+)z`, 'g');
  return {
    of: (index) => `${name}${index}z`,
    restore: (text, replacement) => text.replace(pattern, (_, index: string) => replacement(Number(index))),
    find: (text) => [...text.matchAll(pattern)].map((match) => Number(match[1])),
  };
}

interface Attribute { tag: string; name: string; value: string; quoted: boolean; offset: number }

/**
 * Checks an author's MJML body and answers it with names in place of mustaches. Block expressions between MJML elements
 * are wrapped in `mj-raw`, which MJML leaves where they stand.
 */
export function tokenizeBody(checked: CheckedTemplate, tokens: Tokens, first: number): string {
  const text = restore(checked, (index) => tokens.of(first + index));
  const walk = new BodyWalk(checked, text, tokens, first);
  return walk.run();
}

class BodyWalk {
  private readonly stack: string[] = [];
  private readonly wraps: { start: number; end: number }[] = [];
  private tag = '';
  private attribute = { name: '', offset: 0, from: -1, to: -1 };
  private components = 0;
  private elements = 0;
  private depth = 0;

  constructor(private readonly checked: CheckedTemplate, private readonly text: string, private readonly tokens: Tokens, private readonly first: number) {}

  run(): string {
    const tokenizer = new Tokenizer({ xmlMode: true, decodeEntities: false }, {
      onopentagname: (start, end) => this.open(start, end),
      onattribname: (start, end) => { this.attribute = { name: this.text.slice(start, end).toLowerCase(), offset: start, from: -1, to: -1 }; },
      onattribdata: (start, end) => { if (this.attribute.from < 0) this.attribute.from = start; this.attribute.to = end; },
      onattribend: (quote) => this.endAttribute(quote),
      onopentagend: (at) => this.endOpen(at),
      onselfclosingtag: () => {},
      onclosetag: (start, end) => this.close(start, end),
      ontext: (start, end) => this.content(start, end),
      oncomment: (start, end) => this.plainOnly(start, end, 'a comment'),
      oncdata: (start) => { throw this.fault('message.cdata', 'CDATA is not offered', start); },
      ondeclaration: (start) => { throw this.fault('message.declaration', 'a body is a sequence of mj-section, without a declaration', start); },
      onprocessinginstruction: (start) => { throw this.fault('message.declaration', 'a body is a sequence of mj-section, without a declaration', start); },
      onend: () => {}, onattribentity: () => {}, ontextentity: () => {},
    });
    tokenizer.write(this.text);
    tokenizer.end();
    if (this.stack.length > 0) throw new TemplateFault('message.unclosed', `<${this.stack.at(-1)}> is never closed`, this.checked.source.length);
    if (this.components === 0) throw new TemplateFault('message.no-section', 'a body is MJML: begin with <mj-section><mj-column><mj-text>', 0);
    return this.wrapped();
  }

  private open(start: number, end: number): void {
    this.tag = this.text.slice(start, end).toLowerCase();
    if (this.tokens.find(this.tag).length > 0) throw this.fault('message.value-in-tag', 'an expression can not be the name of an element', start);
    if (REFUSED.has(this.tag)) throw this.fault('message.refused-element', `<${this.tag}> is not allowed in a message`, start);
    if ((this.elements += 1) > MAX_ELEMENTS) throw this.fault('message.too-many', `more than ${MAX_ELEMENTS} elements`, start);
    if (this.tag.startsWith('mj-') && (this.components += 1) > MAX_COMPONENTS) throw this.fault('message.too-many', `more than ${MAX_COMPONENTS} MJML elements`, start);
    if (!this.tag.startsWith('mj-') && !this.inText()) throw this.fault('message.outside-text', `<${this.tag}> would not be shown here; put HTML inside mj-text`, start);
  }

  private endOpen(at: number): void {
    if (this.tag.startsWith('mj-')) this.stack.push(this.tag);
    else if (!VOID.has(this.tag) && (this.depth += 1) > MAX_DEPTH) throw this.fault('message.too-deep', `HTML elements are nested more than ${MAX_DEPTH} deep, or not closed`, at);
  }

  private close(start: number, end: number): void {
    const tag = this.text.slice(start, end).toLowerCase();
    if (!tag.startsWith('mj-')) {
      this.depth = Math.max(0, this.depth - 1);
      return;
    }
    if (this.stack.at(-1) !== tag) throw this.fault('message.unclosed', this.stack.length > 0 ? `</${tag}> closes <${this.stack.at(-1)}>` : `</${tag}> closes nothing`, start);
    this.stack.pop();
  }

  private inText(): boolean {
    return TEXT_ELEMENTS.has(this.stack.at(-1) ?? '');
  }

  private endAttribute(quote: QuoteType): void {
    const { name, offset, from, to } = this.attribute;
    const value = from < 0 ? '' : this.text.slice(from, to);
    checkAttribute({ tag: this.tag, name, value, quoted: quote === QuoteType.Double || quote === QuoteType.Single, offset }, this.tokens, (code, message) => this.fault(code, message, offset));
  }

  private content(start: number, end: number): void {
    if (this.inText()) return;
    const stray = this.tokens.restore(this.text.slice(start, end), (index) => (this.kindOf(index) === 'value' ? 'x' : ''));
    if (stray.trim() !== '') throw this.fault('message.outside-text', 'this text would not be shown; put it inside mj-text', start + this.text.slice(start, end).search(/\S/));
    if (this.tokens.find(this.text.slice(start, end)).length > 0) this.wraps.push({ start, end });
  }

  private plainOnly(start: number, end: number, where: string): void {
    if (this.tokens.find(this.text.slice(start, end)).length > 0) throw this.fault('message.value-in-comment', `an expression can not stand in ${where}`, start);
  }

  private kindOf(index: number): string {
    return this.checked.mustaches[index - this.first]?.kind ?? 'value';
  }

  private wrapped(): string {
    let at = 0;
    let out = '';
    for (const { start, end } of this.wraps) {
      out += `${this.text.slice(at, start)}<mj-raw>${this.text.slice(start, end)}</mj-raw>`;
      at = end;
    }
    return out + this.text.slice(at);
  }

  /** Offsets are in the text with names; the author wants the place in what he wrote. */
  private fault(code: string, message: string, offset: number): TemplateFault {
    let shift = 0;
    for (const [index, { start, end }] of this.checked.mustaches.entries()) {
      if (start + shift >= offset) break;
      shift += this.tokens.of(this.first + index).length - (end - start);
    }
    return new TemplateFault(code, message, Math.max(0, offset - shift));
  }
}

/** Refuses attributes through which a value could become markup or a target could become code. */
function checkAttribute({ name, value, quoted, tag }: Attribute, tokens: Tokens, fault: (code: string, message: string) => TemplateFault): void {
  const dynamic = tokens.find(value).length > 0;
  if (/^on/.test(name) || name === 'srcdoc' || name === 'action' || name === 'formaction') throw fault('message.refused-attribute', `the attribute "${name}" is not allowed in a message`);
  if (tokens.find(name).length > 0) throw fault('message.value-in-tag', 'an expression can stand in a quoted attribute value or in text, not elsewhere in a tag');
  if (!quoted && value !== '') throw fault('message.unquoted', `put the value of "${name}" in quotation marks`);
  if (dynamic && !VALUE_ATTRIBUTES.has(name)) throw fault('message.value-in-attribute', `an expression can stand in ${[...VALUE_ATTRIBUTES].join(', ')}, not in "${name}"`);
  if (name === 'href' || name === 'src' || name === 'background-url' || name === 'background') checkTarget(tag, name, value, tokens, fault);
}

function checkTarget(tag: string, name: string, value: string, tokens: Tokens, fault: (code: string, message: string) => TemplateFault): void {
  const url = decodeAttribute(value).trim();
  const image = name !== 'href';
  if (url === '' || (!image && url.startsWith('#'))) return;
  // What comes out of an expression is checked for each recipient; here, an expression stands for something harmless.
  const start = tokens.restore(url, () => '0');
  if (tokens.find(url).length > 0 && (url.startsWith(tokens.of(tokens.find(url)[0]!)) || asciiTarget(start) !== null)) return;
  const target = asciiTarget(start);
  if (target === null || (image && !isImageTarget(target))) throw fault('message.bad-link', `"${name}" of <${tag}> must begin with ${image ? 'http:// or https://' : 'http://, https://, mailto: or tel:'}`);
}
