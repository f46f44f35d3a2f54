const ENGLISH = { close_: 'Close', message_: 'Message', fresh_: 'New message', go_: 'Alt+Shift+M goes there', reply_: 'Write a reply', send_: 'Send', sent_: 'Sent', choose_: 'Please answer first.' };
const KOREAN: Words = { close_: '닫기', message_: '메시지', fresh_: '새 메시지', go_: 'Alt+Shift+M으로 이동', reply_: '답장 쓰기', send_: '보내기', sent_: '보냈습니다', choose_: '답을 먼저 남겨 주세요.' };

/** What the display itself says. */
export type Words = typeof ENGLISH;

/** In the language of the message; of the page or browser where the message names none. */
export const wordsFor = (language: string | undefined): Words => (/^ko\b/i.test(language || document.documentElement.lang || navigator.language) ? KOREAN : ENGLISH);
export const isRightToLeft = (language: string | undefined): boolean => (language ? /^(ar|he|fa|ur|ps|sd|ug|yi|dv|ckb)\b/i.test(language) : getComputedStyle(document.documentElement).direction === 'rtl');
