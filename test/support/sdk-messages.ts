import type { DisplayMessage } from '../../src/contract/visitor-wire.js';
import { scoresOf } from '../../src/delivery/content/display-message.js';
import { wordsFor } from '../../src/delivery/content/display-words.js';

const KOREAN = {
  title: '요금제 고르기가 어려우신가요?', body: '팀 규모와 쓰임새를 알려 주시면 꼭 맞는 요금제를 추천해 드립니다. 평균 답변 시간은 3분입니다.', action: '요금제 상담하기', later: '다음에 할게요',
  question: '동료에게 단비를 추천할 의향이 얼마나 있으신가요?', ends: ['전혀 없음', '매우 높음'], comment: '가장 큰 이유를 알려 주세요', submit: '보내기', thanks: '소중한 의견 감사합니다. 더 나은 단비를 만들겠습니다.', choices: ['팀 채팅', '할 일 관리', '화상 회의'],
};
const ENGLISH: typeof KOREAN = {
  title: 'Not sure which plan fits?', body: 'Tell us about your team and how you work, and we will find the right plan together. We usually answer within three minutes.', action: 'Talk to us', later: 'Maybe later',
  question: 'How likely are you to recommend Danbi to a colleague?', ends: ['Not likely', 'Very likely'], comment: 'What is the main reason?', submit: 'Send', thanks: 'Thank you. This helps us to make Danbi better.', choices: ['Team chat', 'Tasks', 'Video calls'],
};
const ARABIC: typeof KOREAN = {
  title: 'هل تحتاج إلى مساعدة في اختيار الخطة؟', body: 'أخبرنا عن فريقك وطريقة عملكم وسنجد معًا الخطة المناسبة. نجيب عادة خلال ثلاث دقائق.', action: 'تحدث معنا', later: 'لاحقًا',
  question: 'ما مدى احتمال أن توصي بدانبي لزميل؟', ends: ['غير محتمل', 'محتمل جدًا'], comment: 'ما السبب الرئيسي؟', submit: 'إرسال', thanks: 'شكرًا لك.', choices: ['الدردشة', 'المهام', 'المكالمات'],
};
export const TEXTS = { en: ENGLISH, ko: KOREAN, ar: ARABIC };
export type TestLanguage = keyof typeof TEXTS;

export const KINDS = ['chat', 'banner', 'modal', 'slide_in', 'nps', 'csat', 'choice', 'text'] as const;
export type Kind = (typeof KINDS)[number];

/** A message of each kind as campaigns send them. @param site where its picture is */
export function messageOf(kind: Kind, language: TestLanguage, site: string): DisplayMessage {
  const { title, body, action, later, question, ends, comment, submit, thanks, choices } = TEXTS[language];
  const common = { l: language, ...(language === 'ar' ? { r: 1 as const } : {}), theme: { dark: 1 as const }, w: wordsFor({ language, title, body }) };
  const said = { n: [['p', 0, body] as const], title };
  const link = 'https://shop.example/talk';
  const survey = { question, submit, thanks };
  switch (kind) {
    case 'chat': return { ...common, f: 'chat', n: said.n, reply: 1 };
    case 'banner': return { ...common, ...said, f: 'banner', slot: 'top', b: [[action, link]] };
    case 'modal': return { ...common, f: 'modal', slot: 'center', title, n: [['p', 0, body], ['ul', 0, ['li', 0, choices[0]!], ['li', 0, ['strong', 0, choices[1]!]], ['li', 0, ['a', { href: link }, choices[2]!]]]], img: [`${site}/picture.svg`, ''], b: [[action, link], [later]] };
    case 'slide_in': return { ...common, ...said, f: 'slide_in', img: [`${site}/picture.svg`, title], b: [[action, link], [later]] };
    case 'nps': return { ...common, f: 'survey', n: [], survey: { ...survey, k: 'nps', choices: scoresOf('nps', ends as [string, string]), ends: ends as [string, string], comment } };
    case 'csat': return { ...common, f: 'survey', slot: 'bottom', n: [], survey: { ...survey, k: 'csat', choices: scoresOf('csat', ends as [string, string]), ends: ends as [string, string] } };
    case 'choice': return { ...common, ...said, f: 'survey', slot: 'center', survey: { ...survey, k: 'choice', many: 1, choices: choices.map((label, index) => [`c${index}`, label] as const), comment } };
    case 'text': return { ...common, f: 'survey', n: [], survey: { ...survey, k: 'text' } };
  }
}
