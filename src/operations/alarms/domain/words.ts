import { WORDS } from '../../domain/words.js';
import type { AlarmFacts, AlarmKind, AlarmLevel } from './condition.js';

export type Language = 'en' | 'ko';
export type Occasion = 'opened' | 'worse' | 'closed';

/** Seconds, shares and counts as people say them. */
export function measured({ value, unit }: Pick<AlarmFacts, 'value' | 'unit'>, language: Language): string {
  if (value === undefined || value === null) return '';
  const number = (of: number, options: Intl.NumberFormatOptions = {}) => new Intl.NumberFormat(language, { maximumFractionDigits: 1, ...options }).format(of);
  if (unit === 'share') return number(value, { style: 'percent', maximumFractionDigits: 2 });
  if (unit === 'people') return language === 'ko' ? `${number(value)}명` : number(value);
  if (unit === 'messages') return language === 'ko' ? `${number(value)}건` : number(value);
  const [size, name] = value < 120 ? [1, 'second'] as const : value < 7_200 ? [60, 'minute'] as const : [3_600, 'hour'] as const;
  return number(value / size, { style: 'unit', unit: name, unitDisplay: 'long' });
}

type Say = (facts: AlarmFacts, number: (value: number) => string) => string;
const round = (value = 0) => Math.round(value);
const part = (share: number | null | undefined, language: Language) => measured({ value: share, unit: 'share' }, language);
const span = (seconds = 0, language: Language) => measured({ value: seconds, unit: 'seconds' }, language);

const SAY: Record<Exclude<AlarmKind, 'check'>, Record<Language, Say>> = {
  breaker: { en: ({ text }) => `All sending is held. ${text?.en ?? ''}`.trim(), ko: ({ text }) => `모든 발송이 멈춰 있습니다. ${text?.ko ?? ''}`.trim() },
  paused: { en: ({ name, text }) => `“${name}” was paused by itself. ${text?.en ?? ''}`.trim(), ko: ({ name, text }) => `‘${name}’ 캠페인이 자동으로 일시 정지되었습니다. ${text?.ko ?? ''}`.trim() },
  level: {
    en: ({ name, share, target }) => `“${name}”: ${part(share, 'en')} of its e-mails were handed over within ${span(target?.seconds, 'en')} of being due in the last ${target?.hours} hours; ${part(target?.share, 'en')} were promised. Look at the queues and the mail servers.`,
    ko: ({ name, share, target }) => `‘${name}’: 최근 ${target?.hours}시간 동안 이메일의 ${part(share, 'ko')}만 발송할 시각부터 ${span(target?.seconds, 'ko')} 안에 전달되었습니다. 목표는 ${part(target?.share, 'ko')}입니다. 대기열과 메일 서버를 확인하세요.`,
  },
  unreadable: {
    en: () => 'The status can not be read: nothing else that is wrong would be told. Look at the load of the database, and into the log for operations.alarms.',
    ko: () => '상태를 읽을 수 없어 다른 문제가 생겨도 알려 드릴 수 없습니다. 데이터베이스의 부하를 확인하고 로그에서 operations.alarms를 찾아보세요.',
  },
  stuck: { en: ({ name, count }, n) => `“${name}”: ${n(count ?? 0)} people are stuck: their step or their message was due long ago and nothing happened.`, ko: ({ name, count }, n) => `‘${name}’: 고객 ${n(count ?? 0)}명이 멈춰 있습니다. 다음 단계나 메시지의 시각이 한참 지났는데 아무 일도 일어나지 않았습니다.` },
  canary: { en: ({ name, count }, n) => `“${name}”: ${n(count ?? 0)} canary people get something else than before or than expected.`, ko: ({ name, count }, n) => `‘${name}’: 카나리아 고객 ${n(count ?? 0)}명의 결과가 이전이나 기대와 다릅니다.` },
  zero: { en: ({ name, expected }, n) => `“${name}” took nobody in the last 24 hours; about ${n(round(expected))} were to be expected.`, ko: ({ name, expected }, n) => `‘${name}’ 캠페인에 지난 24시간 동안 아무도 진입하지 않았습니다. 평소에는 약 ${n(round(expected))}명입니다.` },
  collapse: { en: ({ name, count, expected }, n) => `“${name}” took ${n(count ?? 0)} people in the last 24 hours; about ${n(round(expected))} were to be expected.`, ko: ({ name, count, expected }, n) => `‘${name}’ 캠페인에 지난 24시간 동안 ${n(count ?? 0)}명만 진입했습니다. 평소에는 약 ${n(round(expected))}명입니다.` },
  surge: { en: ({ name, count, expected }, n) => `“${name}” took ${n(count ?? 0)} people in the last 24 hours, far more than the ${n(round(expected))} to be expected.`, ko: ({ name, count, expected }, n) => `‘${name}’ 캠페인에 지난 24시간 동안 ${n(count ?? 0)}명이 진입했습니다. 평소의 약 ${n(round(expected))}명보다 훨씬 많습니다.` },
  split: { en: ({ name }) => `The test in “${name}” splits people wrongly: its results say nothing until that is mended.`, ko: ({ name }) => `‘${name}’ 캠페인의 테스트가 고객을 잘못 나누고 있습니다. 고치기 전에는 결과를 믿을 수 없습니다.` },
  bounces: { en: ({ name, count, of }, n) => `“${name}”: ${n(count ?? 0)} of ${n(of ?? 0)} messages of the week bounced.`, ko: ({ name, count, of }, n) => `‘${name}’: 이번 주 메시지 ${n(of ?? 0)}건 중 ${n(count ?? 0)}건이 반송되었습니다.` },
  complaints: { en: ({ name, count, of }, n) => `“${name}”: ${n(count ?? 0)} of ${n(of ?? 0)} messages of the week were reported as spam.`, ko: ({ name, count, of }, n) => `‘${name}’: 이번 주 메시지 ${n(of ?? 0)}건 중 ${n(count ?? 0)}건이 스팸으로 신고되었습니다.` },
  relay: { en: ({ name }) => `The mail server “${name}” does not take messages.`, ko: ({ name }) => `메일 서버 ‘${name}’에 메시지를 보낼 수 없습니다.` },
  domain: { en: ({ name }) => `DNS records of ${name} are missing or wrong.`, ko: ({ name }) => `${name} 도메인의 DNS 레코드가 없거나 잘못되었습니다.` },
  segment: { en: ({ name }) => `The segment “${name}” could not be built.`, ko: ({ name }) => `‘${name}’ 세그먼트를 만들 수 없었습니다.` },
  webhook_off: { en: ({ name }) => `The endpoint “${name}” is gone, or did not answer for days, and was switched off.`, ko: ({ name }) => `‘${name}’ 엔드포인트가 사라졌거나 며칠 동안 응답하지 않아 꺼졌습니다.` },
  webhook_resting: { en: ({ name }) => `The endpoint “${name}” fails and rests.`, ko: ({ name }) => `‘${name}’ 엔드포인트가 실패하여 쉬고 있습니다.` },
  webhook_lost: { en: ({ name, count }, n) => `${n(count ?? 0)} messages to the endpoint “${name}” were not delivered this week.`, ko: ({ name, count }, n) => `이번 주 ‘${name}’ 엔드포인트로 ${n(count ?? 0)}건을 전달하지 못했습니다.` },
  silent: { en: () => 'No event has come in for more than a day.', ko: () => '하루 넘게 이벤트가 들어오지 않았습니다.' },
};

