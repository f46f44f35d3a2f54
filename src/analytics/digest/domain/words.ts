import { withParticle } from '../../../kernel/korean.js';
import type { VerdictNews, Worry } from './facts.js';

export type DigestLanguage = 'en' | 'ko';

const COUNT = { en: (count: number) => count.toLocaleString('en'), ko: (count: number) => count.toLocaleString('ko') };
const percent = (count: number, of: number) => `${((count / of) * 100).toFixed(1)}%`;

/** The labels of the page. */
export const LABELS = {
  en: {
    daily: 'Daily digest', weekly: 'Weekly digest', attention: 'Needs your attention', verdicts: 'Tests that were decided', campaigns: 'What was sent', refusals: 'What did not go, and why', nothing: 'Nothing was sent and nothing needs your attention.',
    campaign: 'Campaign', sent: 'Sent', delivered: 'Delivered', opened: 'Opened by people', clicked: 'Clicked', bounced: 'Bounced', more: 'More in Danbi', open: 'Open Danbi', why: 'You get this because you asked for it in your settings.', unsubscribe: 'Stop this digest',
  },
  ko: {
    daily: '일간 요약', weekly: '주간 요약', attention: '확인이 필요합니다', verdicts: '결론이 난 실험', campaigns: '발송 현황', refusals: '발송되지 않은 메시지와 이유', nothing: '발송된 메시지가 없고 확인할 일도 없습니다.',
    campaign: '캠페인', sent: '발송', delivered: '도착', opened: '열람(사람)', clicked: '클릭', bounced: '반송', more: '더 보기는 단비에서', open: '단비 열기', why: '설정에서 요약 메일을 신청하셨습니다.', unsubscribe: '요약 메일 그만 받기',
  },
} as const;

/** One line of "needs your attention". */
export function worryText(worry: Worry, language: DigestLanguage): string {
  const ko = language === 'ko';
  const number = COUNT[language];
  switch (worry.kind) {
    case 'paused': return `${worry.campaign}: ${worry[language]}`;
    case 'traffic': return ko ? `${worry.campaign}: 실험 배분이 어긋났습니다. 결과를 사용하지 마세요.` : `${worry.campaign}: the split of a test is off. Do not use its results.`;
    case 'bounces': return ko ? `${worry.campaign}: ${number(worry.of)}건 중 ${number(worry.count)}건(${percent(worry.count, worry.of)})이 반송되었습니다.` : `${worry.campaign}: ${number(worry.count)} of ${number(worry.of)} messages bounced (${percent(worry.count, worry.of)}).`;
    case 'complaints': return ko ? `${worry.campaign}: ${number(worry.of)}건 중 ${number(worry.count)}건이 스팸으로 신고되었습니다.` : `${worry.campaign}: ${number(worry.count)} of ${number(worry.of)} messages were reported as spam.`;
    case 'uncertain': return ko ? `${worry.campaign}: ${number(worry.count)}건은 메일 서버가 받았는지 알 수 없습니다. 다시 보내지 않습니다.` : `${worry.campaign}: of ${number(worry.count)} messages nobody knows whether the mail server took them. They are not sent again.`;
    case 'collapse': return ko ? `${worry.campaign}: 발송이 ${number(worry.before)}건에서 ${number(worry.now)}건으로 급감했습니다.` : `${worry.campaign}: sends fell from ${number(worry.before)} to ${number(worry.now)}.`;
    case 'not_made': return ko ? `${number(worry.count)}건의 메시지를 만들 수 없었습니다(값 누락 등).` : `${number(worry.count)} messages could not be made (a missing value, for example).`;
    case 'segment': return ko ? `세그먼트 “${worry.name}”을(를) 계산할 수 없습니다.` : `The segment “${worry.name}” can not be computed.`;
  }
}

export function verdictText({ campaign, stepId, state, winner }: VerdictNews, language: DigestLanguage): string {
  const [where, name] = [`${campaign} (${stepId})`, winner ?? ''];
  const texts: Record<string, { en: string; ko: string }> = {
    winner: { en: `${where}: ${name} wins.`, ko: `${where}: ${withParticle(name, '이/가')} 이겼습니다.` },
    practically_same: { en: `${where}: no difference that matters.`, ko: `${where}: 의미 있는 차이가 없습니다.` },
    no_clear_winner: { en: `${where}: no clear winner.`, ko: `${where}: 뚜렷한 승자가 없습니다.` },
    not_enough_data: { en: `${where}: not enough data.`, ko: `${where}: 데이터가 부족합니다.` },
    traffic_problem: { en: `${where}: the split is off.`, ko: `${where}: 배분이 어긋났습니다.` },
  };
  return (texts[state] ?? { en: `${where}: ${state}`, ko: `${where}: ${state}` })[language];
}

/** The subject says at once whether something is wrong. */
export function subjectOf({ cadence, workspace, sent, worries }: { cadence: 'daily' | 'weekly'; workspace: string; sent: number; worries: number }, language: DigestLanguage): string {
  const number = COUNT[language];
  if (language === 'ko') return `${workspace} ${LABELS.ko[cadence]}: ${number(sent)}건 발송${worries > 0 ? `, 확인 ${worries}건` : ''}`;
  return `${workspace} ${LABELS.en[cadence].toLowerCase()}: ${number(sent)} sent${worries > 0 ? `, ${worries} to look at` : ''}`;
}
