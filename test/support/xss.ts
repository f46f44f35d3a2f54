import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import type { LaidOut, WireNode } from '../../src/contract/visitor-wire.js';
import { InAppContent } from '../../src/contract/message.js';
import { AppError } from '../../src/kernel/errors.js';
import { compileMessage } from '../../src/delivery/content/compile.js';
import { RenderFailure, type CompiledInApp, type LinkSigner, type RenderContext } from '../../src/delivery/content/compiled.js';
import { layOut } from '../../src/delivery/content/display-layout.js';
import { displayMessage } from '../../src/delivery/content/display-message.js';
import { renderInApp } from '../../src/delivery/content/render.js';

export interface Payload { kind: string; payload: string }
export const PAYLOADS = JSON.parse(readFileSync(new URL('../cases/xss-payloads.json', import.meta.url), 'utf8')) as Payload[];

/** Everything that runs in a page is heard: whatever a payload calls ends among the faults of the browser. In every frame. */
export async function listen(page: Page, faults: string[]): Promise<void> {
  page.on('dialog', (dialog) => { faults.push('CANARY dialog'); void dialog.dismiss(); });
  await page.addInitScript(`for (const name of ['xss', 'alert', 'confirm', 'prompt']) window[name] = () => console.error('CANARY ' + name);`);
}
/** What ran, or asked the host of the attacker; a picture that does not come is no script. */
export const heard = (faults: readonly string[]) => faults.filter((fault) => /CANARY|request to .*canary|page error/.test(fault));

const links: LinkSigner = { forMessage: () => ({ click: (_index, url) => url, open: () => '', unsubscribe: () => '', preferences: () => 'https://x.example/p', view: () => '', honeypot: () => '' }) };
export const contextWith = (person: Record<string, unknown>, event: Record<string, unknown> = {}): RenderContext => ({
  person: { language: 'en', ...person }, event, workspace: { name: 'W', timeZone: 'UTC', language: 'en' }, deliveryId: 'd', personId: 'p',
});

const kept = new WeakMap<object, Promise<CompiledInApp | null>>();
function compiledOnce(content: object): Promise<CompiledInApp | null> {
  let compiled = kept.get(content);
  if (!compiled) kept.set(content, (compiled = compile(content)));
  return compiled;
}

