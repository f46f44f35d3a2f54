import type { SurveyTexts } from '../../contract/in-app.js';
import type { WireNode } from '../../contract/visitor-wire.js';
import { labelled, withoutLabel } from '../rules/domain/ad-label.js';
import { RenderFailure, type CompiledInApp, type CompiledInAppTexts, type CompiledNode, type LinkSigner, type RenderContext, type RenderedInApp, type RenderedSurvey } from './compiled.js';
import { isSafeAddress } from './domain/nodes.js';
import { textOfNodes } from './domain/node-text.js';
import { paragraphs } from './display-message.js';
import type { Found } from './helper-values.js';
import { dataOf, keepers, keptIn, NO_LINKS, oneLine, readBy, refuseWithoutContact, stateFor } from './render-shared.js';
import { asciiTarget } from './targets.js';
import { prepare, type PreparedTemplate } from './template-engine.js';
import { MAX_OUTPUT, type RenderState } from './template-helpers.js';

type PreparedNode = PreparedTemplate | { tag: string; attributes: [string, PreparedTemplate][]; children: PreparedNode[] };

interface PreparedInApp {
  title: PreparedTemplate;
  body: PreparedTemplate;
  nodes?: PreparedNode[];
  buttons: { label: PreparedTemplate; url: PreparedTemplate }[];
  image?: { url: PreparedTemplate; alt: PreparedTemplate };
  survey?: Record<string, PreparedTemplate>;
}

const inApps = keepers<CompiledInAppTexts, PreparedInApp>();

function prepareInApp(compiled: CompiledInAppTexts, looking: boolean): PreparedInApp {
  const made = (source: string, part: string) => prepare(source, part, false, looking);
  return keptIn(inApps, compiled, looking, () => ({
    title: made(compiled.title, 'title'),
    body: made(compiled.body, 'body'),
    ...(compiled.nodes ? { nodes: compiled.nodes.map((node) => prepareNode(node, made)) } : {}),
    buttons: compiled.buttons.map(({ label, url }, index) => ({ label: made(label, `buttons.${index}.label`), url: made(url, `buttons.${index}.url`) })),
    ...(compiled.image ? { image: { url: made(compiled.image.url, 'image.url'), alt: made(compiled.image.alt, 'image.alt') } } : {}),
    ...(compiled.survey ? { survey: Object.fromEntries(surveyParts(compiled.survey).map(([part, source]) => [part, made(source, `survey.${part}`)])) } : {}),
  }));
}

function prepareNode(node: CompiledNode, made: (source: string, part: string) => PreparedTemplate): PreparedNode {
  if (typeof node === 'string') return made(node, 'body');
  return { tag: node.tag, attributes: Object.entries(node.attributes ?? {}).map(([name, value]) => [name, made(value, 'body')]), children: (node.children ?? []).map((child) => prepareNode(child, made)) };
}

/** Every text of a survey under its place. */
function surveyParts({ question, ends, choices, comment, submit, thanks }: SurveyTexts): [string, string][] {
  const parts: [string, string | undefined][] = [
    ['question', question], ['ends.0', ends?.[0]], ['ends.1', ends?.[1]], ...(choices ?? []).map(({ label }, index): [string, string] => [`choices.${index}.label`, label]), ['comment', comment], ['submit', submit], ['thanks', thanks],
  ];
  return parts.filter((part): part is [string, string] => part[1] !== undefined);
}

/** The in-app message for one person. Throws `RenderFailure`; `found` as for `renderEmail`. */
export function renderInApp(compiled: CompiledInApp, context: RenderContext, links: LinkSigner, found?: Found[]): RenderedInApp {
  const { texts, language, locale } = readBy<CompiledInAppTexts>(compiled, context);
  const prepared = prepareInApp(texts, found !== undefined);
  const state = { ...stateFor(context, locale, NO_LINKS, []), ...(found ? { found } : {}) };
  const data = dataOf(context, locale, {});
  const say = (template: PreparedTemplate) => template(data, state);
  refuseWithoutContact(context, found);
  const nodes = prepared.nodes && new NodeRender(data, state, found).all(prepared.nodes);
  const message: RenderedInApp = {
    language,
    format: compiled.display,
    title: oneLine(say(prepared.title)),
    body: nodes ? textOfNodes(nodes) : say(prepared.body),
    ...(nodes ? { nodes } : {}),
    buttons: prepared.buttons.map(({ label, url }, index) => ({ label: oneLine(say(label)), url: targetOf(() => say(url), `buttons.${index}.url`, `button ${index + 1}`, found) })),
    ...(prepared.image ? { image: { url: targetOf(() => say(prepared.image!.url), 'image.url', 'picture', found, true), alt: oneLine(say(prepared.image.alt)) } } : {}),
    ...(prepared.survey && compiled.asks ? { survey: surveyFor(compiled.asks, texts.survey!, (part) => say(prepared.survey![part]!).trim(), locale) } : {}),
    ...settingsOf(compiled),
  };
  return asAdvertising(message, context, links);
}

