import { htmlToText } from 'html-to-text';
import { blockAtLine } from '../../contract/blocks-to-mjml.js';
import type { EmailContent, EmailTexts } from '../../contract/message.js';
import type { Problem } from '../../kernel/errors.js';
import { inEveryLanguage, type Checked, type Compiled } from './compile-languages.js';
import type { CompiledEmail, CompiledEmailTexts } from './compiled.js';
import { markLinks } from './html-links.js';
import { loadLayout, offersUnsubscription } from './layouts.js';
import { tokenizeBody, tokensFor, type Tokens } from './mjml-body.js';
import { writtenAt, type Inlining, type SnippetBook } from './snippets.js';
import { checkTemplate, restore, storedSource, type CheckedTemplate } from './template-check.js';
import { warningsOf } from './email-warnings.js';
import { FieldChecks, ownLine, pathAt, problemIn, type PathOf } from './template-field.js';
import { encodeAttribute } from './targets.js';
import { engine } from './template-engine.js';
import { TemplateFault } from './template-source.js';

/** Fills the preview line after the preheader, so that the mail program shows none of the body there. */
const PADDING = '&#847;&zwnj;&nbsp;'.repeat(60);
const TEXT_OPTIONS = {
  wordwrap: false as const,
  selectors: [
    { selector: '.danbi-hidden', format: 'skip' },
    { selector: 'img', format: 'skip' },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: 'table', format: 'block' },
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true } },
  ],
};

/** Compiles an e-mail in each of its languages. */
export async function compileEmail(content: EmailContent, book: SnippetBook): Promise<Checked<CompiledEmail>> {
  const layout = await loadLayout(content.layout);
  if (layout === null) return { problems: [{ path: 'layout', code: 'message.unknown-layout', message: `there is no layout "${content.layout}"` }] };
  if (!offersUnsubscription(layout)) return { problems: [{ path: 'layout', code: 'message.layout-without-unsubscribe', message: `the layout "${content.layout}" has no link to {{message.unsubscribeUrl}} in its element of class danbi-footer` }] };
  const fields = new FieldChecks({ book, language: content.language });
  const replyTo = content.replyTo?.includes('{{') ? fields.check('replyTo', content.replyTo) : null;
  if (fields.problems.length > 0) return { problems: fields.problems };
  return inEveryLanguage<EmailTexts, CompiledEmailTexts, CompiledEmail>(content, (texts, language) => compileTexts({ fromName: content.fromName, ...texts }, layout, { book, language }), {
    kind: 'email', format: 1, ...(content.fromAddress === undefined ? {} : { fromAddress: content.fromAddress }),
    ...(content.replyTo === undefined ? {} : { replyTo: replyTo ? storedSource(replyTo) : content.replyTo }),
  });
}

/** One language: checks every template, runs MJML once, marks links, derives the text part. */
async function compileTexts(content: EmailTexts, layout: string, inlining: Inlining): Promise<Compiled<CompiledEmailTexts>> {
  const fields = new FieldChecks(inlining);
  const subject = fields.check('subject', content.subject);
  const preheader = fields.check('preheader', content.preheader);
  const place = placeIn(content);
  const body = fields.check(place, content.body, 'body');
  const text = content.text === undefined ? null : fields.check('text', content.text);
  const fromName = content.fromName === undefined ? null : fields.check('fromName', content.fromName);
  if (fields.problems.length > 0 || !subject || !preheader || !body) return { problems: fields.problems };
  const made = await composeHtml(body, preheader, layout, place);
  if ('problems' in made) return made;
  const { html, derived, footer, links, insecureImages } = made.value;
  const compiled: CompiledEmailTexts = {
    links, html,
    subject: storedSource(subject),
    preheader: storedSource(preheader),
    text: text ? `${storedSource(text).trimEnd()}\n\n${footer}` : derived,
    ...(fromName ? { fromName: storedSource(fromName) } : {}),
  };
  const faults = ['html', 'text'].filter((part) => !isReadable(compiled[part as 'html' | 'text']));
  if (faults.length > 0) return { problems: [{ path: 'body', code: 'message.crossing-blocks', message: 'a block begins and ends in different elements, so it can not survive the conversion to HTML; open and close it at the same level' }] };
  return { value: compiled, warnings: [...fields.warnings, ...warningsOf(content, { html, insecureImages })] };
}

/** Where in the document a line of the body was written: in a block, if it is made of blocks. */
const placeIn = ({ blocks }: EmailTexts): PathOf => (line) => {
  const block = blocks ? blockAtLine(blocks, line) : null;
  return block === null ? 'body' : `blocks.${block}`;
};

