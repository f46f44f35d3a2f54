import type { Channel, EmailContent, InAppContent, MessageContent } from '../../contract/message.js';
import type { CompiledMessage } from '../content/compiled.js';
import type { LintMessage, LintText } from './domain/lint.js';

/** What of a message the rules look at; null for channels that do not speak to a person. */
export function lintable(channel: Channel, content: MessageContent, compiled: CompiledMessage, transactional: boolean): LintMessage | null {
  if (channel === 'email' && compiled.kind === 'email') {
    const parts = languagesOf(content as EmailContent);
    return {
      channel, transactional, noticeInLayout: compiled.html.includes('message.optOut'),
      beginnings: parts.map(({ at, texts }) => ({ path: `${at}subject`, text: texts.subject })),
      texts: parts.flatMap(({ at, texts }) => named(at, { subject: texts.subject, preheader: texts.preheader, body: texts.body, text: texts.text })),
    };
  }
  if (channel === 'in_app') {
    const parts = languagesOf(content as InAppContent);
    return {
      channel, transactional, noticeInLayout: null,
      beginnings: parts.map(({ at, texts }) => (texts.title.trim() === '' ? { path: `${at}body`, text: texts.body } : { path: `${at}title`, text: texts.title })),
      texts: parts.flatMap(({ at, texts }) => named(at, { title: texts.title, body: texts.body })),
    };
  }
  return null;
}

/** The message itself and its translations, each with the path that leads to it. */
function languagesOf<T extends { translations?: Record<string, unknown> }>(content: T): { at: string; texts: T }[] {
  return [{ at: '', texts: content }, ...Object.entries(content.translations ?? {}).map(([language, texts]) => ({ at: `translations.${language}.`, texts: texts as T }))];
}

const named = (at: string, texts: Record<string, string | undefined>): LintText[] => Object.entries(texts).flatMap(([name, text]) => (text ? [{ path: `${at}${name}`, text }] : []));
