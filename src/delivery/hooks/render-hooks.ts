import { RenderFailure, type CompiledChat, type CompiledWebhook, type RenderContext } from '../content/compiled.js';
import { dataOf, NO_LINKS, oneLine, stateFor } from '../content/render-shared.js';
import { asciiTarget, isImageTarget } from '../content/targets.js';
import { prepare, type PreparedTemplate } from '../content/template-engine.js';
import type { RenderedChat } from './domain/chat.js';
import { fillTree } from './domain/webhook-tree.js';

/** A body larger than this is not sent. */
export const MAX_BODY_BYTES = 262_144;

/** A webhook's body before it is written as JSON. */
export interface RenderedWebhook { type: string; timestamp: string; data: unknown }

/** Functions made from compiled contents, by template; they live as long as the content is kept by someone. */
const prepared = new WeakMap<object, Map<string, PreparedTemplate>>();

/** Fills templates of one content; nothing is escaped here, because nothing here is markup. */
function filler(compiled: CompiledWebhook | CompiledChat, context: RenderContext): { data: object; fill: (source: string, part: string) => string } {
  const templates = prepared.get(compiled) ?? new Map<string, PreparedTemplate>();
  prepared.set(compiled, templates);
  // Systems and the team read in the workspace's language and zone, not in the person's.
  const { language, timeZone } = context.workspace;
  const state = { ...stateFor(context, language, NO_LINKS, []), timeZone };
  const data = dataOf(context, language, {});
  const fill = (source: string, part: string) => {
    const template = templates.get(part) ?? prepare(source, part, false);
    templates.set(part, template);
    return template(data, state);
  };
  return { data, fill };
}

/**
 * The body of a webhook about one person. Throws {@link RenderFailure}.
 *
 * @param at when the message was queued: the same on every attempt
 */
export function renderWebhook(compiled: CompiledWebhook, context: RenderContext, at: Date): RenderedWebhook {
  const { data, fill } = filler(compiled, context);
  const missing = (path: string): never => { throw new RenderFailure('RENDER_MISSING_VAR', `data: ${path} has no value`); };
  return { type: compiled.event, timestamp: at.toISOString(), data: fillTree(compiled.data, { template: fill, missing, data }) };
}

const EMAIL = /^[^\s@<>"]{1,64}@[^\s@<>"]{1,189}$/;

/** The notice about one person. Throws {@link RenderFailure}. */
export function renderChat(compiled: CompiledChat, context: RenderContext): RenderedChat {
  const { fill } = filler(compiled, context);
  const text = fill(compiled.text, 'text').trim();
  if (text === '') throw new RenderFailure('RENDER_ERROR', 'text: it is empty');
  const memberEmail = compiled.memberEmail === undefined ? undefined : oneLine(fill(compiled.memberEmail, 'memberEmail'));
  if (memberEmail !== undefined && !EMAIL.test(memberEmail)) throw new RenderFailure('RENDER_ERROR', 'memberEmail: it is not one e-mail address');
  return {
    title: oneLine(fill(compiled.title, 'title')),
    text,
    ...(compiled.color === undefined ? {} : { color: compiled.color }),
    details: compiled.details.map(({ title, description, imageUrl }, index) => ({
      title: oneLine(fill(title, `details.${index}.title`)), description: fill(description, `details.${index}.description`).trim(),
      ...(imageUrl === undefined ? {} : { imageUrl: target(fill(imageUrl, `details.${index}.imageUrl`), `details.${index}.imageUrl`, isImageTarget) }),
    })),
    links: compiled.links.map(({ label, url }, index) => ({ label: oneLine(fill(label, `links.${index}.label`)), url: target(fill(url, `links.${index}.url`), `links.${index}.url`, () => true) })),
    ...(memberEmail === undefined ? {} : { memberEmail }),
  };
}

function target(url: string, part: string, allowed: (target: string) => boolean): string {
  const found = asciiTarget(url);
  if (found === null || !allowed(found)) throw new RenderFailure('RENDER_ERROR', `${part}: it does not lead to a place that is allowed there`);
  return found;
}
