import type { Sentence } from './sentences.js';

const count = (value: number): string => value.toLocaleString('en-US');
const percent = (basisPoints: number): string => `${Number((basisPoints / 100).toFixed(2))} %`;
const people = (value: number): string => (value === 1 ? '1 person' : `${count(value)} people`);

export interface ConcernedPeople { onTheWay: number; keepTheirs: number; lastWeek: number }

const others = ({ onTheWay, keepTheirs, lastWeek }: ConcernedPeople): Sentence => ({
  en: `${people(onTheWay)} on the way ${onTheWay === 1 ? 'has' : 'have'} no version yet; ${count(lastWeek)} got one in the last seven days. ${people(keepTheirs)} keep theirs.`,
  ko: `현재 진행 중이며 아직 변형이 정해지지 않은 고객은 ${count(onTheWay)}명, 지난 7일 동안 변형을 받은 고객은 ${count(lastWeek)}명입니다. 이미 변형을 받은 ${count(keepTheirs)}명은 그대로 유지됩니다.`,
});

/** What choosing an arm for new people means. @param keep basis points */
export function chooseSentence(variant: string, keep: number, concerned: ConcernedPeople): Sentence {
  const rest = others(concerned);
  return {
    en: `New people get “${variant}”${keep > 0 ? `; ${percent(keep)} of them go on being split` : ''}. ${rest.en}`,
    ko: `새 고객에게는 “${variant}” 변형을 보냅니다${keep > 0 ? `(${percent(keep)}는 계속 나누어 배정)` : ''}. ${rest.ko}`,
  };
}

/** What sending an arm to the rest of a broadcast means. */
export const sendRestSentence = (variant: string, rest: number): Sentence => ({
  en: `${people(rest)} get “${variant}” now. This can not be taken back.`,
  ko: `나머지 ${count(rest)}명에게 지금 “${variant}” 변형을 보냅니다. 되돌릴 수 없습니다.`,
});

/** What dropping an arm means. */
export function dropSentence(variant: string, concerned: ConcernedPeople): Sentence {
  const rest = others(concerned);
  return { en: `Nobody new gets “${variant}”; its share goes to the others in proportion, for good. ${rest.en}`, ko: `새 고객에게 “${variant}” 변형을 더 이상 보내지 않으며, 그 비율은 나머지 변형에 비례하여 영구히 나뉩니다. ${rest.ko}` };
}

/** What is told of a test-then-send. */
export interface ToldTest {
  state: 'testing' | 'waiting' | 'held' | 'decided' | 'cancelled';
  because: 'guardrail' | 'control' | 'paused' | 'error_budget' | null;
  testPeople: number;
  restPeople: number;
  /** End of the wait as people read it. */
  restAt: Sentence | null;
  sent: { variant: string; claim: 'winner' | 'leader' | 'none' } | null;
}

const WHY: Record<NonNullable<ToldTest['because']>, Sentence> = {
  guardrail: { en: 'every version was found to do harm (unsubscribes, complaints or bounces); choose one or stop the campaign', ko: '모든 변형에서 수신 거부·스팸 신고·반송 피해가 확인되었습니다. 하나를 선택하거나 캠페인을 중지하세요' },
  control: { en: 'sending nothing won; choose a version or stop the campaign', ko: '보내지 않은 대조군이 이겼습니다. 변형을 선택하거나 캠페인을 중지하세요' },
  paused: { en: 'the campaign is paused', ko: '캠페인이 일시 중지되었습니다' },
  error_budget: { en: 'Danbi paused the campaign because too many of its messages bounced, were reported or blocked', ko: '반송·신고·차단이 너무 많아 캠페인이 자동으로 일시 중지되었습니다' },
};

