import { QuoteType, Tokenizer, parseDocument } from 'htmlparser2';
import { encodeAttribute, asciiTarget } from './targets.js';
import { MARKS } from './template-helpers.js';
import type { CompiledLink } from './compiled.js';
import type { Tokens } from './mjml-body.js';

/** One address found in finished HTML. `start` and `end` enclose the value between its quotation marks. */
interface Address { kind: 'link' | 'image'; start: number; end: number }

/** Every `href` of a link and `src` of an image outside comments. */
function findAddresses(html: string): Address[] {
  const found: Address[] = [];
  let tag = '';
  let name = '';
  let range: [number, number] | null = null;
  const nothing = () => {};
  const tokenizer = new Tokenizer({ xmlMode: false, decodeEntities: false }, {
    onopentagname: (start, end) => { tag = html.slice(start, end).toLowerCase(); },
    onattribname: (start, end) => { name = html.slice(start, end).toLowerCase(); range = null; },
    onattribdata: (start, end) => { range = [range?.[0] ?? start, end]; },
    onattribend: (quote) => {
      const kind = name === 'href' && (tag === 'a' || tag === 'area') ? 'link' : name === 'src' && tag === 'img' ? 'image' : null;
      if (kind && range && quote !== QuoteType.NoValue) found.push({ kind, start: range[0], end: range[1] });
    },
    onopentagend: nothing, onselfclosingtag: nothing, onclosetag: nothing, ontext: nothing, oncomment: nothing, oncdata: nothing,
    ondeclaration: nothing, onprocessinginstruction: nothing, onend: nothing, onattribentity: nothing, ontextentity: nothing,
  });
  tokenizer.write(html);
  tokenizer.end();
  return found;
}

/** The text an attribute value stands for, with every HTML entity decoded. */
function decoded(value: string): string {
  const [element] = parseDocument(`<a href="${value.replaceAll('"', '&quot;')}">`).children;
  return element && 'attribs' in element ? (element.attribs.href ?? '') : '';
}

export interface MarkedHtml {
  html: string;
  /** The same with a name for every link, for deriving the text part. */
  forText: string;
  links: CompiledLink[];
  /** What stands for each link name in the text part, still with names for mustaches. */
  textLinks: string[];
  /** Pictures whose address begins with http, not https. */
  insecureImages: number;
}

/**
 * Replaces each web link by an expression that signs it, and each image address with an expression by one that checks it.
 * Links to our own pages (`isOwn`), to mail, telephone and places in the page stay as they are.
 */
export function markLinks(html: string, tokens: Tokens, linkTokens: Tokens, isOwn: (index: number) => boolean): MarkedHtml {
  const links: CompiledLink[] = [];
  const textLinks: string[] = [];
  let at = 0;
  let out = '';
  let forText = '';
  let insecureImages = 0;
  for (const { kind, start, end } of findAddresses(html)) {
    const value = decoded(html.slice(start, end)).trim();
    const names = tokens.find(value);
    out += html.slice(at, start);
    forText += html.slice(at, start);
    at = end;
    if (kind === 'image') {
      if (/^http:/i.test(value)) insecureImages += 1;
      out += names.length === 0 || names.every(isOwn) ? html.slice(start, end) : `{{#${MARKS.image}}}${encodeAttribute(value)}{{/${MARKS.image}}}`;
      forText += html.slice(start, end);
    } else if (names.length === 0 && !/^https?:/i.test(value)) {
      out += html.slice(start, end);
      forText += html.slice(start, end);
    } else if (names.length > 0 && names.every(isOwn)) {
      out += value;
      forText += linkTokens.of(textLinks.push(value) - 1);
    } else {
      const index = links.length;
      const fixed = names.length === 0 ? asciiTarget(value) ?? undefined : undefined;
      links.push(fixed === undefined ? { index } : { index, url: fixed });
      out += fixed === undefined ? `{{#${MARKS.link} ${index}}}${encodeAttribute(value)}{{/${MARKS.link}}}` : `{{${MARKS.fixed} ${index}}}`;
      forText += linkTokens.of(textLinks.push(fixed === undefined ? `{{#${MARKS.textLink} ${index}}}${value}{{/${MARKS.textLink}}}` : `{{${MARKS.textFixed} ${index}}}`) - 1);
    }
  }
  return { html: out + html.slice(at), forText: forText + html.slice(at), links, textLinks, insecureImages };
}