function isReadable(source: string): boolean {
  try {
    engine.parse(source);
    return true;
  } catch {
    return false;
  }
}

interface Composed { html: string; derived: string; footer: string; links: CompiledEmail['links']; insecureImages: number }

/** Body and layout through MJML, with names in place of expressions; then everything is put back. */
async function composeHtml(body: CheckedTemplate, preheader: CheckedTemplate, layoutSource: string, place: PathOf): Promise<Checked<Composed>> {
  const layout = checkTemplate(layoutSource);
  const all = [...body.stored, ...layout.stored];
  const raw = [...body.mustaches.map(({ start, end }) => body.source.slice(start, end)), ...layout.mustaches.map(({ start, end }) => layout.source.slice(start, end))];
  const everything = body.source + layout.source;
  const tokens = tokensFor(everything, 'dnbv');
  const linkTokens = tokensFor(everything, 'dnbl');
  const tokenized = bodyOf(body, tokens, place);
  if ('problems' in tokenized) return tokenized;
  const frame = restore(layout, (index) => tokens.of(body.stored.length + index));
  const slot = frame.indexOf(BODY_SLOT);
  const source = frame.replace(BODY_SLOT, () => tokenized.value);
  // No web fonts: fetching one would tell a third party who reads, and when.
  // Loaded with the first message: it costs a third of a second, which no start should wait for.
  const { default: mjml2html } = await import('mjml');
  const { html: indented, errors } = await mjml2html(source, { validationLevel: 'soft', keepComments: false, ignoreIncludes: true, useMjmlConfigOptions: false, fonts: {} });
  if (errors.length > 0) return { problems: errors.slice(0, 20).map((error) => mjmlProblem(error, frame.slice(0, slot).split('\n').length - 1, body, place)) };
  const marked = markLinks(withoutIndent(indented), tokens, linkTokens, (index) => /^\{\{~?\s*message\.\w+\s*~?\}\}$/.test(raw[index]!));
  const stored = (text: string) => tokens.restore(text, (index) => all[index]!);
  const apart = bracesApart(tokens, linkTokens);
  const forText = (text: string) => stored(linkTokens.restore(apart(text), (index) => marked.textLinks[index]!)).replace(/\n{3,}/g, '\n\n').trim();
  return {
    value: {
      html: stored(marked.html).replace(PREHEADER_SLOT, () => preheaderHtml(preheader)),
      derived: forText(htmlToText(marked.forText.replace(PREHEADER_SLOT, ''), TEXT_OPTIONS)),
      footer: forText(htmlToText(marked.forText, { ...TEXT_OPTIONS, baseElements: { selectors: ['.danbi-footer'] } })),
      links: marked.links,
      insecureImages: marked.insecureImages,
    },
  };
}

/** Braces that are words must not meet those of an expression: a word joiner, which nobody sees, is put between. */
function bracesApart(...names: Tokens[]): (text: string) => string {
  const name = `(?:${names.map(({ of }) => of(0).replace('0', String.raw`\d+`)).join('|')})`;
  const pattern = new RegExp(String.raw`[{\\](?=\{|${name})|(?<=${name})(?=\})`, 'g');
  return (text) => text.replace(pattern, '$&\u2060');
}

/** MJML indents with a third of its output; white space before a tag means nothing outside `pre`. */
const withoutIndent = (html: string) => (/<pre\b/i.test(html) ? html : html.replace(/\n\s+(?=<)/g, '\n').replace(/\n\s*\n/g, '\n'));

const BODY_SLOT = '<!-- body -->';
const PREHEADER_SLOT = '[[preheader]]';

function bodyOf(body: CheckedTemplate, tokens: Tokens, place: PathOf): Checked<string> {
  try {
    return { value: tokenizeBody(body, tokens, 0) };
  } catch (error) {
    if (error instanceof TemplateFault) return { problems: [problemIn(place, body.inlined ?? { source: body.source, pieces: [] }, error)] };
    throw error;
  }
}

function mjmlProblem(error: { line: number; message: string }, linesBefore: number, { source, inlined }: CheckedTemplate, place: PathOf): Problem {
  const lines = source.split('\n');
  const line = Math.min(lines.length, Math.max(1, error.line - linesBefore));
  const offset = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const where = inlined ?? { source, pieces: [] };
  const written = writtenAt(where, offset);
  return { path: pathAt(place, ownLine(where, offset)), code: 'message.mjml', message: `${written.key === null ? '' : `in the snippet "${written.key}", `}line ${written.line}: ${error.message}` };
}

function preheaderHtml(preheader: CheckedTemplate): string {
  if (preheader.source.trim() === '') return '';
  return restore(preheader, (index) => preheader.stored[index]!, encodeAttribute) + PADDING;
}
