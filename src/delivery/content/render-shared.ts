import { pickLanguage } from '../../kernel/language.js';
import { RenderFailure, type InLanguages, type MessageLinks, type RenderContext } from './compiled.js';
import type { Found } from './helper-values.js';
import type { RenderState } from './template-helpers.js';

/** Functions made from compiled texts, for sending and for looking; they live as long as the compiled message is kept by someone. */
export const keepers = <Texts extends object, Prepared>() => [new WeakMap<Texts, Prepared>(), new WeakMap<Texts, Prepared>()] as const;

export function keptIn<Texts extends object, Prepared>([sending, looking]: readonly [WeakMap<Texts, Prepared>, WeakMap<Texts, Prepared>], texts: Texts, isLooking: boolean, make: () => Prepared): Prepared {
  const kept = isLooking ? looking : sending;
  let prepared = kept.get(texts);
  if (!prepared) kept.set(texts, (prepared = make()));
  return prepared;
}

/** One line without control characters: what a header may hold. */
export const oneLine = (text: string) => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();

/** Rule `sender_identity`: advertising that does not say how to reach its sender does not leave. */
export function refuseWithoutContact({ advertising, workspace }: RenderContext, found?: Found[]): void {
  if (!advertising?.contact || workspace.senderContact?.trim()) return;
  if (found) found.push({ kind: 'missing_value', part: 'body', subject: 'workspace.senderContact' });
  else throw new RenderFailure('RENDER_MISSING_VAR', 'workspace.senderContact has no value, and advertising has to show it');
}

/** In-app buttons are counted by the click call of the inbox, not by signed links. */
export const NO_LINKS: MessageLinks = { click: (_index, url) => url, open: () => '', unsubscribe: () => '', preferences: () => '', view: () => '', honeypot: () => '' };

/** The texts somebody reads, the language they are declared to be in, and the locale their numbers and dates are written in. */
interface Reading<T> { texts: T; language: string | null; locale: string }

/**
 * Chooses the language: the person's (or the workspace's when they told us none), its base, the message itself. Numbers and
 * dates follow the text: a person who falls back to English gets English dates, one from Britain British ones.
 */
export function readBy<T>(message: T & InLanguages<T>, { person, workspace, readIn }: Pick<RenderContext, 'person' | 'workspace' | 'readIn'>): Reading<T> {
  const wanted = readIn || person.language || workspace.language;
  const { language: own, translations = {} } = message;
  if (own === undefined) return { texts: message, language: null, locale: wanted };
  const found = pickLanguage(wanted, [own, ...Object.keys(translations)]);
  if (found === null && message.onMissingLanguage === 'skip') throw new RenderFailure('LANGUAGE_MISSING', `${wanted} is not among ${[own, ...Object.keys(translations)].join(', ')}`);
  const language = found ?? own;
  return { texts: translations[language] ?? message, language, locale: found === null ? own : wanted };
}

export function stateFor(context: RenderContext, language: string, links: MessageLinks, staticLinks: RenderState['staticLinks']): RenderState {
  return { links, staticLinks, language, timeZone: context.person.timeZone || context.workspace.timeZone, turns: 0, made: 0 };
}

const copyOf = (data: unknown) => JSON.parse(JSON.stringify(data)) as unknown;

/**
 * What came from outside as plain data: a copy through JSON drops functions and prototypes, which a template must never meet.
 * Texts, switches and whole numbers are the same in JSON and go without it.
 */
function copy(data: Record<string, unknown>): unknown {
  const plain: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(data)) {
    if (key === '__proto__') return copyOf(data);
    if (typeof value === 'string' || typeof value === 'boolean' || value === null || Number.isSafeInteger(value)) plain[key] = value;
    else if (value !== undefined && typeof value !== 'function' && typeof value !== 'symbol') plain[key] = copyOf(value);
  }
  return plain;
}

export function dataOf({ person, event, workspace, transactional = false, advertising }: RenderContext, language: string, urls: Record<string, string>): object {
  const { name, timeZone, senderContact } = workspace;
  return {
    person: copy(person), event: event ? copy(event) : {}, workspace: { name, timeZone, language: workspace.language, senderContact },
    message: { ...urls, language, korean: /^ko\b/i.test(language), transactional, optOut: advertising?.optOut ?? false },
  };
}
