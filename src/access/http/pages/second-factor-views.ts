import encodeQR from 'qr';
import type { PageLanguage } from '../../domain/page-language.js';
import type { FactorState } from '../../second-factor/second-factors.service.js';
import { html, type Html } from './html.js';
import { field, type PageView } from './layout.js';
import { WORDS } from './words.js';

const alert = (text: string | undefined) => text && html`<p class="alert" role="alert">${text}</p>`;
const code = (language: PageLanguage, hint?: string) => field({ name: 'code', label: WORDS[language].code, hint, autocomplete: 'one-time-code' });

/** The second page of signing in. */
export function codeView(language: PageLanguage, { step, next, problem }: { step: string; next: string; problem?: string }): PageView {
  const words = WORDS[language];
  const body = html`${alert(problem)}<form method="post" action="/login"><input type="hidden" name="step" value="${step}"><input type="hidden" name="next" value="${next}">
${code(language, words.codeHint)}
<button>${words.loginButton}</button></form><p><a href="/login">${words.startOver}</a></p>`;
  return { language, title: words.codeTitle, body };
}

/** The secret as a picture and as text, and the code that proves that an app has it. */
export function factorSetupView(language: PageLanguage, { secret, uri }: { secret: string; uri: string }, required: boolean, problem?: string): PageView {
  const words = WORDS[language];
  const body = html`${required && html`<p><strong>${words.factorRequired}</strong></p>`}<p>${words.factorIntro}</p>${alert(problem)}${qr(uri, words.factorPicture)}
<p>${words.factorByHand}</p><pre tabindex="0">${secret.replace(/(.{4})(?=.)/g, '$1 ')}</pre>
<form method="post" action="/second-factor">${code(language, words.factorCodeHint)}<button>${words.factorOn}</button></form>
${required ? html`<form method="post" action="/logout"><button>${words.signOut}</button></form>` : html`<p><a href="/settings/me">${words.notNow}</a></p>`}`;
  return { language, title: words.factorTitle, body };
}

/** Shown once. */
export function recoveryCodesView(language: PageLanguage, codes: readonly string[]): PageView {
  const words = WORDS[language];
  return { language, title: words.recoveryTitle, body: html`<p>${words.recoveryIntro}</p><pre tabindex="0">${codes.join('\n')}</pre><p><a href="/settings/me">${words.recoveryKept}</a></p>` };
}

/** What can be done about it once it is on. */
export function factorOnView(language: PageLanguage, { recoveryCodesLeft, required }: FactorState, problem?: string): PageView {
  const words = WORDS[language];
  const body = html`<p>${words.factorIsOn.replace('{count}', String(recoveryCodesLeft))}</p>${alert(problem)}<form method="post" action="/second-factor/codes">
${field({ name: 'password', label: words.password, type: 'password', autocomplete: 'current-password' })}
${code(language, words.codeHint)}
<button>${words.recoveryRenew}</button>${required ? html`<p class="hint">${words.factorStays}</p>` : html`<button formaction="/second-factor/off">${words.factorOff}</button>`}</form><p><a href="/settings/me">${words.back}</a></p>`;
  return { language, title: words.factorTitle, body };
}

const QUIET_ZONE = 4;

/** Black on white in dark pages too: cameras read nothing else for sure. */
function qr(text: string, label: string): Html {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: QUIET_ZONE });
  const path = rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return html`<svg class="qr" role="img" aria-label="${label}" viewBox="0 0 ${rows.length} ${rows.length}" width="240" height="240" shape-rendering="crispEdges"><rect width="${rows.length}" height="${rows.length}" fill="#fff"/><path d="${path}" fill="#000"/></svg>`;
}
