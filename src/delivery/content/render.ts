import { pickLanguage } from '../../kernel/language.js';
import { RenderFailure, type CompiledEmail, type CompiledEmailTexts, type CompiledInApp, type CompiledInAppTexts, type InLanguages, type LinkSigner, type MessageLinks, type RenderContext, type RenderedEmail, type RenderedInApp } from './compiled.js';
import { labelled } from '../rules/domain/ad-label.js';
import { prepare, type PreparedTemplate } from './template-engine.js';
import type { Found } from './helper-values.js';
import type { RenderState } from './template-helpers.js';
import { asciiTarget } from './targets.js';

interface PreparedEmail {
  subject: PreparedTemplate;
  preheader: PreparedTemplate;
  html: PreparedTemplate;
  text: PreparedTemplate;
  fromName?: PreparedTemplate;
  staticLinks: (string | undefined)[];
}

interface PreparedInApp {
  title: PreparedTemplate;
  body: PreparedTemplate;
  buttons: { label: PreparedTemplate; url: PreparedTemplate }[];
}

/** Functions made from compiled texts, for sending and for looking; they live as long as the compiled message is kept by someone. */
const emails = [new WeakMap<CompiledEmailTexts, PreparedEmail>(), new WeakMap<CompiledEmailTexts, PreparedEmail>()] as const;
const inApps = [new WeakMap<CompiledInAppTexts, PreparedInApp>(), new WeakMap<CompiledInAppTexts, PreparedInApp>()] as const;

function keptIn<Texts extends object, Prepared>([sending, looking]: readonly [WeakMap<Texts, Prepared>, WeakMap<Texts, Prepared>], texts: Texts, isLooking: boolean, make: () => Prepared): Prepared {
  const kept = isLooking ? looking : sending;
  let prepared = kept.get(texts);
  if (!prepared) kept.set(texts, (prepared = make()));
  return prepared;
}

/** Makes the template functions of an e-mail; needed before the first render, which does it by itself when it was not. */
export function prepareEmail(compiled: CompiledEmailTexts, looking = false): PreparedEmail {
  return keptIn(emails, compiled, looking, () => ({
    subject: prepare(compiled.subject, 'subject', false, looking),
    preheader: prepare(compiled.preheader, 'preheader', false, looking),
    html: prepare(compiled.html, 'body', true, looking),
    text: prepare(compiled.text, 'text', false, looking),
    ...(compiled.fromName === undefined ? {} : { fromName: prepare(compiled.fromName, 'fromName', false, looking) }),
    staticLinks: compiled.links.map((link) => link.url),
  }));
}

function prepareInApp(compiled: CompiledInAppTexts, looking: boolean): PreparedInApp {
  return keptIn(inApps, compiled, looking, () => ({
    title: prepare(compiled.title, 'title', false, looking),
    body: prepare(compiled.body, 'body', false, looking),
    buttons: compiled.buttons.map(({ label, url }, index) => ({ label: prepare(label, `buttons.${index}.label`, false, looking), url: prepare(url, `buttons.${index}.url`, false, looking) })),
  }));
}

/** One line without control characters: what a header may hold. */
export const oneLine = (text: string) => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();

/** Blocks that were left out leave empty lines behind. */
const tidy = (text: string) => `${text.replace(/[ \t]+$/gm, '').replace(/\n{3,}/g, '\n\n').trim()}\n`;

/**
 * The e-mail for one person. Pure: the same arguments give the same bytes. Throws {@link RenderFailure}; nothing of the
 * context is changed or kept.
 *
 * @param found gathers what is wrong in place of throwing, for those who look at a message and do not send it
 */
