import { Tokenizer } from 'htmlparser2';
import { canonicalLanguage } from '../../kernel/language.js';
import type { CompiledNode } from './compiled.js';
import { allowsAttribute, isSafeAddress, NODE_ATTRIBUTES, VOID_NODES } from './domain/nodes.js';
import { tokensFor, type Tokens } from './mjml-body.js';
import { asciiTarget, isImageTarget } from './targets.js';
import { engine } from './template-engine.js';
import { restore, type CheckedTemplate } from './template-check.js';
import { TemplateFault } from './template-source.js';

const MAX_NODES = 500;
const MAX_DEPTH = 12;
const MAX_FAULTS = 20;
const INLINE = new Set(['strong', 'b', 'em', 'i', 'u', 's', 'code', 'small', 'sub', 'sup', 'a', 'img', 'br']);
/** Elements that hold blocks; white space between blocks says nothing. */
const FLOW = new Set(['', 'blockquote', 'li']);
const VALUES = new Set(['href', 'src', 'alt']);

/** Begins the names that stand for expressions: a character nobody types. */
const TOKEN = '\ue000';
/** Spelled as entities these would become expressions after expressions were checked. */
const HIDDEN = new Set([0x7b, 0x7d, 0x5c, TOKEN.charCodeAt(0)]);

interface Open { tag: string; attributes: Record<string, string>; children: CompiledNode[]; offset: number }

/** A tree made of an author's HTML, and everything in it that a message may not have. */
export interface NodeTree { nodes: CompiledNode[]; faults: TemplateFault[]; insecureImages: number }

/**
 * Reads HTML strictly: only the elements and attributes of domain/nodes.ts, each closed where it was opened. Nothing is mended
 * or left out in silence; whatever is not allowed is a fault with its place. Expressions stand in text or inside the value of
 * `href`, `src` and `alt`, and a block begins and ends in one of them.
 */
export function parseNodes(checked: CheckedTemplate): NodeTree {
  const tokens = tokensFor(checked.source, TOKEN);
  return new TreeWalk(checked, tokens, restore(checked, (index) => tokens.of(index))).run();
}

class TreeWalk {
  private readonly open: Open[] = [{ tag: '', attributes: {}, children: [], offset: 0 }];
  private readonly faults: TemplateFault[] = [];
  /** Elements that were refused when they were opened; nothing more is said of them. */
  private readonly refused = new Set<string>();
  private count = 0;
  private insecureImages = 0;
  private text = '';
  private textAt = 0;
  private tag: Open | null = null;
  private name = { text: '', offset: 0 };
  private value = '';

  constructor(private readonly checked: CheckedTemplate, private readonly tokens: Tokens, private readonly html: string) {}

  run(): NodeTree {
    const tokenizer = new Tokenizer({ xmlMode: false, decodeEntities: true }, {
      onopentagname: (start, end) => this.begin(start, end),
      onattribname: (start, end) => { this.name = { text: this.html.slice(start, end), offset: start }; this.value = ''; },
      onattribdata: (start, end) => { this.value += this.html.slice(start, end); },
      onattribentity: (code) => { this.value += this.decoded(code, this.name.offset); },
      onattribend: () => this.attribute(),
      onopentagend: () => this.entered(),
      onselfclosingtag: (end) => this.selfClosed(end),
      onclosetag: (start, end) => this.close(start, end),
      ontext: (start, end) => this.said(this.html.slice(start, end), start),
      ontextentity: (code, end) => this.said(this.decoded(code, end), end),
      oncomment: (start) => this.fault('message.refused-element', 'a comment is not allowed in a message', start),
      oncdata: (start) => this.fault('message.refused-element', 'CDATA is not allowed in a message', start),
      ondeclaration: (start) => this.fault('message.refused-element', 'a declaration is not allowed in a message', start),
      onprocessinginstruction: (start) => this.fault('message.refused-element', 'a processing instruction is not allowed in a message', start),
      onend: () => {},
    });
    tokenizer.write(this.html);
    tokenizer.end();
    this.flush();
    // Something that was begun and not finished, such as "<b" at the end, is told by nobody else.
    const rest = /<[a-z/!?][^<>]*$/i.exec(this.html);
    if (rest) this.fault('message.unclosed', 'this tag is never finished; write &lt; for the character', rest.index);
    for (const { tag, offset } of this.open.slice(1)) this.fault('message.unclosed', `<${tag}> is never closed`, offset);
    return { nodes: this.open[0]!.children, faults: this.faults, insecureImages: this.insecureImages };
  }

