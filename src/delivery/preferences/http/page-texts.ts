/** The words of the pages people reach from the foot of an e-mail. */
export const TEXTS = {
  en: {
    ownName: 'English', languageOfPage: 'Language of this page',
    unsubscribeTitle: 'Unsubscribe', unsubscribeAsk: (topic: string) => `Do you want to stop receiving e-mail about “${topic}”?`, unsubscribeButton: 'Unsubscribe',
    doneTitle: 'You are unsubscribed', doneText: (topic: string) => `You will receive no more e-mail about “${topic}”.`, mistake: 'Was this a mistake?', againButton: 'Subscribe again',
    backTitle: 'You are subscribed again', backText: (topic: string) => `You will receive e-mail about “${topic}”.`, allChoices: 'See all your choices',
    preferencesTitle: 'Your preferences', preferencesAsk: 'What you want to receive', saveButton: 'Save', saved: 'Your choices are saved.', unchanged: 'Nothing was changed.',
    email: 'E-mail', in_app: 'In the app',
    frequency: 'How often at most we may send you promotional e-mail', all: 'Whenever there is news', weekly: 'Once a week', monthly: 'Once a month',
    language: 'Language of messages', otherLanguage: 'As now',
    leaveTitle: 'Nothing at all?', leaveText: 'This takes you off every topic above. Messages you need for using the service, such as receipts, still come.', leaveButton: 'Unsubscribe from everything',
    left: 'You are unsubscribed from everything.', undoButton: 'Undo', restored: 'Everything is as it was before.',
    confirmTitle: 'Confirm your subscription', confirmAsk: 'You will receive e-mail or messages about:', confirmButton: 'Yes, I want to receive this', confirmedTitle: 'Your subscription is confirmed', confirmedText: 'Thank you. Every message says how to leave again.',
    overTitle: 'This confirmation is over', overText: 'The link was used too late, or the subscription was withdrawn. You can subscribe again where you did.',
    none: 'There is nothing to choose at the moment.', goneTitle: 'This link no longer works', goneText: 'The address is incomplete, was made void, or the message it came with no longer exists.',
  },
  ko: {
    ownName: '한국어', languageOfPage: '이 페이지의 언어',
    unsubscribeTitle: '수신 거부', unsubscribeAsk: (topic: string) => `‘${topic}’ 이메일을 더 이상 받지 않으시겠습니까?`, unsubscribeButton: '수신 거부하기',
    doneTitle: '수신 거부되었습니다', doneText: (topic: string) => `‘${topic}’ 이메일을 더 이상 보내지 않습니다.`, mistake: '실수로 누르셨나요?', againButton: '다시 수신하기',
    backTitle: '다시 수신합니다', backText: (topic: string) => `‘${topic}’ 이메일을 다시 보내 드립니다.`, allChoices: '전체 수신 설정 보기',
    preferencesTitle: '수신 설정', preferencesAsk: '받고 싶은 소식', saveButton: '저장', saved: '설정이 저장되었습니다.', unchanged: '변경된 내용이 없습니다.',
    email: '이메일', in_app: '앱 메시지',
    frequency: '광고성 이메일을 받는 최대 빈도', all: '소식이 있을 때마다', weekly: '일주일에 한 번', monthly: '한 달에 한 번',
    language: '메시지 언어', otherLanguage: '지금과 같이',
    leaveTitle: '모두 그만 받으시겠습니까?', leaveText: '위의 모든 주제를 수신 거부합니다. 영수증처럼 서비스 이용에 필요한 메시지는 계속 보내 드립니다.', leaveButton: '모두 수신 거부하기',
    left: '모두 수신 거부되었습니다.', undoButton: '되돌리기', restored: '이전 설정으로 되돌렸습니다.',
    confirmTitle: '수신 동의 확인', confirmAsk: '다음 소식을 보내 드립니다.', confirmButton: '네, 받겠습니다', confirmedTitle: '수신 동의가 확인되었습니다', confirmedText: '감사합니다. 모든 메시지에서 언제든지 수신을 거부하실 수 있습니다.',
    overTitle: '확인 기간이 지났습니다', overText: '링크의 사용 기간이 지났거나 신청이 취소되었습니다. 신청하신 곳에서 다시 신청하실 수 있습니다.',
    none: '지금은 선택할 항목이 없습니다.', goneTitle: '이 링크는 더 이상 사용할 수 없습니다', goneText: '주소가 완전하지 않거나 사용이 중지되었거나, 해당 메시지가 이미 없습니다.',
  },
};
export type PageLanguage = keyof typeof TEXTS;

export const isPageLanguage = (language: string): language is PageLanguage => Object.hasOwn(TEXTS, language);

/** The language of these pages for somebody of any language. */
export const pageLanguage = (language: string): PageLanguage => (/^ko\b/i.test(language) ? 'ko' : 'en');

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => ESCAPES[char]!);

export const topicName = (topic: { name: string; nameKo: string }, language: PageLanguage): string => (language === 'ko' && topic.nameKo !== '' ? topic.nameKo : topic.name);
