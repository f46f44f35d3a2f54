import type { EngagementCondition } from '../../../contract/segment-conditions.js';
import { asksExistence, comparisonHolds } from '../leaves/number-comparison.js';
import { times, windowInWords } from './event.js';
import { quoted, regular, verb, type Ending, type LeafWords, type Names } from './words.js';

type Counted = 'received' | 'opened' | 'clicked';
const isCounted = (kind: EngagementCondition['kind']): kind is Counted => kind === 'received' || kind === 'opened' || kind === 'clicked';

export const engagementWords: LeafWords<EngagementCondition> = {
  english: (leaf, names) => `${clause(leaf, names)}${windowInWords(leaf).en}`,
  korean(leaf, ending, names) {
    return `${windowInWords(leaf).ko}${isCounted(leaf.kind) ? koreanMessage(leaf, leaf.kind, ending, names) : koreanFact(leaf, ending, names)}`;
  },
};

const nameOf = ({ campaignId = '' }: EngagementCondition, names: Names): string => names.get(campaignId)?.name ?? campaignId;
const isNone = ({ count }: EngagementCondition): boolean => count !== undefined && asksExistence(count) && comparisonHolds(count, 0);
/** "at least 3", without the word "times". */
const howMany = ({ count }: EngagementCondition): { en: string; ko: string } | null => {
  if (!count || asksExistence(count)) return null;
  const { en, ko } = times(count);
  return { en: en.replace(/ times?$/, ''), ko: ko.replaceAll('번', '통') };
};

const campaignEn = (leaf: EngagementCondition, names: Names): string => (leaf.campaignId === undefined ? 'any campaign' : `the campaign ${quoted(nameOf(leaf, names))}`);

function clause(leaf: EngagementCondition, names: Names): string {
  const campaign = campaignEn(leaf, names);
  const step = leaf.stepId === undefined ? '' : ` at the step ${quoted(leaf.stepId)}`;
  switch (leaf.kind) {
    case 'converted': return `they met ${leaf.goal === undefined ? 'the goal' : `the goal ${quoted(leaf.goal)}`} of ${campaign}${leaf.variant === undefined ? '' : ` in the variant ${quoted(leaf.variant)}`}${step}`;
    case 'in_control': return `they are in the control arm of a test of ${campaign}${step}`;
    case 'in_holdout': return `they were held out of ${campaign}`;
    default: return `they ${isNone(leaf) ? 'have not ' : 'have '}${leaf.kind} ${messagesEn(leaf)} of ${campaign}${step}${leaf.variant === undefined ? '' : ` in the variant ${quoted(leaf.variant)}`}`;
  }
}

function messagesEn(leaf: EngagementCondition): string {
  const many = howMany(leaf);
  const noun = leaf.channel === 'email' ? 'e-mail' : leaf.channel === 'in_app' ? 'in-app message' : 'message';
  if (!many) return `${isNone(leaf) ? 'any' : leaf.channel === undefined ? 'a' : 'an'} ${noun}`;
  return `${many.en} ${noun}${leaf.count!.op !== 'between' && leaf.count!.value === 1 ? '' : 's'}`;
}

const DONE: Record<Counted, { yes: Record<Ending, string>; no: Record<Ending, string> }> = {
  received: { yes: verb('받았고', '받았거나', '받은'), no: regular('받지 않았', '받지 않은') },
  opened: { yes: verb('열어 봤고', '열어 봤거나', '열어 본'), no: regular('열어 보지 않았', '열어 보지 않은') },
  clicked: { yes: verb('클릭했고', '클릭했거나', '클릭한'), no: regular('클릭하지 않았', '클릭하지 않은') },
};

const campaignKo = (leaf: EngagementCondition, names: Names): string => (leaf.campaignId === undefined ? '캠페인' : `‘${nameOf(leaf, names)}’ 캠페인`);
const stepKo = ({ stepId }: EngagementCondition): string => (stepId === undefined ? '' : ` ‘${stepId}’ 단계`);

function koreanMessage(leaf: EngagementCondition, kind: Counted, ending: Ending, names: Names): string {
  const noun = leaf.channel === 'email' ? '이메일' : leaf.channel === 'in_app' ? '인앱 메시지' : '메시지';
  const variant = leaf.variant === undefined ? '' : ` ‘${leaf.variant}’ 변형`;
  const many = howMany(leaf);
  const what = `${campaignKo(leaf, names)}${stepKo(leaf)}${variant}${leaf.campaignId === undefined ? '' : '의'} ${noun}${noun === '이메일' ? '을' : '를'}`;
  if (isNone(leaf)) return `${what} 한 통도 ${DONE[kind].no[ending]}`;
  return `${what}${many ? ` ${many.ko}` : ''} ${DONE[kind].yes[ending]}`;
}

function koreanFact(leaf: EngagementCondition, ending: Ending, names: Names): string {
  const campaign = `${campaignKo(leaf, names)}${stepKo(leaf)}`;
  if (leaf.kind === 'in_control') return `${campaign} 실험의 대조군에 ${regular('배정되었', '배정된')[ending]}`;
  if (leaf.kind === 'in_holdout') return `${campaign}에서 홀드아웃으로 ${regular('제외되었', '제외된')[ending]}`;
  return `${campaign}${leaf.variant === undefined ? '' : ` ‘${leaf.variant}’ 변형`}의 ${leaf.goal === undefined ? '목표를' : `‘${leaf.goal}’ 목표를`} ${regular('달성했', '달성한')[ending]}`;
}
