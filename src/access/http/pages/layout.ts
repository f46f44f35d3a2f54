import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { LOGIN_WINDOW_MINUTES } from '../../domain/login-limits.js';
import { html, Html } from './html.js';

const STYLE = `
:root { color-scheme: light dark; --ink: #17212b; --soft: #5a6875; --line: #c3ccd4; --paper: #fff; --back: #f2f5f7; --mark: #0b6e99; --bad: #b3261e }
@media (prefers-color-scheme: dark) { :root { --ink: #e8edf1; --soft: #a3b0bb; --line: #46535f; --paper: #1b242c; --back: #11181e; --mark: #6cc3e8; --bad: #ff8a80 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, "Apple SD Gothic Neo", "Noto Sans KR", "Noto Sans CJK KR", sans-serif }
main { max-width: 34rem; margin: 6vh auto; padding: 2rem; background: var(--paper); border: 1px solid var(--line); border-radius: 12px }
h1 { margin: 0 0 .5rem; font-size: 1.5rem } p { margin: .5rem 0 1rem } a { color: var(--mark) }
fieldset { margin: 1.25rem 0 0; padding: 0; border: 0 } legend { padding: 0; font-weight: 600; color: var(--soft) }
label { display: block; margin: .9rem 0 .25rem; font-weight: 600 }
.choice input { width: auto; margin-inline-end: .4rem }
input, select, button { width: 100%; padding: .6rem .7rem; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 8px }
input:focus-visible, select:focus-visible, button:focus-visible, a:focus-visible { outline: 3px solid var(--mark); outline-offset: 1px }
[aria-invalid="true"] { border-color: var(--bad) }
.hint { margin: .25rem 0 0; font-size: .875rem; color: var(--soft) } .bad { margin: .25rem 0 0; font-size: .875rem; color: var(--bad) }
.alert { padding: .7rem .9rem; border: 1px solid var(--bad); border-radius: 8px; color: var(--bad) }
button { margin-top: 1.5rem; font-weight: 600; color: #fff; background: #0b6e99; border-color: #0b6e99; cursor: pointer }
pre { padding: 1rem; overflow-x: auto; font: 13px/1.7 ui-monospace, monospace; background: var(--back); border-radius: 8px; user-select: all; -webkit-user-select: all; white-space: pre-wrap; word-break: break-all }
button + button { margin-top: .6rem; color: var(--ink); background: var(--paper); border-color: var(--line) } .qr { display: block; margin: 1rem auto; border-radius: 8px }
ul { padding-left: 1.2rem } li { margin: .4rem 0 }
`;

const CSP = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

export interface PageView { language: string; title: string; body: Html }

/** Sends a page: no scripts, no outside assets, never cached. `same-origin` lets the browser tell our forms from others'. */
export function sendPage(reply: FastifyReply, status: number, { language, title, body }: PageView): void {
  const page = html`<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${new Html(STYLE)}</style></head>
<body><main><h1>${title}</h1>${body}</main></body>
</html>
`;
  if (status === 429) void reply.header('retry-after', String(LOGIN_WINDOW_MINUTES * 60));
  void reply.status(status).headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': CSP, 'referrer-policy': 'same-origin', 'cache-control': 'no-store' }).send(page.text);
}

export interface FieldView {
  name: string;
  label: string;
  type?: string;
  hint?: string;
  value?: string;
  fault?: string | undefined;
  autocomplete?: string;
  /** May stay empty. */
  optional?: boolean;
  /** Allowed values: `[value, label]`. */
  options?: readonly (readonly [string, string])[];
  /** Suggested values of a text field. */
  suggestions?: readonly string[];
}

/** A labelled field with its hint and fault, tied together for screen readers. */
export function field(view: FieldView): Html {
  const { name, label, hint, fault, value = '' } = view;
  const described = [hint && `${name}-hint`, fault && `${name}-fault`].filter(Boolean).join(' ');
  const invalid = fault ? 'true' : 'false';
  const control = view.options
    ? html`<select id="${name}" name="${name}" aria-invalid="${invalid}" aria-describedby="${described}">${view.options.map(([option, text]) => html`<option value="${option}"${new Html(option === value ? ' selected' : '')}>${text}</option>`)}</select>`
    : html`<input id="${name}" name="${name}" type="${view.type ?? 'text'}" value="${value}"${view.optional ? '' : ' required'} autocomplete="${view.autocomplete ?? 'off'}" aria-invalid="${invalid}" aria-describedby="${described}"${view.suggestions && html` list="${name}-list"`}>${view.suggestions && html`<datalist id="${name}-list">${view.suggestions.map((text) => html`<option value="${text}"></option>`)}</datalist>`}`;
  return html`<label for="${name}">${label}</label>${control}${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}${fault && html`<p class="bad" id="${name}-fault">${fault}</p>`}`;
}
