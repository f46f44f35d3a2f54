import { z } from 'zod';
import { LocalTime } from '../../../contract/common.js';

/** A text for people. */
export interface Words { en: string; ko: string }

/** Where a rule comes from. */
export interface Source { name: string; says: string }

const ACT = '정보통신망 이용촉진 및 정보보호 등에 관한 법률';
const act = (place: string, says: string): Source => ({ name: `${ACT} ${place}`, says });
const decree = (place: string, says: string): Source => ({ name: `같은 법 시행령 ${place}`, says });
const guide: Source = { name: 'KISA 불법 스팸 방지를 위한 정보통신망법 안내서', says: 'Label exactly (광고); (광 고), (광.고), [광고] and the like are evasion. Messages sent to an app are sendings too.' };

const ChannelName = z.enum(['email', 'in_app']);
const channels = (initial: z.infer<typeof ChannelName>[]) => z.array(ChannelName).max(2).refine((list) => new Set(list).size === list.length, 'names a channel twice').default(initial);
const recipients = z.enum(['all', 'korean']).default('all');

/** Parameters of each rule: what a workspace may set beside on and off. Missing ones have these defaults. */
export const PARAMETERS = {
  ad_label: z.strictObject({ channels: channels(['email', 'in_app']), recipients }),
  sender_identity: z.strictObject({}),
  opt_out_notice: z.strictObject({ recipients }),
  night_gate: z.strictObject({ channels: channels(['in_app']), from: LocalTime.default('21:00'), to: LocalTime.default('08:00'), spreadMinutes: z.number().int().min(0).max(120).default(10) })
    .refine(({ from, to }) => from !== to, 'a night from and to the same time has no end'),
  consent_confirmation: z.strictObject({ everyMonths: z.number().int().min(1).max(24).default(24), aheadDays: z.number().int().min(0).max(30).default(30) }),
  transactional_reason: z.strictObject({}),
  promotional_signs: z.strictObject({}),
  frequency_preference: z.strictObject({ waitDays: z.number().int().min(1).max(90).default(31) }),
  verified_sender: z.strictObject({ strict: z.boolean().default(false) }),
  display_limit: z.strictObject({ perDay: z.number().int().min(1).max(100).default(3) }),
  one_click_unsubscribe: z.strictObject({}),
} as const;
export type RuleKey = keyof typeof PARAMETERS;
export type RuleParameters = { [K in RuleKey]: z.infer<(typeof PARAMETERS)[K]> };

export interface Rule {
  key: RuleKey;
  title: Words;
  text: Words;
  sources: readonly Source[];
  /** `korean`: on where the workspace is Korean. `fixed`: always on, no switch. */
  initially: 'on' | 'korean' | 'fixed';
}

