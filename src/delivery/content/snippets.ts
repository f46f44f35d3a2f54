import { pickLanguage } from '../../kernel/language.js';
import { MAX_TEMPLATE_BYTES, placeOf, TemplateFault } from './template-source.js';
import { encodeAttribute } from './targets.js';

/** `text` may stand in every field; `body` holds MJML or HTML and may stand only in bodies. */
export type SnippetKind = 'text' | 'body';

/** A piece of a message that many messages share. */
export interface Snippet {
  key: string;
  kind: SnippetKind;
  /** The language of `content`. */
  language: string;
  content: string;
  translations: Record<string, string>;
}

/** The snippets a message may name, by key. */
export type SnippetBook = ReadonlyMap<string, Snippet>;

const MAX_DEPTH = 5;
const MAX_USES = 200;
export const SNIPPET_KEY = /^[a-z0-9][a-z0-9-]{0,59}$/;
const MENTION = /\{\{> *([^\s{}~]*) *\}\}/g;

/** The keys that a text names, once each. */
export const snippetsIn = (text: string): string[] => [...new Set([...text.matchAll(MENTION)].map(([, key]) => key!))];

/** A stretch of the whole text and where it was written: in the author's own text, or in a snippet. */
interface Piece { start: number; key: string | null; from: string; offset: number }

/** A template with its snippets in their places. */
export interface Inlined {
  source: string;
  pieces: Piece[];
  /** Snippets that have no text in the language asked for, and the one taken instead. */
  otherLanguage: { key: string; language: string }[];
}

export interface Inlining {
  book: SnippetBook;
  /** Language of the text; without one each snippet gives its own. */
  language?: string;
}

/** Where a place of the whole text was written, as words before a message and line and column. */
export function writtenAt({ pieces, source }: Pick<Inlined, 'pieces' | 'source'>, offset: number): { key: string | null; line: number; column: number } {
  const piece = pieces.findLast(({ start }) => start <= offset) ?? { start: 0, key: null, from: source, offset: 0 };
  return { key: piece.key, ...placeOf(piece.from, Math.min(piece.from.length, piece.offset + offset - piece.start)) };
}

/**
 * Puts snippets where `{{> key}}` names them, those inside snippets too. A text snippet in a body is escaped between its
 * expressions. Bounded: 200 uses, 5 deep, and the size of a template.
 *
 * @param field whether the text is a body of MJML or plain
 * @param within keys of the snippets whose text this is, outermost first
 * @param made filled as far as it goes, so that the place of a fault can be told ({@link writtenAt})
 * @throws TemplateFault for an unknown key, a body snippet in a plain text, a cycle (naming it), or beyond the bounds
 */
export function inlineSnippets(text: string, field: SnippetKind, inlining: Inlining, made: Inlined, within: readonly string[] = []): void {
  new Inliner(field, inlining, made).take(text, within, null);
}

export const nothingInlined = (): Inlined => ({ source: '', pieces: [], otherLanguage: [] });

class Inliner {
  private uses = 0;

  constructor(private readonly field: SnippetKind, private readonly inlining: Inlining, private readonly made: Inlined) {}

  take(text: string, within: readonly string[], escapedIn: string | null): void {
    const key = within.at(-1) ?? null;
    let at = 0;
    for (const mention of text.matchAll(MENTION)) {
      this.piece(text, at, mention.index, key, escapedIn);
      this.snippet(mention[1]!, within);
      at = mention.index + mention[0].length;
    }
    this.piece(text, at, text.length, key, escapedIn);
  }

  private piece(text: string, start: number, end: number, key: string | null, escapedIn: string | null): void {
    const part = text.slice(start, end);
    this.made.pieces.push({ start: this.made.source.length, key, from: text, offset: start });
    this.made.source += escapedIn === null ? part : escapedBetween(part);
    // Checked again by the scan; here it keeps snippets of snippets from growing without end.
    if (key !== null && this.made.source.length > MAX_TEMPLATE_BYTES) throw new TemplateFault('template.too-large', `with its snippets it is longer than ${MAX_TEMPLATE_BYTES / 1024} KB`, 0);
  }

  private snippet(key: string, within: readonly string[]): void {
    // The place of the mention is the end of what is made so far.
    const fault = (code: string, message: string) => new TemplateFault(code, message, this.made.source.length);
    const snippet = this.inlining.book.get(key);
    if (within.includes(key)) throw fault('template.snippet-cycle', `the snippet contains itself: ${[...within.slice(within.indexOf(key)), key].join(' → ')}`);
    if (!snippet) throw fault('template.unknown-snippet', `there is no snippet "${key}"`);
    if (snippet.kind === 'body' && this.field === 'text') throw fault('template.snippet-kind', `the snippet "${key}" is a part of a body and can not stand in a plain text`);
    if (within.length >= MAX_DEPTH) throw fault('template.too-deep', `snippets contain one another more than ${MAX_DEPTH} deep`);
    if ((this.uses += 1) > MAX_USES) throw fault('template.too-many', `more than ${MAX_USES} snippets`);
    const { language } = this.inlining;
    const found = language === undefined ? snippet.language : pickLanguage(language, [snippet.language, ...Object.keys(snippet.translations)]);
    if (found === null) this.made.otherLanguage.push({ key, language: snippet.language });
    const text = snippet.translations[found ?? snippet.language] ?? snippet.content;
    this.take(text.replace(/\r\n?/g, '\n'), [...within, key], snippet.kind === 'text' && this.field === 'body' ? key : null);
  }
}

/** Escapes fixed text; what stands between braces stays as it is. */
const escapedBetween = (text: string): string => text.split(/(\{\{[\s\S]*?\}\})/).map((part, index) => (index % 2 === 1 ? part : encodeAttribute(part))).join('');