/** What is wrong, in one sentence or two. */
export function sentenceOf(kind: AlarmKind, facts: AlarmFacts, language: Language): string {
  if (kind !== 'check') return SAY[kind][language](facts, (value) => new Intl.NumberFormat(language).format(value));
  const words = WORDS[facts.check!];
  return `${words.name[language]}: ${measured(facts, language)}. ${words.whatToDo[language]}`;
}

/** Where in the dashboard to go on. */
export function pathOf(kind: AlarmKind, { campaignId, segmentId, endpointId, domainId }: AlarmFacts): string {
  if (kind === 'split' && campaignId) return `/campaigns/${campaignId}/results`;
  if (campaignId) return `/campaigns/${campaignId}`;
  if (segmentId) return `/segments/${segmentId}`;
  if (endpointId) return `/settings/webhooks/${endpointId}`;
  if (domainId) return `/settings/sending/domains/${domainId}`;
  if (kind === 'breaker') return '/settings/safety';
  if (kind === 'relay') return '/settings/sending';
  return kind === 'silent' ? '/data/live' : '/settings/status';
}

export const LABELS = {
  en: { opened: { warn: 'Look at it', bad: 'Mend it' }, worse: 'Worse', closed: 'Over', open: 'Open Danbi', why: 'You get this because somebody of your team named this address for alarms.', stop: 'Send no more alarms here' },
  ko: { opened: { warn: '확인 필요', bad: '조치 필요' }, worse: '악화됨', closed: '해결됨', open: '단비 열기', why: '팀에서 이 주소를 알람 수신처로 등록해 보내 드립니다.', stop: '이 주소로 알람 그만 받기' },
} as const;

/** What happened, before the sentence: `Mend it`, `Worse`, `Over`. */
export const markOf = (occasion: Occasion, level: AlarmLevel, language: Language): string => (occasion === 'opened' ? LABELS[language].opened[level] : LABELS[language][occasion]);

/** The subject of one message about several alarms. */
export function subjectOf(workspace: string, items: readonly { occasion: Occasion; level: AlarmLevel }[], language: Language): string {
  const open = items.filter(({ occasion }) => occasion !== 'closed');
  const isBad = open.some(({ level }) => level === 'bad');
  if (language === 'ko') return `[${workspace}] ${open.length > 0 ? `${isBad ? '조치가 필요한' : '확인할'} 알람 ${open.length}건` : `알람 ${items.length}건 해결됨`}`;
  return `[${workspace}] ${open.length > 0 ? `${open.length} ${open.length === 1 ? 'alarm' : 'alarms'} to ${isBad ? 'mend' : 'look at'}` : `${items.length} ${items.length === 1 ? 'alarm is' : 'alarms are'} over`}`;
}