/** Every rule, in the order shown. */
export const RULES: readonly Rule[] = [
  {
    key: 'ad_label', initially: 'korean', title: { en: '“(광고)” label', ko: '“(광고)” 표시' },
    text: {
      en: 'Marketing messages of the chosen channels begin with exactly “(광고) ”, once, in the subject of e-mail and the title (or text) of in-app messages. Variants an author writes are refused at publish. With recipients “korean” only people of language ko or zone Asia/Seoul get the label.',
      ko: '선택한 채널의 마케팅 메시지는 제목(인앱은 제목 또는 본문)의 첫머리에 정확히 “(광고) ”를 한 번 표시합니다. 변칙 표기는 게시할 때 거절됩니다. 대상을 “korean”으로 하면 언어가 ko이거나 시간대가 Asia/Seoul인 고객에게만 표시합니다.',
    },
    sources: [act('제50조 제4항', 'Advertising must say that it is, who sends it, and how to refuse it.'), decree('제61조 제3항 및 별표 6', 'E-mail: “(광고)” at the beginning of the subject, in no other form.'), guide],
  },
  {
    key: 'sender_identity', initially: 'korean', title: { en: 'Name and contact of the sender', ko: '전송자의 명칭과 연락처' },
    text: {
      en: 'Marketing messages can be published only when the workspace has a contact, which the footer shows with the name. Without one a message is not sent.',
      ko: '워크스페이스에 연락처가 있어야 마케팅 메시지를 게시할 수 있고, 하단에 명칭과 함께 표시됩니다. 연락처가 없으면 발송되지 않습니다.',
    },
    sources: [act('제50조 제4항 제1호', 'Name and contact of the sender.'), decree('별표 6', 'E-mail: name, e-mail address, telephone number and postal address in the body.')],
  },
  {
    key: 'opt_out_notice', initially: 'korean', title: { en: 'Free opt-out in Korean and English', ko: '한글·영문 무료 수신거부 안내' },
    text: { en: 'The footer of marketing e-mail says in Korean and in English how to refuse further messages, free of charge, with one link; a labelled in-app message ends with such a link in the language of the person.', ko: '마케팅 이메일 하단에 무료로 수신을 거부하는 방법을 한글과 영문으로 안내하고 링크를 제공합니다. 광고 표시가 붙는 인앱 메시지는 끝에 고객의 언어로 된 수신거부 링크를 붙입니다.' },
    sources: [act('제50조 제4항 제2호, 제6항', 'How to refuse easily, at no cost for the person.'), decree('별표 6', 'The notice and the means are given in Korean and in English.')],
  },
  {
    key: 'night_gate', initially: 'korean', title: { en: 'No advertising at night', ko: '야간 광고 전송 제한' },
    text: {
      en: 'Marketing messages of the chosen channels wait from 21:00 to 08:00 in the zone of the person (else of the workspace), unless they agreed separately to hear from you at night. They go in the morning, spread over some minutes. E-mail is exempt by decree and so not chosen at first. Messages shown only inside a page that the person has open may not be sendings in the sense of the law; take in_app out if yours are such.',
      ko: '선택한 채널의 마케팅 메시지는 고객(없으면 워크스페이스) 시간대로 21시부터 다음 날 08시까지 보내지 않고 아침에 몇 분에 나누어 보냅니다. 밤에도 받겠다고 따로 동의한 고객은 예외입니다. 이메일은 시행령에 따라 제외되므로 처음에는 선택되어 있지 않습니다.',
    },
    sources: [act('제50조 제3항', 'From 21:00 to 08:00 of the next day a separate prior consent is needed.'), decree('제61조 제2항', 'The medium exempt from the night rule is e-mail.')],
  },
  {
    key: 'consent_confirmation', initially: 'korean', title: { en: 'Confirmation of consent every two years', ko: '2년마다 수신동의 확인' },
    text: {
      en: 'Whoever agreed, or was last told so, almost two years ago gets a notice: who sends, what they agreed to and when, and how to keep or withdraw it. Saying nothing keeps the consent. Each notice is proved in the log.',
      ko: '수신에 동의했거나 마지막으로 확인을 받은 지 2년이 되어 가는 고객에게 전송자의 명칭, 동의한 사실과 날짜, 유지·철회 방법을 알립니다. 답이 없으면 동의가 유지되며, 안내 사실은 기록으로 남습니다.',
    },
    sources: [act('제50조 제8항', 'Whoever got consent confirms it regularly.'), decree('제62조의3', 'Every two years from the day of consent; with the name of the sender, the fact and date of consent, and how to keep or withdraw it.')],
  },
  {
    key: 'transactional_reason', initially: 'on', title: { en: 'Transactional topics state their reason', ko: '거래성 주제의 사유 명시' },
    text: { en: 'A transactional topic goes to people who never agreed, so it must say why its messages are no advertising.', ko: '거래성 주제는 동의하지 않은 고객에게도 발송되므로, 광고가 아닌 사유를 밝혀야 합니다.' },
    sources: [act('제50조 제1항', 'Advertising needs prior consent.'), guide, { name: 'GDPR Art. 6(1)', says: 'Every processing needs a basis.' }],
  },
  {
    key: 'promotional_signs', initially: 'on', title: { en: 'Signs of advertising in transactional messages', ko: '거래성 메시지의 광고 징후' },
    text: { en: 'A transactional message with words of discounts or an unsubscribe link is warned about at publish: with advertising in it the whole message is advertising.', ko: '할인 문구나 수신거부 링크가 있는 거래성 메시지를 게시할 때 경고합니다. 광고가 섞이면 전체가 광고성 정보입니다.' },
    sources: [guide],
  },
  {
    key: 'frequency_preference', initially: 'on', title: { en: 'How often a person wants e-mail', ko: '고객이 고른 이메일 빈도' },
    text: { en: 'Marketing e-mail to a person who chose “weekly” or “monthly” waits until 7 days or 30 days after the last one, at most for the number of days given here, and is then dropped.', ko: '“주 1회” 또는 “월 1회”를 고른 고객의 마케팅 이메일은 마지막 메일로부터 7일 또는 30일이 지날 때까지 기다리며, 아래에 정한 일수를 넘겨 기다리면 발송하지 않습니다.' },
    sources: [{ name: 'Preference of the person', says: 'Chosen on the preference page.' }],
  },
  {
    key: 'verified_sender', initially: 'on', title: { en: 'Marketing from verified domains', ko: '인증된 도메인에서 마케팅 발송' },
    text: {
      en: 'Marketing e-mail whose sender has no DKIM key that was found in DNS is warned about at publish; with strict it is refused. Not asked while mail stays in the sandbox.',
      ko: 'DNS에서 DKIM 키가 확인되지 않은 도메인의 마케팅 이메일은 게시할 때 경고하며, strict이면 거절합니다. 샌드박스에서는 확인하지 않습니다.',
    },
    sources: [{ name: 'Gmail and Yahoo sender requirements (2024), Outlook.com (2025), Naver (2024)', says: 'SPF and DKIM, aligned with the From address under DMARC.' }],
  },
  {
    key: 'display_limit', initially: 'on', title: { en: 'Auto messages a day', ko: '하루 자동 메시지 수' },
    text: {
      en: 'A person sees at most perDay auto messages in any 24 hours, over all tabs and devices; the next one waits until the oldest of them is 24 hours old. Messages of class “essential” neither count nor wait.',
      ko: '한 고객에게는 모든 탭과 기기를 합쳐 24시간 동안 자동 메시지를 최대 perDay번 표시하며, 다음 메시지는 가장 오래된 노출로부터 24시간이 지날 때까지 기다립니다. “essential” 등급의 메시지는 세지 않으며 기다리지도 않습니다.',
    },
    sources: [{ name: 'Danbi', says: 'A visitor who is interrupted again and again closes everything unread.' }],
  },
  {
    key: 'one_click_unsubscribe', initially: 'fixed', title: { en: 'One-click unsubscription', ko: '원클릭 수신거부' },
    text: { en: 'Every marketing e-mail carries List-Unsubscribe with one-click POST and a visible link; layouts without one are refused.', ko: '모든 마케팅 이메일은 원클릭 수신거부 헤더와 눈에 보이는 링크를 포함합니다.' },
    sources: [{ name: 'RFC 8058', says: 'Signalling one-click functionality.' }, { name: 'Gmail and Yahoo sender requirements (2024)', says: 'Bulk senders need one-click unsubscription, honoured within two days.' }],
  },
];