export function renderEmail(compiled: CompiledEmail, context: RenderContext, links: LinkSigner, found?: Found[]): RenderedEmail {
  const { texts, language, locale } = readBy(compiled, context);
  const prepared = prepareEmail(texts, found !== undefined);
  const own = links.forMessage(context.deliveryId, context.personId);
  const state = { ...stateFor(context, locale, own, prepared.staticLinks), ...(found ? { found } : {}) };
  const listUnsubscribeUrl = own.unsubscribe();
  const data = dataOf(context, locale, { unsubscribeUrl: listUnsubscribeUrl, preferencesUrl: own.preferences(), openUrl: own.open(), viewUrl: own.view(), honeypotUrl: own.honeypot() });
  refuseWithoutContact(context, found);
  const written = oneLine(prepared.subject(data, state));
  const subject = written !== '' && context.advertising?.label.includes('email') ? labelled(written) : written;
  if (subject === '' && !found) throw new RenderFailure('RENDER_ERROR', 'subject: it is empty');
  return {
    language,
    subject,
    preheader: oneLine(prepared.preheader(data, state)),
    html: prepared.html(data, state),
    text: tidy(prepared.text(data, state)),
    ...(prepared.fromName ? { fromName: oneLine(prepared.fromName(data, state)) } : {}),
    ...(compiled.fromAddress === undefined ? {} : { fromAddress: compiled.fromAddress }),
    ...(compiled.replyTo === undefined ? {} : { replyTo: compiled.replyTo }),
    listUnsubscribeUrl,
  };
}

/** The in-app message for one person. Throws {@link RenderFailure}; `found` as for {@link renderEmail}. */
export function renderInApp(compiled: CompiledInApp, context: RenderContext, links: LinkSigner, found?: Found[]): RenderedInApp {
  const { texts, language, locale } = readBy(compiled, context);
  const prepared = prepareInApp(texts, found !== undefined);
  const state = { ...stateFor(context, locale, NO_LINKS, []), ...(found ? { found } : {}) };
  const data = dataOf(context, locale, {});
  refuseWithoutContact(context, found);
  const [title, written] = [oneLine(prepared.title(data, state)), prepared.body(data, state)];
  const isLabelled = context.advertising?.label.includes('in_app') ?? false;
  const body = isLabelled && context.advertising?.optOut ? `${written.trimEnd()}\n\n${optOutNotice(context, links)}` : written;
  return {
    language,
    format: compiled.display,
    title: isLabelled && title !== '' ? labelled(title) : title,
    body: isLabelled && title === '' ? labelled(body) : body,
    buttons: prepared.buttons.map(({ label, url }, index) => ({ label: oneLine(label(data, state)), url: buttonTarget(url(data, state), index, found) })),
    ...(compiled.expiresAfterHours === undefined ? {} : { expiresAfterHours: compiled.expiresAfterHours }),
    ...(compiled.until === undefined ? {} : { until: compiled.until }),
  };
}

/** Rule `opt_out_notice` where there is no footer: one sentence in the language of the person, with the page of their choices. */
function optOutNotice({ person, workspace, readIn, deliveryId, personId }: RenderContext, links: LinkSigner): string {
  const korean = /^ko\b/i.test(readIn || person.language || workspace.language);
  const page = links.forMessage(deliveryId, personId).preferences();
  return korean ? `무료 수신거부: ${page}` : `Opt out, free of charge: ${page}`;
}

/** Rule `sender_identity`: advertising that does not say how to reach its sender does not leave. */
function refuseWithoutContact({ advertising, workspace }: RenderContext, found?: Found[]): void {
  if (!advertising?.contact || workspace.senderContact?.trim()) return;
  if (found) found.push({ kind: 'missing_value', part: 'body', subject: 'workspace.senderContact' });
  else throw new RenderFailure('RENDER_MISSING_VAR', 'workspace.senderContact has no value, and advertising has to show it');
}

function buttonTarget(url: string, index: number, found?: Found[]): string {
  const target = asciiTarget(url);
  const part = `buttons.${index}.url`;
  if (target === null && found) {
    if (!found.some((one) => one.part === part)) found.push({ kind: 'broken_link', part, subject: `button ${index + 1}` });
    return '';
  }
  if (target === null) throw new RenderFailure('RENDER_ERROR', `${part}: it does not lead to http, https, mailto or tel`);
  return target;
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
