import { withParticle } from '../../../kernel/korean.js';
import type { Caused } from '../statistics/caused.js';
import type { DecisionPlan } from '../statistics/decision.js';
import type { LiftInterval } from '../statistics/log-ratio.js';
import { count, day, type Metric, oneSided, percent, type Place, type Said } from './words.js';

/** The promise under every verdict (section 4): how often it names a winner between versions that are the same. Amounts keep it nearly, and so do tests by account. */
export function promise(plan: Pick<DecisionPlan, 'alphaEarly' | 'alphaFinal'>, measure: Metric['measure'], byAccount = false): Said {
  const tests = count(1 / (plan.alphaEarly + plan.alphaFinal));
  const isExact = measure === 'rate' && !byAccount;
  const together = byAccount ? { en: ' People of one account are counted together: what counts is how many accounts there are, not how many people.', ko: ' 같은 계정의 고객은 하나로 묶어 집계해요. 고객 수가 아니라 계정 수가 결과를 좌우해요.' } : { en: '', ko: '' };
  return {
    en: `If the versions were really the same, this page would name a winner in ${isExact ? 'fewer than' : 'about'} 1 in ${tests} tests, however often you look.${together.en}`,
    ko: `버전 사이에 실제로 차이가 없다면, 아무리 자주 확인해도 이 페이지가 승자를 정하는 경우는 테스트 ${tests}개 중 1개${isExact ? '보다 적어요' : ' 정도예요'}.${together.ko}`,
  };
}

/**
 * What messages caused among the people who got them, against those kept without. Null: too few conversions to say.
 *
 * @param currency of an amount, such as "USD"; without one conversions are counted
 */
export function causedSentence(caused: Caused | null, currency: string | null = null): Said {
  if (caused === null) return { en: 'Not enough conversions yet to say what the messages caused.', ko: '메시지의 효과를 말하기에는 아직 전환이 부족해요.' };
  const [of, lo, hi] = [count(caused.of), count(Math.abs(caused.lo)), count(Math.abs(caused.hi))];
  const en = currency === null ? { of: `${of} conversions among people you messaged`, happened: 'happened' } : { of: `${currency} ${of} from people you messaged`, happened: 'come in' };
  const unit = currency === null ? '건' : ` ${currency}`;
  const ko = currency === null ? `메시지를 받은 고객의 전환 ${of}건` : `메시지를 받은 고객의 금액 ${of} ${currency}`;
  if (caused.lo > 0) return { en: `Of ${en.of}, ${lo} to ${hi} would not have ${en.happened} without the message.`, ko: `${ko} 중 ${lo}~${hi}${withParticle(unit, '은/는')} 메시지가 없었다면 ${currency === null ? '일어나지 않았을' : '생기지 않았을'} 거예요.` };
  if (caused.hi < 0) return { en: `Beside ${en.of}, ${hi} to ${lo} more would have ${en.happened} without the message.`, ko: `${ko} 외에, 메시지가 없었다면 ${hi}~${lo}${unit}만큼 더 있었을 거예요.` };
  return { en: `Of ${en.of}, up to ${hi} would not have ${en.happened} without the message, but it may also have prevented up to ${lo}: no effect is proven.`, ko: `${ko} 중 메시지 덕분인 것은 최대 ${hi}${unit}이지만, 메시지 때문에 최대 ${lo}${unit}만큼 줄었을 수도 있어서 효과가 있다고 말할 수 없어요.` };
}

const UNWANTED = {
  unsubscribed: { en: 'unsubscribes', ko: '수신 거부' },
  complained: { en: 'spam complaints', ko: '스팸 신고' },
  bounced: { en: 'bounces', ko: '반송' },
} as const;
export type Unwanted = keyof typeof UNWANTED;

/** A guardrail that was crossed. Few cases have no interval and are said as counts, which are then needed. */
export function harmSentence({ measure, arm, against, lift, counts }: { measure: Unwanted; arm: string; against: string; lift: LiftInterval | null; counts: { arm: number; against: number } }): Said {
  const { en, ko } = UNWANTED[measure];
  const range = lift && oneSided(lift);
  const what = range === null
    ? { en: `${count(counts.arm)} ${en} against ${count(counts.against)} with ${against}`, ko: `${withParticle(ko, '이/가')} ${count(counts.arm)}건이고 ${withParticle(against, '은/는')} ${count(counts.against)}건이에요` }
    : { en: `${range.en} more ${en} than ${against}`, ko: `${against}보다 ${withParticle(ko, '이/가')} ${range.ko} 더 많아요` };
  return {
    en: `${arm} does harm: ${what.en}. While this stands, it is not chosen automatically.`,
    ko: `${withParticle(arm, '은/는')} 해로워요. ${what.ko}. 이 상태에서는 자동으로 선택되지 않아요.`,
  };
}

/** What Danbi did, kept apart from what is known: `proven` only when the rule named this arm the winner. */
export function actionSentence(action: { type: 'auto_winner' | 'send_leader'; arm: string; at: string; proven: boolean; keep?: number | undefined }, place: Place): Said {
  const date = day(action.at, place);
  const subject = withParticle(action.arm, '이/가');
  if (action.type === 'send_leader') {
    return action.proven
      ? { en: `${action.arm} won, and everybody else got it on ${date.en}.`, ko: `${subject} 이겨서 ${date.ko}에 나머지 고객에게 보냈어요.` }
      : { en: `${action.arm} was leading; not proven. Everybody else got it on ${date.en}.`, ko: `${subject} 앞서 있었지만 증명되지는 않았어요. ${date.ko}에 나머지 고객에게 보냈어요.` };
  }
  const kept = action.keep
    ? { en: `, except ${percent(action.keep)} who go on being split`, ko: ` ${percent(action.keep)}는 계속 나누어 배정해요.` }
    : { en: '', ko: '' };
  return { en: `${action.arm} won; since ${date.en} new people get it${kept.en}.`, ko: `${subject} 이겨서 ${date.ko}부터 새로 들어오는 고객은 이 버전을 받아요.${kept.ko}` };
}

/** People of an arm who do not count yet; null when there are none. */
export function maturingSentence(people: number, from: string | null, place: Place): Said | null {
  if (!(people > 0)) return null;
  const date = from === null ? null : day(from, place);
  return {
    en: `still maturing: ${count(people)} ${people === 1 ? 'person' : 'people'}${date ? `, counted from ${date.en}` : ''}`,
    ko: `아직 기간이 끝나지 않음: ${count(people)}명${date ? `, ${date.ko}부터 집계해요` : ''}`,
  };
}