  private begin(start: number, end: number): void {
    this.flush();
    const tag = this.html.slice(start, end).toLowerCase();
    this.tag = { tag, attributes: {}, children: [], offset: start };
    if (this.tokens.find(tag).length > 0) return this.fault('message.value-in-tag', 'an expression can not be the name of an element', start);
    if (!Object.hasOwn(NODE_ATTRIBUTES, tag)) return this.fault('message.refused-element', `<${tag}> is not allowed in a message; there are ${Object.keys(NODE_ATTRIBUTES).join(', ')}`, start);
    const within = this.open.at(-1)!;
    if (within.tag === 'ul' || within.tag === 'ol' ? tag !== 'li' : tag === 'li' || (!FLOW.has(within.tag) && !INLINE.has(tag))) this.fault('message.misplaced-element', `<${tag}> can not stand ${within.tag === '' ? 'here' : `in <${within.tag}>`}`, start);
    if (tag === 'a' && this.open.some((each) => each.tag === 'a')) this.fault('message.misplaced-element', 'a link can not stand in a link', start);
  }

  private attribute(): void {
    const { tag } = this.tag!;
    const { offset } = this.name;
    const name = this.name.text.toLowerCase();
    if (!Object.hasOwn(NODE_ATTRIBUTES, tag)) return;
    if (this.tokens.find(name).length > 0) return this.fault('message.value-in-tag', 'an expression can stand in text or in the value of href, src and alt, not elsewhere in a tag', offset);
    if (!allowsAttribute(tag, name)) return this.fault('message.refused-attribute', `the attribute "${name}" of <${tag}> is not allowed in a message`, offset);
    if (Object.hasOwn(this.tag!.attributes, name)) return this.fault('message.refused-attribute', `the attribute "${name}" of <${tag}> is there twice`, offset);
    const value = this.value.trim();
    if (this.tokens.find(value).length > 0 && !VALUES.has(name)) return this.fault('message.value-in-attribute', `an expression can stand in ${[...VALUES].join(', ')}, not in "${name}"`, offset);
    const wrong = this.wrong(name, value);
    if (wrong) return this.fault(wrong.code, `"${name}" of <${tag}> ${wrong.message}`, offset);
    if (name === 'src' && /^http:/i.test(value)) this.insecureImages += 1;
    this.tag!.attributes[name] = this.stored(value, offset);
  }

  private wrong(name: string, value: string): { code: string; message: string } | null {
    if (name === 'href' || name === 'src') return this.leadsAstray(value, name === 'src') ? { code: 'message.bad-link', message: `must begin with ${name === 'src' ? 'http:// or https://' : 'http://, https://, mailto: or tel:'}` } : null;
    const bad = (isBad: boolean, message: string) => (isBad ? { code: 'message.bad-attribute', message } : null);
    if (name === 'dir') return bad(!['ltr', 'rtl', 'auto'].includes(value), 'must be ltr, rtl or auto');
    if (name === 'lang') return bad(canonicalLanguage(value) === null, 'must be a language tag such as "ko"');
    return name === 'alt' ? null : bad(!/^\d{1,4}$/.test(value), 'must be a whole number');
  }

  /** What comes out of an expression is asked again for each person; what the author wrote before it decides the scheme. */
  private leadsAstray(value: string, image: boolean): boolean {
    return leadsAstray(this.tokens.restore(value, () => '{{}}'), image);
  }

  private entered(): void {
    const { tag } = this.tag!;
    if (!Object.hasOwn(NODE_ATTRIBUTES, tag)) return void this.refused.add(tag);
    if (tag === 'img' && !Object.hasOwn(this.tag!.attributes, 'src')) this.fault('message.bad-attribute', '<img> must have an address: src', this.tag!.offset);
    if (tag === 'img' && !Object.hasOwn(this.tag!.attributes, 'alt')) this.fault('message.bad-attribute', '<img> must say what is to be seen, or nothing: alt=""', this.tag!.offset);
    if (tag === 'a' && !Object.hasOwn(this.tag!.attributes, 'href')) this.fault('message.bad-attribute', '<a> must lead somewhere: href', this.tag!.offset);
    if (this.open.length > MAX_DEPTH) this.fault('message.too-deep', `elements are nested more than ${MAX_DEPTH} deep`, this.tag!.offset);
    if (VOID_NODES.includes(tag)) this.add(nodeOf(this.tag!), this.tag!.offset);
    else this.open.push(this.tag!);
    this.tag = null;
  }

