import { detectableLift } from '../../domain/statistics/planning.js';
import type { Stratum } from './pooled-effect.js';

/** As a holdout is planned (`campaigns/domain/holdout-plan.ts`): read on any day, so by the always-valid interval alone. */
const ALPHA = 0.05;

interface Sizes { kept: number; messaged: number }

/** The smallest effect a holdout finds by the people it has, and the same in words. */
export interface Detectable {
  /** Share of both sides who met the goal; null while nobody's window has passed. */
  rate: number | null;
  /** Smallest relative increase found with 80 % power by those whose window has passed; null: none. */
  lift: number | null;
  /** The same once the windows of all considered so far have passed. */
  later: Sizes & { lift: number | null };
  sentence: { en: string; ko: string };
}

/**
 * What a running holdout can find: by the people compared now, and by all considered so far.
 *
 * @param compared people whose window has passed, on both sides, and who of them met the goal
 * @param considered all people who will be compared, those compared now included
 */
export function foundBy({ kept, messaged }: Stratum, considered: Sizes): Detectable {
  const people = kept.people + messaged.people;
  const rate = people === 0 ? null : (kept.converted + messaged.converted) / people;
  const liftOf = (sizes: Sizes): number | null =>
    rate === null || rate <= 0 || rate >= 1 || sizes.kept === 0 || sizes.messaged === 0 ? null : detectableLift({ weights: [sizes.kept, sizes.messaged], alphaEarly: ALPHA, alphaFinal: 0 }, { rate }, sizes.kept + sizes.messaged);
  const now = { kept: kept.people, messaged: messaged.people };
  const found = { rate, lift: liftOf(now), later: { ...considered, lift: liftOf(considered) } };
  return { ...found, sentence: sentenceOf(found, now) };
}

function sentenceOf({ rate, lift, later }: Omit<Detectable, 'sentence'>, now: Sizes): Detectable['sentence'] {
  const number = (value: number, language: string) => value.toLocaleString(language);
  const share = (value: number, language: string) => new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(value);
  if (rate === null) return { en: 'Nobody’s goal window has passed yet, so nothing can be said about what would be found.', ko: '목표 기간이 지난 고객이 아직 없어 무엇을 알 수 있을지 계산할 수 없습니다.' };
  const isMore = later.kept + later.messaged > now.kept + now.messaged;
  const [after, afterKo] = !isMore ? ['', ''] : later.lift === null
    ? [' Nor will it be once the windows of all considered so far have passed: keep it running.', ' 지금까지 집계된 고객의 목표 기간이 모두 지나도 마찬가지이니 계속 진행하세요.']
    : [` Once the windows of all considered so far have passed: ${share(later.lift, 'en')}.`, ` 지금까지 집계된 고객의 목표 기간이 모두 지나면 ${share(later.lift, 'ko')} 이상입니다.`];
  if (lift === null) return { en: `With ${number(now.kept, 'en')} people kept out not even a large effect would be found yet.${after}`, ko: `대조군이 ${number(now.kept, 'ko')}명이라 아직 큰 효과조차 확인할 수 없습니다.${afterKo}` };
  return {
    en: `With ${number(now.kept, 'en')} people kept out and a goal rate of ${share(rate, 'en')}, an increase of ${share(lift, 'en')} or more is found in four of five cases.${after}`,
    ko: `대조군 ${number(now.kept, 'ko')}명과 목표 달성률 ${share(rate, 'ko')}이면 ${share(lift, 'ko')} 이상의 증가를 다섯 번 중 네 번 확인할 수 있습니다.${afterKo}`,
  };
}
