import type { Channel, ContentOf, EmailContent, InAppContent, InAppTexts, MessageContent } from '../../contract/message.js';
import { AppError } from '../../kernel/errors.js';
import { inEveryLanguage, type Checked, type Compiled } from './compile-languages.js';
import type { CompiledInApp, CompiledInAppTexts, CompiledMessage } from './compiled.js';
import { compileEmail } from './email-compile.js';
import type { Inlining, SnippetBook } from './snippets.js';
import { storedSource } from './template-check.js';
import { compileChat, compileWebhook } from '../hooks/compile-hooks.js';
import { FieldChecks } from './template-field.js';
import { asciiTarget } from './targets.js';

/**
 * Compiles what an author wrote into what is stored and rendered. Once per variant and language, never per recipient.
 * `book` holds the snippets it names ({@link loadBookFor}); they become part of what is compiled. Throws `message.invalid`; each problem names the field and, inside a template, line and column.
 */
export async function compileMessage(channel: Channel, content: MessageContent, book: SnippetBook = new Map()): Promise<CompiledMessage> {
  const result = await COMPILERS[channel](content as never, book);
  if ('value' in result) return result.value;
  const [first] = result.problems;
  throw new AppError('message.invalid', `The message can not be used: ${first!.path}: ${first!.message}${result.problems.length > 1 ? ` (and ${result.problems.length - 1} more)` : ''}.`, 'invalid', result.problems);
}

const COMPILERS: { [C in Channel]: (content: ContentOf[C], book: SnippetBook) => Checked<CompiledMessage> | Promise<Checked<CompiledMessage>> } = {
  email: (content: EmailContent, book) => compileEmail(content, book), in_app: compileInApp, webhook: compileWebhook, chat: compileChat,
};

function compileInApp(content: InAppContent, book: SnippetBook): Promise<Checked<CompiledInApp>> {
  const { format: display, expiresAfterHours, until } = content;
  return inEveryLanguage<InAppTexts, CompiledInAppTexts, CompiledInApp>(content, (texts, language) => compileTexts(texts, content.buttons.length, { book, language }), {
    kind: 'in_app', format: 1, display, ...(expiresAfterHours === undefined ? {} : { expiresAfterHours }), ...(until === undefined ? {} : { until }),
  });
}

/** @param buttons how many the message itself has: clicks are counted by their number, whatever the language */
function compileTexts(texts: InAppTexts, buttons: number, inlining: Inlining): Compiled<CompiledInAppTexts> {
  const fields = new FieldChecks(inlining);
  const { problems } = fields;
  const stored = (path: string, source: string) => {
    const checked = fields.check(path, source);
    return checked ? storedSource(checked) : '';
  };
  if (texts.buttons.length !== buttons) problems.push({ path: 'buttons', code: 'message.buttons-differ', message: `the message itself has ${buttons} button${buttons === 1 ? '' : 's'}, here ${texts.buttons.length}; clicks are counted by the number of the button` });
  const compiled: CompiledInAppTexts = {
    title: stored('title', texts.title),
    body: stored('body', texts.body),
    buttons: texts.buttons.map((button, index) => {
      if (!button.url.includes('{{') && asciiTarget(button.url) === null) problems.push({ path: `buttons.${index}.url`, code: 'message.bad-link', message: 'a button must lead to http://, https://, mailto: or tel:' });
      return { label: stored(`buttons.${index}.label`, button.label), url: stored(`buttons.${index}.url`, button.url) };
    }),
  };
  return problems.length > 0 ? { problems } : { value: compiled, warnings: fields.warnings };
}
