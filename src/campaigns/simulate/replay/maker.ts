import type { Channel } from '../../../contract/message.js';
import { RenderFailure, type CompiledMessage } from '../../../delivery/content/compiled.js';
import { UNSIGNED } from '../../../delivery/content/preview.service.js';
import { renderEmail, renderInApp } from '../../../delivery/content/render.js';
import { contextOf } from '../../../delivery/sending/render-context.js';
import type { ReasonCode } from '../../../kernel/reason-codes.js';
import type { PersonState } from './sim-person.js';
import type { SimPlan } from './sim-plan.js';

/** A message as it is to be made. */
export interface ToMake { id: string; contentId: string | null; channel: Channel; topic: string }

/** The language a message was made in, or why it could not be made. */
export type Made = { language: string | null } | { code: ReasonCode; detail: string };

const NAMED = /\b(?:person|event)\b(?:\.([A-Za-z_][\w-]*))?/g;
/** An expression that shows a value as it is, in the text that was made of a message (`template-check`). */
const SHOWN = /^(?:danbi_value|danbi_text|default) (?:person|event)\.([A-Za-z_][\w-]*) \\?"[^"\\]*\\?"$/;
/** What stands in the target of a link or picture has to make a good address. */
const TARGETS = /\{\{#(danbi_link|danbi_text_link|danbi_image)\b.*?\{\{\/\1\}\}/gs;
/** A text that is shown like any other of its length: nothing in it is escaped, left out or a line of its own. */
const ORDINARY = /^\p{L}(?:[\p{L}\p{N} ]{0,38}[\p{L}\p{N}])?$/u;
const MOST = 20_000;

interface Template { compiled: CompiledMessage; /** Top-level names of the person and the event that its texts use; null: all of them. */ names: Names | null; made: Map<string, Made> }

/** `shown`: nothing but shown, so that of an ordinary text its length alone matters. */
interface Names { all: readonly string[]; shown: ReadonlySet<string> }

/** Makes messages as sending would, and remembers what came of people of whom the texts say the same. */
export class Maker {
  private readonly templates = new Map<string, Template>();

  constructor(private readonly plan: Pick<SimPlan, 'contents' | 'workspace' | 'topics'>) {}

  make(delivery: ToMake, personId: string, state: PersonState, event: Record<string, unknown> | null): Made {
    const template = this.template(delivery.contentId);
    // What goes to a system or the team is not made here: it has no language, and what it says is seen by nobody.
    if (!template || (template.compiled.kind !== 'email' && template.compiled.kind !== 'in_app')) return delivery.channel === 'email' || delivery.channel === 'in_app' ? { code: 'RENDER_ERROR', detail: 'there is no published content for this delivery' } : { language: null };
    const { person } = state;
    const key = template.names && keyOf(template.names, person, event);
    const known = key === null ? undefined : template.made.get(key);
    if (known) return known;
    const made = this.render(template.compiled, { ...delivery, personId, event }, state);
    if (key !== null && template.made.size < MOST) template.made.set(key, made);
    return made;
  }

  private render(compiled: Extract<CompiledMessage, { kind: 'email' | 'in_app' }>, { id, personId, event, topic }: { id: string; personId: string; event: Record<string, unknown> | null; topic: string }, { person }: PersonState): Made {
    const context = contextOf({ id, personId, event, transactional: this.plan.topics.get(topic)?.transactional ?? false }, person, this.plan.workspace);
    try {
      return { language: (compiled.kind === 'email' ? renderEmail(compiled, context, UNSIGNED) : renderInApp(compiled, context, UNSIGNED)).language };
    } catch (error) {
      return error instanceof RenderFailure ? { code: error.code, detail: error.detail } : { code: 'RENDER_ERROR', detail: error instanceof Error ? error.message : String(error) };
    }
  }

  private template(id: string | null): Template | null {
    const compiled = id === null ? undefined : this.plan.contents.get(id);
    if (!compiled) return null;
    const known = this.templates.get(id!);
    if (known) return known;
    const template = { compiled, names: namesIn(JSON.stringify(compiled), compiled.kind === 'email'), made: new Map<string, Made>() };
    this.templates.set(id!, template);
    return template;
  }
}

/** The same text for two people: the same comes of the message for both of them. */
function keyOf({ all, shown }: Names, person: PersonState['person'], event: Record<string, unknown> | null): string {
  const told = (name: string, value: unknown): unknown => (shown.has(name) && typeof value === 'string' && ORDINARY.test(value) ? { length: value.length } : value);
  return JSON.stringify([person.language, person.timeZone, ...all.map((name) => [told(name, (person as unknown as Record<string, unknown>)[name] ?? person.attributes[name]), told(name, event?.[name])])]);
}

/**
 * What the expressions of a message name; null when one names the person or the event as a whole.
 *
 * @param tellsShown whether targets are marked in its text (e-mails), so that names which are only shown can be told from the others
 */
export function namesIn(text: string, tellsShown: boolean): Names | null {
  const names = new Set<string>();
  const judged = new Set<string>();
  const targets = new Set([...text.matchAll(TARGETS)].flatMap(([target]) => namedIn(target)));
  for (const [, expression] of text.matchAll(/\{\{([^}]*)\}\}/g)) {
    const isShown = tellsShown && SHOWN.test(expression!);
    for (const [, name] of expression!.matchAll(NAMED)) {
      if (name === undefined) return null;
      names.add(name);
      if (!isShown) judged.add(name);
    }
  }
  return { all: [...names], shown: new Set([...names].filter((name) => !judged.has(name) && !targets.has(name))) };
}

const namedIn = (text: string): string[] => [...text.matchAll(NAMED)].flatMap(([, name]) => name ?? []);
