/** Whom a page is shown to, as far as it matters. */
export interface Page { acceptLanguage: string }

const TEXTS = {
  en: {
    goneTitle: 'This link no longer works', goneText: 'It is incomplete, or it was made void for your safety. Nothing was opened. If you were looking for something in a message of ours, please go to our site directly.',
    hiddenTitle: 'There is nothing here', hiddenText: 'This link is not meant for people. It helps us not to mistake the checks of mail programs for readers. You can close this page.',
  },
  ko: {
    goneTitle: '이 링크는 더 이상 사용할 수 없습니다', goneText: '주소가 완전하지 않거나, 안전을 위해 사용이 중지된 링크입니다. 아무것도 열리지 않았습니다. 찾으시는 내용이 있다면 사이트를 직접 방문해 주세요.',
    hiddenTitle: '여기에는 아무것도 없습니다', hiddenText: '사람을 위한 링크가 아닙니다. 메일 프로그램의 자동 검사를 실제 독자와 구분하기 위한 링크이니 이 창을 닫으셔도 됩니다.',
  },
};

const STYLE = ':root{color-scheme:light dark}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px;box-sizing:border-box;background:#eef1f5;color:#1f2328;font:17px/1.6 -apple-system,BlinkMacSystemFont,"Segoe UI","Apple SD Gothic Neo","Malgun Gothic",Roboto,Helvetica,Arial,sans-serif;word-break:keep-all}main{max-width:480px;background:#fff;border-radius:12px;padding:32px}h1{font-size:24px;line-height:1.3;margin:0 0 12px}p{margin:0}@media(prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}main{background:#161b22}}';

function shown(acceptLanguage: string, title: 'goneTitle' | 'hiddenTitle', text: 'goneText' | 'hiddenText'): string {
  const language = /^\s*ko\b/i.test(acceptLanguage) ? 'ko' : 'en';
  const texts = TEXTS[language];
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${texts[title]}</title><style>${STYLE}</style></head><body><main><h1>${texts[title]}</h1><p>${texts[text]}</p></main></body></html>`;
}

/** For a token we did not sign, or no longer honour. Whose it was is not known, so the reader's program says the language. */
export const noSuchLinkPage = ({ acceptLanguage }: Page): string => shown(acceptLanguage, 'goneTitle', 'goneText');

/** For whoever follows the hidden link all the same. */
export const hiddenLinkPage = ({ acceptLanguage }: Page): string => shown(acceptLanguage, 'hiddenTitle', 'hiddenText');
