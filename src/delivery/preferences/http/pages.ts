import type { TopicChoice } from '../preferences.service.js';

const TEXTS = {
  en: {
    unsubscribeTitle: 'Unsubscribe', unsubscribeAsk: (topic: string) => `Do you want to stop receiving e-mail about “${topic}”?`, unsubscribeButton: 'Unsubscribe',
    doneTitle: 'You are unsubscribed', doneText: (topic: string) => `You will receive no more e-mail about “${topic}”.`, mistake: 'Was this a mistake?', againButton: 'Subscribe again',
    backTitle: 'You are subscribed again', backText: (topic: string) => `You will receive e-mail about “${topic}”.`,
    preferencesTitle: 'E-mail preferences', preferencesAsk: 'Choose what you want to receive.', saveButton: 'Save', saved: 'Your choices are saved.',
    none: 'There is nothing to choose at the moment.', goneTitle: 'This link no longer works', goneText: 'The address is incomplete, or the message it came with no longer exists.',
  },
  ko: {
    unsubscribeTitle: '수신 거부', unsubscribeAsk: (topic: string) => `‘${topic}’ 이메일을 더 이상 받지 않으시겠습니까?`, unsubscribeButton: '수신 거부하기',
    doneTitle: '수신 거부되었습니다', doneText: (topic: string) => `‘${topic}’ 이메일을 더 이상 보내지 않습니다.`, mistake: '실수로 누르셨나요?', againButton: '다시 수신하기',
    backTitle: '다시 수신합니다', backText: (topic: string) => `‘${topic}’ 이메일을 다시 보내 드립니다.`,
    preferencesTitle: '이메일 수신 설정', preferencesAsk: '받고 싶은 소식을 선택하세요.', saveButton: '저장', saved: '설정이 저장되었습니다.',
    none: '지금은 선택할 항목이 없습니다.', goneTitle: '이 링크는 더 이상 사용할 수 없습니다', goneText: '주소가 완전하지 않거나, 해당 메시지가 이미 없습니다.',
  },
};
export type PageLanguage = keyof typeof TEXTS;

export const pageLanguage = (language: string): PageLanguage => (/^ko\b/i.test(language) ? 'ko' : 'en');

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string) => text.replace(/[&<>"']/g, (char) => ESCAPES[char]!);

const STYLE = `
:root{color-scheme:light dark;--ink:#1f2328;--soft:#57606a;--paper:#fff;--ground:#eef1f5;--line:#8c959f;--act:#1a5fb4;--on:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9da7b1;--paper:#161b22;--ground:#0d1117;--line:#6e7681;--act:#6cb6ff;--on:#0d1117}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px;background:var(--ground);color:var(--ink);font:17px/1.6 -apple-system,BlinkMacSystemFont,"Segoe UI","Apple SD Gothic Neo","Malgun Gothic",Roboto,Helvetica,Arial,sans-serif;word-break:keep-all;overflow-wrap:anywhere}
main{width:100%;max-width:480px;background:var(--paper);border-radius:12px;padding:32px}
h1{font-size:24px;line-height:1.3;margin:0 0 12px}p{margin:0 0 20px}.soft{color:var(--soft);font-size:15px;margin:24px 0 8px}
button{font:inherit;font-weight:600;min-height:44px;padding:8px 22px;border-radius:8px;border:1px solid var(--act);background:var(--act);color:var(--on);cursor:pointer}
button.plain{background:transparent;color:var(--act)}a{color:var(--act)}:focus-visible{outline:3px solid var(--act);outline-offset:3px}
fieldset{border:0;margin:0 0 24px;padding:0}legend{padding:0;margin:0 0 12px}label{display:flex;gap:12px;align-items:center;min-height:44px}input{width:20px;height:20px;accent-color:var(--act);flex:none}
[role=status]{border-left:4px solid var(--act);padding-left:12px}`;

function page(language: PageLanguage, title: string, body: string): string {
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${escaped(title)}</title><style>${STYLE}</style></head><body><main><h1>${escaped(title)}</h1>${body}</main></body></html>`;
}

const form = (action: string, button: string, plain = false) => `<form method="post"><input type="hidden" name="action" value="${action}"><button${plain ? ' class="plain"' : ''}>${escaped(button)}</button></form>`;

/** Asks; changes nothing by being shown. */
export function unsubscribePage(language: PageLanguage, topic: string): string {
  const texts = TEXTS[language];
  return page(language, texts.unsubscribeTitle, `<p>${escaped(texts.unsubscribeAsk(topic))}</p>${form('unsubscribe', texts.unsubscribeButton)}`);
}

export function unsubscribedPage(language: PageLanguage, topic: string): string {
  const texts = TEXTS[language];
  return page(language, texts.doneTitle, `<p role="status">${escaped(texts.doneText(topic))}</p><p class="soft">${escaped(texts.mistake)}</p>${form('subscribe', texts.againButton, true)}`);
}

export function subscribedPage(language: PageLanguage, topic: string): string {
  const texts = TEXTS[language];
  return page(language, texts.backTitle, `<p role="status">${escaped(texts.backText(topic))}</p>${form('unsubscribe', texts.unsubscribeButton, true)}`);
}

export function preferencesPage(language: PageLanguage, choices: readonly TopicChoice[], saved: boolean): string {
  const texts = TEXTS[language];
  const boxes = choices.map(({ topic, subscribed }) => `<label><input type="checkbox" name="topic" value="${escaped(topic.key)}"${subscribed ? ' checked' : ''}>${escaped(topicName(topic, language))}</label>`).join('');
  const body = choices.length === 0 ? `<p>${escaped(texts.none)}</p>` : `<form method="post"><fieldset><legend>${escaped(texts.preferencesAsk)}</legend>${boxes}</fieldset><button>${escaped(texts.saveButton)}</button></form>`;
  return page(language, texts.preferencesTitle, `${saved ? `<p role="status">${escaped(texts.saved)}</p>` : ''}${body}`);
}

export function gonePage(language: PageLanguage): string {
  const texts = TEXTS[language];
  return page(language, texts.goneTitle, `<p>${escaped(texts.goneText)}</p>`);
}

export const topicName = (topic: { name: string; nameKo: string }, language: PageLanguage): string => (language === 'ko' && topic.nameKo !== '' ? topic.nameKo : topic.name);