  private selfClosed(end: number): void {
    const { tag, offset } = this.tag!;
    this.entered();
    if (VOID_NODES.includes(tag) || this.refused.has(tag)) return;
    this.open.pop();
    this.fault('message.unclosed', `<${tag}/> has no content; it is closed by </${tag}>`, offset ?? end);
  }

  private close(start: number, end: number): void {
    this.flush();
    const tag = this.html.slice(start, end).toLowerCase();
    const last = this.open.at(-1)!;
    if (this.refused.has(tag)) return;
    if (last.tag !== tag || last.tag === '') return this.fault('message.unclosed', last.tag === '' ? `</${tag}> closes nothing` : `</${tag}> closes <${last.tag}>`, start);
    this.open.pop();
    this.add(nodeOf(last), last.offset);
  }

  private decoded(code: number, offset: number): string {
    if (!HIDDEN.has(code)) return String.fromCodePoint(code);
    this.fault('message.hidden-expression', 'braces and backslashes can not be written as entities', offset);
    return '';
  }

  private said(text: string, offset: number): void {
    if (this.text === '') this.textAt = offset;
    this.text += text;
  }

  /** Text between two tags. White space is that of HTML: one space, none between blocks. */
  private flush(): void {
    const text = this.text;
    this.text = '';
    if (text === '') return;
    const within = this.open.at(-1)!;
    const isPre = this.open.some(({ tag }) => tag === 'pre');
    if (text.trim() === '' && (within.tag === 'ul' || within.tag === 'ol' || (FLOW.has(within.tag) && !isInline(within.children.at(-1))))) return;
    if (within.tag === 'ul' || within.tag === 'ol') return this.fault('message.misplaced-element', `text can not stand in <${within.tag}>; put it in <li>`, this.textAt);
    this.add(this.stored(isPre ? text : text.replace(/[ \t\n\f\r]+/g, ' '), this.textAt), this.textAt);
  }

  private add(node: CompiledNode, offset: number): void {
    this.count += 1;
    if (this.count === MAX_NODES + 1) this.fault('message.too-many', `more than ${MAX_NODES} elements and texts`, offset);
    this.open.at(-1)!.children.push(node);
  }

  /** With its expressions again. Each text is a template of its own, so a block can not enclose elements. */
  private stored(text: string, offset: number): string {
    const found = this.tokens.find(text);
    const source = this.tokens.restore(text, (index) => this.checked.stored[index]!);
    if (found.every((index) => this.checked.mustaches[index]!.kind === 'value')) return source;
    try {
      engine.parse(source);
    } catch {
      this.fault('template.across-elements', 'a block such as {{#if}} must begin and end in one text: it can not enclose elements', offset);
    }
    return source;
  }

  /** Offsets are in the text with names; the author wants the place in what he wrote. */
  private fault(code: string, message: string, offset: number): void {
    if (this.faults.length >= MAX_FAULTS) return;
    let shift = 0;
    for (const [index, { start, end }] of this.checked.mustaches.entries()) {
      if (start + shift >= offset) break;
      shift += this.tokens.of(index).length - (end - start);
    }
    this.faults.push(new TemplateFault(code, message, Math.max(0, offset - shift)));
  }
}

const isInline = (node: CompiledNode | undefined) => node !== undefined && (typeof node === 'string' || INLINE.has(node.tag));

const nodeOf = ({ tag, attributes, children }: Open): CompiledNode =>
  ({ tag, ...(Object.keys(attributes).length > 0 ? { attributes } : {}), ...(children.length > 0 ? { children } : {}) });

/** An address that can not be right whatever its expressions say: its beginning is not one that messages may have. */
export function leadsAstray(address: string, image = false): boolean {
  const begun = address.trim();
  if (begun.startsWith('{{')) return false;
  if (begun.includes('{{')) return !(image ? /^https?:\/\//i : /^(https?:\/\/|mailto:|tel:)/i).test(begun);
  const target = asciiTarget(begun);
  return target === null || !isSafeAddress(target, image) || (image && !isImageTarget(target));
}