function settingsOf({ theme, slot, reply, expiresAfterHours, until }: CompiledInApp): Partial<RenderedInApp> {
  return Object.fromEntries(Object.entries({ theme, slot, reply, expiresAfterHours, until }).filter(([, value]) => value !== undefined));
}

function surveyFor(asks: NonNullable<CompiledInApp['asks']>, texts: SurveyTexts, say: (part: string) => string, locale: string): RenderedSurvey {
  const korean = /^ko\b/i.test(locale);
  return {
    ...asks,
    question: say('question'),
    ...(texts.ends ? { ends: [oneLine(say('ends.0')), oneLine(say('ends.1'))] } : {}),
    ...(texts.choices ? { choices: texts.choices.map(({ key }, index) => ({ key, label: oneLine(say(`choices.${index}.label`)) })) } : {}),
    ...(texts.comment === undefined ? {} : { comment: oneLine(say('comment')) }),
    submit: texts.submit === undefined ? (korean ? '보내기' : 'Send') : oneLine(say('submit')),
    thanks: texts.thanks === undefined ? (korean ? '소중한 의견 감사합니다.' : 'Thank you for telling us.') : say('thanks'),
  };
}

/** Rules `ad_label` and `opt_out_notice`: the label before the first words, and a last line that leads to the page of choices. */
function asAdvertising(message: RenderedInApp, context: RenderContext, links: LinkSigner): RenderedInApp {
  const { advertising } = context;
  if (!advertising?.label.includes('in_app')) return message;
  const { title, body, survey } = message;
  const first = title !== '' ? { title: labelled(title) } : body.trim() !== '' || !survey ? { body: labelled(body), ...(message.nodes ? { nodes: labelledNodes(message.nodes) } : {}) } : { survey: { ...survey, question: labelled(survey.question) } };
  const made = { ...message, ...first };
  if (!advertising.optOut) return made;
  const page = links.forMessage(context.deliveryId, context.personId).preferences();
  const korean = /^ko\b/i.test(context.readIn || context.person.language || context.workspace.language);
  const notice = korean ? '무료 수신거부' : 'Opt out, free of charge';
  // A preview has no such page: it shows the line as visitors see it, without the link.
  const line: WireNode = isSafeAddress(page) ? ['a', { href: page }, notice] : notice;
  return { ...made, body: `${made.body.trimEnd()}\n\n${notice}: ${page}`.trimStart(), nodes: [...(made.nodes ?? paragraphs(made.body)), ['p', 0, ['small', 0, line]]] };
}

/** The label in the first block of words; before everything where there is none. */
function labelledNodes(nodes: readonly WireNode[]): WireNode[] {
  const [first, ...rest] = nodes;
  if (typeof first === 'string') return [labelled(first), ...rest];
  if (!first || !['p', 'h2', 'h3'].includes(first[0])) return [['p', 0, labelled('')], ...nodes];
  const [tag, attributes, begin, ...more] = first;
  return typeof begin === 'string' ? [[tag, attributes, `${labelled(withoutLabel(begin))}${/\s$/.test(begin) ? ' ' : ''}`, ...more], ...rest] : [[tag, attributes, `${labelled('')} `, ...(begin === undefined ? [] : [begin]), ...more], ...rest];
}

/** Makes the nodes of one message: values become text, addresses are asked again, and all of it stays below one limit. */
class NodeRender {
  private made = 0;
  private links = 0;

  constructor(private readonly data: object, private readonly state: RenderState, private readonly found: Found[] | undefined) {}

  all(nodes: readonly PreparedNode[]): WireNode[] {
    return nodes.map((node) => this.one(node)).filter((node) => node !== '');
  }

  private one(node: PreparedNode): WireNode {
    if (typeof node === 'function') return this.text(node);
    const attributes = node.attributes.map(([name, value]) => [name, this.attribute(name, value)] as const);
    return [node.tag, attributes.length === 0 ? 0 : Object.fromEntries(attributes), ...this.all(node.children)];
  }

  private text(template: PreparedTemplate): string {
    const text = template(this.data, this.state);
    this.made += text.length;
    if (this.made > MAX_OUTPUT) throw new RenderFailure('RENDER_ERROR', `body: more than ${MAX_OUTPUT / 1024} KB`);
    return text;
  }

  private attribute(name: string, value: PreparedTemplate): string {
    if (name !== 'href' && name !== 'src') return name === 'alt' ? oneLine(this.text(value)) : this.text(value);
    if (name === 'href') this.links += 1;
    return targetOf(() => this.text(value), 'body', name === 'src' ? 'picture' : `link ${this.links}`, this.found, name === 'src');
  }
}

function targetOf(say: () => string, part: string, subject: string, found: Found[] | undefined, picture = false): string {
  const before = found?.length;
  const target = asciiTarget(say());
  if (target !== null && isSafeAddress(target, picture)) return target;
  if (!found) throw new RenderFailure('RENDER_ERROR', `${part}: it does not lead to ${picture ? 'a picture at http or https' : 'http, https, mailto or tel'}`);
  // An address without its value was told as that.
  if (found.length === before) found.push({ kind: 'broken_link', part, subject });
  return '';
}
