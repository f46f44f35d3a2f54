import type { Channel, ContentOf, EmailContent, MessageContent } from '../../contract/message.js';
import { AppError } from '../../kernel/errors.js';
import type { Checked } from './compile-languages.js';
import type { CompiledMessage } from './compiled.js';
import { compileEmail } from './email-compile.js';
import { compileInApp } from './in-app-compile.js';
import type { SnippetBook } from './snippets.js';
import { compileChat, compileWebhook } from '../hooks/compile-hooks.js';

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
