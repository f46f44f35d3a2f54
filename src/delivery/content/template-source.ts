/** Caps that keep a hostile template cheap; compile cost follows the number of mustaches (about 0.2 ms each). */
export const MAX_TEMPLATE_BYTES = 524_288;
export const MAX_MUSTACHES = 1_000;
export const MAX_NESTING = 20;
const MAX_MUSTACHE_LENGTH = 1_000;
const MAX_PARENTHESES = 10;

/** A fault in a template and where it stands in its source. */
export class TemplateFault extends Error {
  constructor(readonly code: string, message: string, readonly offset: number) {
    super(message);
  }
}

export interface Mustache {
  start: number;
  /** After the closing braces. */
  end: number;
  kind: 'value' | 'open' | 'close' | 'else' | 'comment';
}

export const normalised = (source: string): string => source.replace(/\r\n?/g, '\n');

/** Line and column, both from 1. */
export function placeOf(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

/**
 * Finds every mustache in one pass and refuses what would make parsing slow or what we do not offer: unescaped output,
 * partials, decorators, raw blocks. Linear in the length, so it may run before anything else looks at the source.
 */
export function scanMustaches(source: string): Mustache[] {
  if (Buffer.byteLength(source) > MAX_TEMPLATE_BYTES) throw new TemplateFault('template.too-large', `longer than ${MAX_TEMPLATE_BYTES / 1024} KB`, 0);
  const found: Mustache[] = [];
  let depth = 0;
  for (let start = source.indexOf('{{'); start >= 0; start = source.indexOf('{{', found.at(-1)!.end)) {
    const mustache = readMustache(source, start);
    depth += mustache.kind === 'open' ? 1 : mustache.kind === 'close' ? -1 : 0;
    if (depth > MAX_NESTING) throw new TemplateFault('template.too-deep', `blocks are nested more than ${MAX_NESTING} deep`, start);
    found.push(mustache);
    if (found.length > MAX_MUSTACHES) throw new TemplateFault('template.too-many', `more than ${MAX_MUSTACHES} expressions`, start);
  }
  return found;
}

const KINDS: Record<string, Mustache['kind']> = { '#': 'open', '/': 'close', '^': 'else', '!': 'comment' };

function readMustache(source: string, start: number): Mustache {
  if (source[start - 1] === '\\') throw new TemplateFault('template.escaped', 'a backslash before "{{" is not supported', start - 1);
  let at = start + 2;
  if (source[at] === '{') throw new TemplateFault('template.unescaped', 'only "{{ }}" is offered; "{{{ }}}" would insert unchecked HTML', start);
  if (source[at] === '~') at += 1;
  const sign = source[at]!;
  if (sign === '&') throw new TemplateFault('template.unescaped', '"{{& }}" would insert unchecked HTML; write "{{ }}"', start);
  if (sign === '>' || sign === '*' || (sign === '#' && /[>*]/.test(source[at + 1] ?? ''))) throw new TemplateFault('template.partial', 'a snippet is named as {{> key}}; other partials and decorators are not offered', start);
  const end = sign === '!' ? endOfComment(source, start, at) : endOfExpression(source, start, at);
  const kind = KINDS[sign] ?? (/^else\b/.test(source.slice(at, at + 6).trimStart()) ? 'else' : 'value');
  return { start, end, kind };
}

function endOfComment(source: string, start: number, at: number): number {
  const closing = source.startsWith('!--', at) ? '--' : '';
  const close = source.indexOf(`${closing}}}`, at);
  if (close < 0) throw new TemplateFault('template.unclosed', 'this comment is never closed', start);
  return close + closing.length + 2;
}

/** The braces that close an expression, minding that quoted text may contain braces. */
function endOfExpression(source: string, start: number, from: number): number {
  let parentheses = 0;
  for (let at = from; at < source.length; at += 1) {
    if (at - start > MAX_MUSTACHE_LENGTH) throw new TemplateFault('template.unclosed', `"{{" is not closed within ${MAX_MUSTACHE_LENGTH} characters`, start);
    const char = source[at]!;
    if (char === '"' || char === "'") {
      const close = source.indexOf(char, at + 1);
      if (close < 0) throw new TemplateFault('template.unclosed', 'a quotation is never closed', at);
      at = close;
    } else if (char === '(') {
      parentheses += 1;
      if (parentheses > MAX_PARENTHESES) throw new TemplateFault('template.too-deep', `more than ${MAX_PARENTHESES} parentheses in one expression`, at);
    } else if (char === '}' && source[at + 1] === '}') return at + 2;
  }
  throw new TemplateFault('template.unclosed', '"{{" is never closed', start);
}