/** Where a test-then-send stands. An action is no claim: the arm is said to have won only when the verdict says so. */
export function testSentence({ state, because, testPeople, restPeople, restAt, sent }: ToldTest): Sentence {
  const wait = because ? WHY[because] : null;
  const also: Sentence = wait ? { en: ` It waits: ${wait.en}.`, ko: ` 대기 중입니다. ${wait.ko}.` } : { en: '', ko: '' };
  if (state === 'testing') return { en: `The test is being sent to ${people(testPeople)}; ${people(restPeople)} wait.${also.en}`, ko: `${count(testPeople)}명에게 테스트를 보내는 중이며 ${count(restPeople)}명이 대기합니다.${also.ko}` };
  if (state === 'waiting') return { en: `The test went to ${people(testPeople)}. ${people(restPeople)} get the version in front from ${restAt!.en}.${also.en}`, ko: `${count(testPeople)}명에게 테스트를 보냈습니다. ${restAt!.ko}부터 나머지 ${count(restPeople)}명에게 앞선 변형을 보냅니다.${also.ko}` };
  if (state === 'held') return { en: `${people(restPeople)} have not got anything.${also.en}`, ko: `나머지 ${count(restPeople)}명에게 아직 보내지 않았습니다.${also.ko}` };
  if (state === 'cancelled' || !sent) return { en: `The campaign ended before the rest: ${people(restPeople)} get nothing.`, ko: `나머지 발송 전에 캠페인이 끝나 ${count(restPeople)}명에게는 보내지 않습니다.` };
  const claim: Record<typeof sent.claim, Sentence> = {
    winner: { en: `“${sent.variant}” won`, ko: `“${sent.variant}” 변형이 이겼습니다` },
    leader: { en: `“${sent.variant}” was leading; not proven`, ko: `“${sent.variant}” 변형이 앞섰으나 입증되지는 않았습니다` },
    none: { en: `“${sent.variant}” was chosen by a person`, ko: `담당자가 “${sent.variant}” 변형을 선택했습니다` },
  };
  return { en: `${claim[sent.claim].en}. The rest, ${people(restPeople)}, gets it.${also.en}`, ko: `${claim[sent.claim].ko}. 나머지 ${count(restPeople)}명에게 보냅니다.${also.ko}` };
}

/** What a broadcast with test-then-send would do. @param restAt as people read it */
export function previewSentence({ people: meant, test, rest, restAt }: { people: number | null; test: number | null; rest: number | null; restAt: Sentence | null }): Sentence {
  if (meant === null) return { en: 'How many people are meant could not be counted now.', ko: '대상 인원을 지금 계산할 수 없습니다.' };
  return {
    en: `Of about ${people(meant)}, ${count(test!)} get the test and ${count(rest!)} the version in front${restAt ? `, from ${restAt.en} at the earliest` : ''}.`,
    ko: `약 ${count(meant)}명 중 ${count(test!)}명에게 테스트를 보내고, 나머지 ${count(rest!)}명에게는 앞선 변형을 ${restAt ? `빨라도 ${restAt.ko}부터 ` : ''}보냅니다.`,
  };
}

/** Of an arm that somebody gave a person to try it out. @param at when, as people read it */
export const byHandSentence = (variant: string, at: Sentence): Sentence => ({
  en: `The version “${variant}” was given by hand to try it out, on ${at.en}; it is in no comparison.`,
  ko: `“${variant}” 변형은 확인용으로 ${at.ko}에 직접 지정했으며, 비교 결과에 포함되지 않습니다.`,
});

/** Of an arm of somebody who is kept out of comparisons. */
export const canarySentence = (variant: string): Sentence => ({
  en: `This person's version “${variant}” is in no comparison: they were a canary person, or a version was given to them by hand before.`,
  ko: `이 고객의 “${variant}” 변형은 비교 결과에 포함되지 않습니다. 카나리아 고객이었거나 이전에 변형을 직접 지정했기 때문입니다.`,
});

/** Why somebody has an arm that was not drawn. @param at when it was chosen, as people read it */
export function chosenSentence(variant: string, claim: 'winner' | 'leader' | 'none', at: Sentence): Sentence {
  const why = {
    winner: { en: 'it won the test', ko: '테스트에서 이겼기' },
    leader: { en: 'it was leading in the test (not proven)', ko: '테스트에서 앞섰기(입증되지 않음)' },
    none: { en: 'a person chose it for everybody new', ko: '담당자가 새 고객 모두를 위해 선택했기' },
  }[claim];
  return { en: `The version “${variant}” was not drawn: since ${at.en} new people get it because ${why.en}.`, ko: `“${variant}” 변형은 추첨된 것이 아니라 ${why.ko} 때문에 ${at.ko}부터 새 고객에게 보내는 변형입니다.` };
}
