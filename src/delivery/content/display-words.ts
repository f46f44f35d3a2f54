import type { WireWords } from '../../contract/visitor-wire.js';
import type { RenderedInApp } from './compiled.js';

const ENGLISH = { close: 'Close', message: 'Message', fresh: 'New message', goThere: 'Alt+Shift+M goes there', rest: ['Please answer first.', 'Write a reply', 'Send', 'Sent'] } as const;
const KOREAN = { close: '닫기', message: '메시지', fresh: '새 메시지', goThere: 'Alt+Shift+M으로 이동', rest: ['답을 먼저 남겨 주세요.', '답장 쓰기', '보내기', '보냈습니다'] } as const;
const LONGEST_ANNOUNCEMENT = 200;

/** What the display of a message itself says: in the language of the message, or in that of its words where it names none. */
export function wordsFor({ language, title, body, survey }: Pick<RenderedInApp, 'language' | 'title' | 'body' | 'survey'>): WireWords {
  const name = title || survey?.question || '';
  const isKorean = language === null ? /[가-힣]/.test(`${name}${body}`) : /^ko\b/i.test(language);
  const { close, message, fresh, goThere, rest } = isKorean ? KOREAN : ENGLISH;
  return [close, name || message, `${fresh}: ${(name || body).trim().slice(0, LONGEST_ANNOUNCEMENT)}. ${goThere}`, ...rest];
}

/** Is this language written from right to left? */
export const isRightToLeft = (language: string | null): boolean => /^(ar|he|fa|ur|ps|sd|ug|yi|dv|ckb)\b/i.test(language ?? '');
