import type { PageLanguage } from '../../domain/page-language.js';
import { html } from './html.js';
import { field, type PageView } from './layout.js';
import { WORDS } from './words.js';

/** What was typed and what is wrong with it; passwords are never sent back. */
export interface FormState {
  values: Record<string, string>;
  /** Fault codes by field, as in `Words.faults`. */
  faults: Record<string, string>;
  /** A problem of the whole form, as in `Words.problems`. */
  problem?: string;
}

export const EMPTY: FormState = { values: {}, faults: {} };

const LANGUAGES = [['ko', '한국어'], ['en', 'English'], ['ja', '日本語'], ['zh', '中文']] as const;

const alert = (text: string | undefined) => text && html`<p class="alert" role="alert">${text}</p>`;

export function setupView(language: PageLanguage, token: string, form: FormState): PageView {
  const words = WORDS[language];
  const fault = (name: string) => (form.faults[name] ? words.faults[form.faults[name]] : undefined);
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  // An untouched form offers them; one that is shown again says what was chosen.
  const withSamples = Object.keys(form.values).length === 0 || form.values.sampleData === 'yes';
  const zone = here === 'UTC' && language === 'ko' ? 'Asia/Seoul' : here;
  const body = html`<p>${words.setupIntro}</p>${alert(Object.keys(form.faults).length > 0 ? words.fix : form.problem)}
<form method="post" action="/setup" novalidate><input type="hidden" name="token" value="${token}">
<fieldset><legend>${words.you}</legend>
${field({ name: 'name', label: words.name, value: form.values.name, fault: fault('name'), autocomplete: 'name' })}
${field({ name: 'email', label: words.email, type: 'email', value: form.values.email, fault: fault('email'), autocomplete: 'username' })}
${field({ name: 'password', label: words.password, type: 'password', hint: words.passwordHint, fault: fault('password'), autocomplete: 'new-password' })}
</fieldset><fieldset><legend>${words.workspace}</legend>
${field({ name: 'workspace.name', label: words.workspaceName, hint: words.workspaceHint, value: form.values['workspace.name'], fault: fault('workspace.name'), autocomplete: 'organization' })}
${field({ name: 'workspace.timeZone', label: words.timeZone, hint: words.timeZoneHint, value: form.values['workspace.timeZone'] ?? zone, fault: fault('workspace.timeZone'), suggestions: Intl.supportedValuesOf('timeZone') })}
${field({ name: 'workspace.language', label: words.language, hint: words.languageHint, value: form.values['workspace.language'] ?? language, fault: fault('workspace.language'), options: LANGUAGES })}
${field({ name: 'workspace.senderContact', label: words.senderContact, hint: words.senderContactHint, value: form.values['workspace.senderContact'], fault: fault('workspace.senderContact'), optional: true })}
</fieldset><label class="choice"><input type="checkbox" name="sampleData" value="yes"${withSamples && html` checked`} aria-describedby="sampleData-hint"> ${words.sampleData}</label><p class="hint" id="sampleData-hint">${words.sampleDataHint}</p>
<button>${words.setupButton}</button></form>`;
  return { language, title: words.setupTitle, body };
}

export function setupDoneView(language: PageLanguage, keys: { url: string; serverKey: string; writeKey: string }): PageView {
  const words = WORDS[language];
  const lines = `export DANBI_URL=${keys.url}\nexport DANBI_KEY=${keys.serverKey}\nexport DANBI_WRITE_KEY=${keys.writeKey}`;
  return { language, title: words.doneTitle, body: html`<p>${words.keysIntro}</p><pre tabindex="0">${lines}</pre><p>${words.proofsHint}</p><p><a href="/">${words.toHome}</a></p><p><a href="/campaigns/new">${words.toCampaign}</a></p>` };
}

export function loginView(language: PageLanguage, form: FormState): PageView {
  const words = WORDS[language];
  const body = html`${alert(form.problem)}<form method="post" action="/login">${form.values.next && html`<input type="hidden" name="next" value="${form.values.next}">`}
${field({ name: 'email', label: words.email, type: 'email', value: form.values.email, autocomplete: 'username' })}
${field({ name: 'password', label: words.password, type: 'password', autocomplete: 'current-password' })}
<button>${words.loginButton}</button></form>`;
  return { language, title: words.loginTitle, body };
}

export function inviteView(language: PageLanguage, token: string, email: string, form: FormState): PageView {
  const words = WORDS[language];
  const body = html`<p>${words.invitedAs} <strong>${email}</strong></p><form method="post" action="/invite" novalidate><input type="hidden" name="token" value="${token}"><input type="hidden" name="email" value="${email}" autocomplete="username">
${field({ name: 'password', label: words.password, type: 'password', hint: words.passwordHint, fault: form.faults.password && words.faults[form.faults.password], autocomplete: 'new-password' })}
<button>${words.inviteButton}</button></form>`;
  return { language, title: words.inviteTitle, body };
}

/** A page that only says why it cannot go on. */
export function problemView(language: PageLanguage, title: string, code: string, fallback: string): PageView {
  const words = WORDS[language];
  return { language, title, body: html`${alert(words.problems[code] ?? fallback)}<p><a href="/login">${words.loginTitle}</a></p>` };
}