async function compile(content: object): Promise<CompiledInApp | null> {
  const parsed = InAppContent.safeParse(content);
  if (!parsed.success) return null;
  try {
    return (await compileMessage('in_app', parsed.data)) as CompiledInApp;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/** The message as it would be displayed; null where it is refused, at publish or for this person. */
export async function made(content: unknown, context: RenderContext): Promise<LaidOut | null> {
  const compiled = await compiledOnce(content as object);
  try {
    return compiled && layOut(displayMessage(renderInApp(compiled, context, links)));
  } catch (error) {
    if (error instanceof RenderFailure) return null;
    throw error;
  }
}

/** An author who attacks: the payload in every place that an author writes. */
export const byAuthor = (payload: string): unknown[] => [
  { body: payload, markup: 'html' }, { body: `<p>${payload}</p>`, markup: 'html' }, { body: `<a href="${payload}">x</a>`, markup: 'html' }, { body: `<img src="${payload}" alt="${payload}">`, markup: 'html' },
  { body: payload, title: payload.slice(0, 200), reply: true }, { format: 'modal', body: 'b', buttons: [{ label: payload.slice(0, 100), url: 'https://x.example/' }, { label: 'b', url: payload }] },
  { format: 'slide_in', body: 'b', image: { url: payload, alt: payload } }, { body: 'b', theme: { accent: payload, background: payload, text: payload, on: payload } },
  { format: 'survey', survey: { kind: 'choice', question: payload, choices: [{ key: 'a', label: payload }, { key: 'b', label: payload }], comment: payload, submit: payload.slice(0, 60), thanks: payload } },
];

const EVERYWHERE = [
  { body: '<h2>{{person.x}}</h2><p>a {{event.x}}{{#if person.x}}{{person.x}}{{/if}}</p><ul>{{!-- --}}<li>{{upper person.x}}</li></ul>', markup: 'html', title: '{{person.x}}', reply: true },
  { body: '<a href="{{person.x}}">x</a>', markup: 'html' }, { body: '<a href="https://x.example/{{person.x}}">x</a>', markup: 'html' }, { body: '<a href="mailto:{{person.x}}">x</a>', markup: 'html' },
  { body: '<img src="{{person.x}}" alt="{{event.x}}">', markup: 'html' }, { body: '{{person.x}}\n\n{{event.x}}', title: '{{person.x}}' },
  { format: 'modal', body: '{{person.x}}', buttons: [{ label: '{{person.x}}', url: '{{person.x}}' }] }, { format: 'modal', body: '{{person.x}}', buttons: [{ label: '{{person.x}}', url: 'https://x.example/?a={{person.x}}' }] },
  { format: 'slide_in', body: 'b', image: { url: '{{person.x}}', alt: '{{person.x}}' } }, { format: 'banner', body: '{{default person.y event.x}}' },
  { format: 'survey', survey: { kind: 'nps', question: '{{person.x}}', ends: ['{{person.x}}', '{{event.x}}'], comment: '{{person.x}}', thanks: '{{person.x}}' } },
];
/** A visitor who attacks: the payload as value, and as name, of an attribute and of a property of an event. */
export const byVisitor = (payload: string): [unknown, RenderContext][] => EVERYWHERE.flatMap((content): [unknown, RenderContext][] => {
  const named = JSON.parse(`{${JSON.stringify(payload)}: {"polluted": 1, "x": ${JSON.stringify(payload)}}, "x": ${JSON.stringify(payload)}}`) as Record<string, unknown>;
  return [[content, contextWith({ x: payload }, { x: payload })], [content, contextWith(named, named)]];
});

/** Somebody who stands between server and browser: messages no server of ours would make. */
export const byWire = (payload: string): LaidOut[] => {
  const all = {
    href: payload, src: payload, srcdoc: payload, style: payload, onclick: 'xss()', onerror: 'xss()', onfocus: 'xss()', autofocus: '', [payload]: payload, dir: payload, lang: payload, alt: payload, width: payload,
    action: payload, formaction: payload, type: payload, value: payload, name: payload, role: payload, id: payload, popovertarget: payload, commandfor: payload,
  };
  const tags = ['a', 'img', 'p', payload, 'script', 'iframe', 'svg', 'style', 'object', 'form', 'button', 'input', 'textarea', 'label', 'dialog', 'danbi-messages'];
  const nodes = tags.map((tag): WireNode => [tag, all, payload, [tag, all, payload]]);
  const w = [payload, payload, payload] as const;
  const t = { accent: payload, background: payload, text: payload, on: payload };
  const card = (tag: string, more: object, ...inside: WireNode[]): WireNode => [tag, { ...all, class: 'm', ...more }, ['button', { ...all, class: 'b x' }, payload], ['div', all, ...inside]];
  const form = (...fields: WireNode[]): WireNode => ['form', all, ...fields, ['p', { role: 'alert' }], ['button', { class: 'b' }, payload]];
  return [
    { w, t, n: card('section', {}, ...nodes) }, { w, t, n: card('dialog', {}, payload, ['a', { ...all, class: 'b' }, payload]) },
    { w, t, n: card('div', { class: `m ${payload}` }, form(['textarea', { ...all, name: 'text' }]), ['form', { ...all, class: 'reply' }, ['textarea', { name: 'text' }], ['button', { class: 'b' }]]) },
    { w, t, n: card('section', {}, form(['input', { ...all, name: 'choices', type: 'checkbox' }], ['input', { type: 'radio', name: 'score', value: payload }])) },
    { w, t, n: card('section', {}, form(['div', all, ['input', { ...all, type: 'image' }], ['input', { ...all, type: 'submit' }]])) },
  ];
};
