import { RenderFailure, type CompiledEmail, type CompiledEmailTexts, type LinkSigner, type RenderContext, type RenderedEmail } from './compiled.js';
import { labelled } from '../rules/domain/ad-label.js';
import { prepare, type PreparedTemplate } from './template-engine.js';
import type { Found } from './helper-values.js';
import { dataOf, keepers, keptIn, oneLine, readBy, refuseWithoutContact, stateFor } from './render-shared.js';

export { renderInApp } from './in-app-render.js';

interface PreparedEmail {
  subject: PreparedTemplate;
  preheader: PreparedTemplate;
  html: PreparedTemplate;
  text: PreparedTemplate;
  fromName?: PreparedTemplate;
  staticLinks: (string | undefined)[];
}

const emails = keepers<CompiledEmailTexts, PreparedEmail>();

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

/** Blocks that were left out leave empty lines behind. */
const tidy = (text: string) => `${text.replace(/[ \t]+$/gm, '').replace(/\n{3,}/g, '\n\n').trim()}\n`;

const replyTos = new Map<string, PreparedTemplate>();
/** Few messages have one, each the same for all: kept by its source. */
const MOST_KEPT = 100;

/** Where replies go: a template may give each person an address, or none. */
function replyToOf({ replyTo }: CompiledEmail, data: Parameters<PreparedTemplate>[0], state: Parameters<PreparedTemplate>[1]): { replyTo?: string } {
  if (replyTo === undefined || !replyTo.includes('{{')) return replyTo === undefined ? {} : { replyTo };
  if (replyTos.size >= MOST_KEPT) replyTos.clear();
  const template = replyTos.get(replyTo) ?? prepare(replyTo, 'replyTo', false, state.found !== undefined);
  if (!state.found) replyTos.set(replyTo, template);
  const address = oneLine(template(data, state));
  if (address !== '' && !/^[^\s@]+@[^\s@]+$/.test(address)) throw new RenderFailure('RENDER_ERROR', 'replyTo: it is not one e-mail address');
  return address === '' ? {} : { replyTo: address };
}

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
    ...replyToOf(compiled, data, state),
    listUnsubscribeUrl,
  };
}
