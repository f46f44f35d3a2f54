import type { HoldoutPlan } from '../../contract/holdout.js';
import { detectableLift } from '../../analytics/domain/statistics/planning.js';

/** What came in the last 28 days: different people, those of them whose goal window has passed, and who of these met the goal. */
export interface HoldoutHistory { people: number; matured: number; converted: number; /** Since the first of them, 28 at most; null without any. */ days: number | null }

/** The holdout is read on any day, so by the always-valid interval alone, at its own 5 % (statistics design, section 2). */
const ALPHA = 0.05;
const AFTER = [28, 90, 180];

/**
 * What a holdout of so many percent could find, when people keep coming as they did. Different people of a longer time are taken to
 * grow in proportion, which is too many where the same people come again: the answer is the hopeful one, and says so.
 */
export function planHoldout({ people, matured, converted, days }: HoldoutHistory, percent: number): HoldoutPlan {
  const share = percent / 100;
  const baseline = matured === 0 ? null : converted / matured;
  const after = AFTER.map((length) => {
    const coming = Math.round((people / Math.max(days ?? 28, 1)) * length);
    const lift = baseline === null ? null : detectableLift({ weights: [share, 1 - share], alphaEarly: ALPHA, alphaFinal: 0 }, { rate: baseline }, coming);
    return { days: length, people: coming, held: Math.round(coming * share), lift };
  });
  return { people, baseline, after, sentence: sentenceOf(baseline, after) };
}

function sentenceOf(baseline: number | null, after: HoldoutPlan['after']): HoldoutPlan['sentence'] {
  if (baseline === null) return { en: 'Nobody came whose goal window has passed, so nothing can be said about what would be found.', ko: '목표 기간이 지난 고객이 아직 없어 무엇을 알 수 있을지 계산할 수 없습니다.' };
  const found = after.find(({ days }) => days === 90)!;
  const number = (value: number, language: string) => value.toLocaleString(language);
  if (found.lift === null) return { en: `With about ${number(found.held, 'en')} people kept out in 90 days not even a large effect would be found. Keep out more people or wait longer.`, ko: `90일 동안 약 ${number(found.held, 'ko')}명을 제외해도 큰 효과조차 확인할 수 없습니다. 비율을 높이거나 더 오래 기다려야 합니다.` };
  const lift = (language: string) => new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(found.lift!);
  return {
    en: `In 90 days about ${number(found.held, 'en')} people would be kept out. An increase of ${lift('en')} or more would be found in four of five cases, if people keep coming as they did.`,
    ko: `90일 동안 약 ${number(found.held, 'ko')}명이 제외됩니다. 지금처럼 고객이 계속 들어오면 ${lift('ko')} 이상의 증가를 다섯 번 중 네 번 확인할 수 있습니다.`,
  };
}
