import type { Channel, EmailContent, InAppContent, InAppTexts, MessageContent } from '../../contract/message.js';
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
    const parts = languagesOf<InAppTexts>(content as InAppContent);
    return {
      channel, transactional, noticeInLayout: null,
      beginnings: parts.map(({ at, texts }) => beginningOf(at, texts)),
      texts: parts.flatMap(({ at, texts: { title, body, buttons, survey } }) => named(at, { title, body, ...Object.fromEntries(buttons.map(({ label }, index) => [`buttons.${index}.label`, label])), 'survey.question': survey?.question, 'survey.thanks': survey?.thanks })),
    };
  }
  return null;
}

/** The first words somebody reads; where there is neither title nor body, the question. Tags of HTML are no words. */
function beginningOf(at: string, { title, body, survey }: InAppTexts): LintText {
  if (title.trim() !== '') return { path: `${at}title`, text: title };
  if (body.trim() === '' && survey) return { path: `${at}survey.question`, text: survey.question };
  return { path: `${at}body`, text: body.replace(/^(?:\s|<[a-z][^<>]*>)+/i, '') };
}

/** The message itself and its translations, each with the path that leads to it. */
function languagesOf<T>(content: T & { translations?: Record<string, unknown> }): { at: string; texts: T }[] {
  return [{ at: '', texts: content }, ...Object.entries(content.translations ?? {}).map(([language, texts]) => ({ at: `translations.${language}.`, texts: texts as T }))];
}

const named = (at: string, texts: Record<string, string | undefined>): LintText[] => Object.entries(texts).flatMap(([name, text]) => (text ? [{ path: `${at}${name}`, text }] : []));
