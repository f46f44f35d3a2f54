import { createHash } from 'node:crypto';
import type { SandboxMail } from './store/sandbox.store.js';
import type { ReadMail } from './sandbox-mail.js';

const TEXTS = {
  en: {
    title: 'Sandbox mailbox', intro: 'Every e-mail Danbi sent while no mail server is set up. Nothing here has left this machine.', empty: 'No message yet.', emptyHint: 'As soon as a campaign sends an e-mail, it shows up here.',
    noMatch: (to: string) => `No message to “${to}”.`, to: 'To', from: 'From', subject: 'Subject', received: 'Received', noSubject: '(no subject)', filter: 'Recipient contains', show: 'Show', all: 'Show all',
    older: 'Older messages', back: 'All messages', message: 'Message', plain: 'Plain text', headers: 'Headers', noHtml: 'This message has no HTML part.', download: 'Download the original (.eml)', gone: 'This message no longer exists.', home: 'Home',
  },
  ko: {
    title: '테스트 메일함', intro: '메일 서버를 설정하기 전까지 단비가 보낸 모든 이메일입니다. 이 컴퓨터 밖으로는 아무것도 나가지 않았습니다.', empty: '아직 메일이 없습니다.', emptyHint: '캠페인이 이메일을 보내면 바로 여기에 나타납니다.',
    noMatch: (to: string) => `‘${to}’에게 보낸 메일이 없습니다.`, to: '받는 사람', from: '보낸 사람', subject: '제목', received: '받은 시각', noSubject: '(제목 없음)', filter: '받는 사람에 포함된 글자', show: '찾기', all: '모두 보기',
    older: '이전 메일', back: '전체 메일', message: '메일', plain: '텍스트 본문', headers: '헤더', noHtml: '이 메일에는 HTML 본문이 없습니다.', download: '원본 내려받기 (.eml)', gone: '이 메일은 더 이상 없습니다.', home: '홈',
  },
};
export type MailboxLanguage = keyof typeof TEXTS;

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (char) => ESCAPES[char]!);

const STYLE = `
:root{color-scheme:light dark;--ink:#17212b;--soft:#5a6875;--line:#c3ccd4;--paper:#fff;--back:#f2f5f7;--mark:#0b6e99}
@media(prefers-color-scheme:dark){:root{--ink:#e8edf1;--soft:#a3b0bb;--line:#46535f;--paper:#1b242c;--back:#11181e;--mark:#6cc3e8}}
*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,"Apple SD Gothic Neo","Noto Sans KR","Noto Sans CJK KR",sans-serif;overflow-wrap:anywhere}
main{max-width:60rem;margin:4vh auto;padding:1.5rem 2rem 2rem;background:var(--paper);border:1px solid var(--line);border-radius:12px}
h1{margin:0 0 .25rem;font-size:1.5rem;line-height:1.3}h2{margin:1.75rem 0 .5rem;font-size:1.05rem}p{margin:.25rem 0 1rem}a{color:var(--mark)}.soft{color:var(--soft);font-size:.925rem}
nav{margin:0 0 1rem}nav a{margin-right:1rem}form{display:flex;gap:.5rem;align-items:end;flex-wrap:wrap;margin:1rem 0}label{font-weight:600;font-size:.875rem;flex:1 1 14rem}
input,button{font:inherit;padding:.5rem .7rem;border:1px solid var(--line);border-radius:8px;background:var(--paper);color:inherit}input{display:block;width:100%;margin-top:.2rem}
button{font-weight:600;color:#fff;background:#0b6e99;border-color:#0b6e99;cursor:pointer}:focus-visible{outline:3px solid var(--mark);outline-offset:1px}
table{width:100%;border-collapse:collapse}th,td{text-align:left;vertical-align:top;padding:.55rem .6rem .55rem 0;border-bottom:1px solid var(--line)}th{font-size:.85rem;color:var(--soft)}
td time{white-space:nowrap;color:var(--soft);font-size:.9rem}.empty{padding:3rem 1rem;text-align:center}.empty strong{display:block;font-size:1.1rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;margin:.75rem 0 0}dt{color:var(--soft)}dd{margin:0}
iframe{width:100%;height:34rem;border:1px solid var(--line);border-radius:8px;background:#fff}
pre{margin:0;padding:1rem;overflow-x:auto;white-space:pre-wrap;font:13px/1.6 ui-monospace,monospace;background:var(--back);border-radius:8px}
@media(max-width:40rem){main{margin:0;border:0;border-radius:0;padding:1rem}table,tbody,tr,td{display:block}thead{display:none}td{border:0;padding:.1rem 0}tr{border-bottom:1px solid var(--line);padding:.6rem 0}}`;

/** No scripts, nothing from elsewhere; only our own pages inside a frame. */
export const PAGE_CSP = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;
/** A foreign document: an origin of its own, no scripts, no forms, no fonts; pictures and inline styles as in a mail program. Links open a new tab. */
export const MAIL_CSP = `default-src 'none'; img-src http: https: data:; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox`;

export const mailboxLanguage = (accepted: string | undefined): MailboxLanguage => (/^\s*ko\b/i.test(accepted ?? '') ? 'ko' : 'en');

const page = (language: MailboxLanguage, title: string, body: string) =>
  `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escaped(title)}</title><style>${STYLE}</style></head><body><main>${body}</main></body></html>`;

const when = (at: Date) => `<time datetime="${at.toISOString()}">${at.toISOString().slice(0, 19).replace('T', ' ')} UTC</time>`;

export interface MailboxView { mails: SandboxMail[]; to?: string; next: string | null }

export function mailboxPage(language: MailboxLanguage, { mails, to, next }: MailboxView): string {
  const texts = TEXTS[language];
  const line = (mail: SandboxMail) => `<tr><td><a href="/mailbox/${mail.id}">${escaped(mail.subject || texts.noSubject)}</a></td><td>${escaped(mail.to)}</td><td>${when(mail.receivedAt)}</td></tr>`;
  const table = `<table><thead><tr><th scope="col">${texts.subject}</th><th scope="col">${texts.to}</th><th scope="col">${texts.received}</th></tr></thead><tbody>${mails.map(line).join('')}</tbody></table>`;
  const nothing = to ? `<p class="empty"><strong>${escaped(texts.noMatch(to))}</strong><a href="/mailbox">${texts.all}</a></p>` : `<p class="empty"><strong>${texts.empty}</strong>${texts.emptyHint}</p>`;
  const filter = `<form method="get" action="/mailbox"><label for="to">${texts.filter}<input id="to" name="to" value="${escaped(to ?? '')}" maxlength="254"></label><button>${texts.show}</button></form>`;
  const older = next ? `<p><a href="/mailbox?${escaped(new URLSearchParams({ ...(to ? { to } : {}), after: next }).toString())}">${texts.older}</a></p>` : '';
  return page(language, texts.title, `<nav><a href="/">${texts.home}</a></nav><h1>${texts.title}</h1><p class="soft">${texts.intro}</p>${mails.length > 0 || to ? filter : ''}${mails.length > 0 ? table + older : nothing}`);
}

export function mailPage(language: MailboxLanguage, mail: SandboxMail, read: ReadMail): string {
  const texts = TEXTS[language];
  const subject = read.subject || texts.noSubject;
  const frame = read.html === null ? `<p class="soft">${texts.noHtml}</p>` : `<iframe title="${texts.message}" src="/mailbox/${mail.id}/html" sandbox="allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer"></iframe>`;
  const headers = read.headers.map(({ name, value }) => `${name}: ${value}`).join('\n');
  return page(language, subject, `<nav><a href="/mailbox">${texts.back}</a></nav><h1>${escaped(subject)}</h1>
<dl><dt>${texts.from}</dt><dd>${escaped(read.from || mail.from)}</dd><dt>${texts.to}</dt><dd>${escaped(mail.to)}</dd><dt>${texts.received}</dt><dd>${when(mail.receivedAt)}</dd></dl>
<h2>${texts.message}</h2>${frame}<h2>${texts.plain}</h2><pre>${escaped(read.text)}</pre><h2>${texts.headers}</h2><pre>${escaped(headers)}</pre>
<p><a href="/v1/sandbox/mails/${mail.id}/raw">${texts.download}</a></p>`);
}

export function missingMailPage(language: MailboxLanguage): string {
  const texts = TEXTS[language];
  return page(language, texts.title, `<nav><a href="/mailbox">${texts.back}</a></nav><h1>${texts.title}</h1><p>${texts.gone}</p>`);
}

/** The message's own HTML; `base` makes its links open outside the frame. */
export const mailDocument = (read: ReadMail) => `<base target="_blank">${read.html ?? ''}`;
