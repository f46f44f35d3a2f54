import { withParticle } from '../../../kernel/korean.js';
import { failedGates, liftOf, pairsOf } from '../statistics/compare.js';
import type { ArmInput, Comparison, DecisionPlan, Evaluation, GateFailure } from '../statistics/decision.js';
import { side } from '../statistics/log-ratio.js';
import { advantage, count, day, difference, joined, type Metric, percent, type Place, type Said, subject } from './words.js';

/** What a sentence needs beside the evaluation. */
export interface Spoken extends Place {
  plan: Pick<DecisionPlan, 'readoutAt' | 'alphaFinal' | 'alphaEarly' | 'minEffect' | 'minDays'>;
  metric: Metric;
  arms: readonly ArmInput[];
  /** What people call an arm; its key when it has no name. */
  names: Readonly<Record<string, string>>;
  /** The arm the others are compared with, the first when it is not said; a control arm is the natural one. */
  base?: string | undefined;
  /** The smallest lift today's volume can tell apart at the read-out; null when unknown or none. */
  detectable: number | null;
}

type Found = Pick<Evaluation, 'state' | 'winner' | 'reason' | 'phase' | 'comparisons' | 'gates' | 'memory'>;

/** The one sentence under which everything else stands (section 4). A verdict that stands is said with the numbers it was reached by. */
export function verdictSentence(found: Found, spoken: Spoken): Said {
  const stands = found.phase === 'after' || found.state === 'winner' ? found.memory.verdict : null;
  const comparisons = stands?.comparisons ?? found.comparisons;
  switch (found.state) {
    case 'traffic_problem': return trafficProblem(found.memory.trafficProblem?.reason ?? 'split_of_assigned', spoken.arms);
    case 'winner': return winner(found.winner!, comparisons, stands?.kind === 'readout', spoken);
    case 'practically_same': return joined(same(spoken.plan.minEffect), ranges(comparisons, spoken, false));
    case 'no_clear_winner': return joined({ en: 'No clear winner.', ko: '뚜렷한 승자가 없어요.' }, ranges(comparisons, spoken, false), unbeaten(comparisons, spoken));
    case 'not_enough_data': return joined({ en: 'Not enough data.', ko: '데이터가 부족해요.' }, missing(stands ? failedGates(stands.arms) : found.gates, spoken, false));
    case 'collecting': return collecting(found, spoken);
  }
}

const nameOf = (key: string, { names }: Pick<Spoken, 'names'>): string => names[key] ?? key;
const same = (effect: number): Said => ({ en: `No difference that matters (within ±${percent(effect)}).`, ko: `의미 있는 차이가 없어요(±${percent(effect)} 이내).` });

function winner(key: string, comparisons: readonly Comparison[], atReadout: boolean, spoken: Spoken): Said {
  const name = nameOf(key, spoken);
  const others = spoken.arms.flatMap((other) => {
    const lift = other.key === key ? null : liftOf(comparisons, other.key, key);
    return lift === null ? [] : [{ name: nameOf(other.key, spoken), lift }];
  });
  const beaten = others.map((other, i) => ({ name: other.name, ...advantage(other.lift, spoken.metric, i === others.length - 1) }));
  const verb = spoken.metric.measure === 'rate' ? 'converts' : 'brings in';
  const holds = atReadout
    ? { en: 'This is the read-out that was fixed at launch, so looking before did not change it.', ko: '시작할 때 정한 날에 확정한 결과라서, 중간에 확인했어도 달라지지 않아요.' }
    : { en: 'You could look at any time and this would still hold.', ko: '언제 확인해도 이 결론은 그대로예요.' };
  return joined(
    { en: `${name} wins.`, ko: `${withParticle(name, '이/가')} 이겼어요.` },
    { en: `It ${verb} ${beaten.map((other) => `${other.en} than ${other.name}`).join(' and ')}.`, ko: `${subject(spoken.metric)} ${beaten.map((other) => `${other.name}보다 ${other.ko}`).join(', ')}.` },
    holds,
  );
}

/** Which arms are still in question: without a winner some may be beaten all the same, such as the control by both messages. */
function unbeaten(comparisons: readonly Comparison[], spoken: Spoken): Said {
  const worse = spoken.metric.direction === 'higher' ? -1 : 1;
  const isBeaten = (key: string) => spoken.arms.some((other) => {
    const lift = other.key === key ? null : liftOf(comparisons, other.key, key);
    return lift !== null && side(lift) === worse;
  });
  const left = spoken.arms.filter(({ key }) => !isBeaten(key)).map(({ key }) => nameOf(key, spoken));
  if (left.length === spoken.arms.length) return { en: 'Any of them may be used.', ko: '어느 버전을 써도 괜찮아요.' };
  return { en: `Not beaten by any other: ${new Intl.ListFormat('en').format(left)}.`, ko: `다른 버전에 지지 않은 버전: ${left.join(', ')}.` };
}

/** Every other arm against the base. */
function ranges(comparisons: readonly Comparison[], spoken: Spoken, soFar: boolean): Said | null {
  const base = spoken.base ?? spoken.arms[0]?.key;
  const said = pairsOf(spoken.arms).flatMap(([a, b]) => {
    if (base !== a.key && base !== b.key) return [];
    const [from, to] = base === a.key ? [a.key, b.key] : [b.key, a.key];
    const lift = liftOf(comparisons, from, to);
    return lift === null ? [] : [difference(nameOf(to, spoken), nameOf(from, spoken), lift, spoken.metric, soFar)];
  });
  return said.length === 0 ? null : joined(...said);
}

function collecting(found: Found, spoken: Spoken): Said {
  const begin = found.phase === 'extended' ? extended(found, spoken) : { en: 'Still collecting.', ko: '아직 모으는 중이에요.' };
  const numbers = found.reason === 'gates' ? missing(found.gates, spoken, true) : ranges(found.comparisons, spoken, true);
  const days = found.reason === 'too_few_days' ? { en: `A winner is named after ${count(spoken.plan.minDays)} full days of entries.`, ko: `승자는 ${count(spoken.plan.minDays)}일 동안 들어온 고객을 모두 확인한 뒤에 정해요.` } : null;
  return joined(begin, numbers, days, found.phase === 'before' ? readoutAhead(found, spoken) : null);
}

function readoutAhead(found: Found, spoken: Spoken): Said | null {
  const { readoutAt, alphaFinal } = spoken.plan;
  if (readoutAt === null || !(alphaFinal > 0)) return null;
  if (Date.parse(readoutAt) <= Date.parse(spoken.now)) return { en: 'The read-out follows as soon as everything from before it has been counted.', ko: '판정일까지의 내용을 모두 집계하는 대로 결과를 확정해요.' };
  const date = day(readoutAt, spoken);
  if (spoken.detectable === null || found.reason === 'gates') return { en: `Read-out on ${date.en}.`, ko: `결과는 ${date.ko}에 확정해요.` };
  const apart = percent(spoken.detectable);
  return {
    en: `Read-out on ${date.en}; with today's volume you can then tell apart differences of about ${apart}.`,
    ko: `결과는 ${date.ko}에 확정하고, 지금 속도라면 그때 약 ${apart}의 차이를 구별할 수 있어요.`,
  };
}

const READOUT = {
  practically_same: { en: 'At the read-out there was no difference that matters', ko: '결과를 확정할 때 의미 있는 차이가 없었어요' },
  no_clear_winner: { en: 'At the read-out there was no clear winner', ko: '결과를 확정할 때 뚜렷한 승자가 없었어요' },
  not_enough_data: { en: 'At the read-out there was not enough data', ko: '결과를 확정할 때 데이터가 부족했어요' },
} as const;

function extended({ memory }: Found, spoken: Spoken): Said {
  const said = READOUT[memory.readout!.state as keyof typeof READOUT];
  const date = day(memory.extendedAt!, spoken);
  return { en: `${said.en}; extended on ${date.en}, still collecting.`, ko: `${said.ko}. ${date.ko}에 연장해서 아직 모으는 중이에요.` };
}

function trafficProblem(reason: 'split_of_assigned' | 'split_of_eligible', all: readonly ArmInput[]): Said {
  // The split is that of the arms that still get people.
  const arms = all.filter(({ dropped }) => !dropped);
  const mass = arms.reduce((sum, { weight }) => sum + weight, 0);
  const share = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
  const planned = arms.map(({ weight }) => share.format((100 * weight) / mass)).join('/');
  const isByAccount = arms.some(({ accounts }) => accounts !== undefined);
  const unit = isByAccount ? { en: ' accounts', ko: '개 계정' } : { en: '', ko: '명' };
  const people = arms.map(({ assigned, eligible, accounts }) => count(reason === 'split_of_eligible' ? (accounts?.eligible ?? eligible ?? assigned) : (accounts?.assigned ?? assigned))).join('/');
  const begin = { en: 'Do not use these results.', ko: '이 결과는 사용하지 마세요.' };
  return joined(begin, reason === 'split_of_assigned'
    ? { en: `The split is off: ${people}${unit.en} instead of ${planned}.`, ko: `배정 비율이 어긋났어요. 계획은 ${planned}인데 실제는 ${people}${unit.ko}이에요.` }
    : { en: `One version was refused more often than another: ${people} ${isByAccount ? 'accounts' : 'people'} could get it instead of ${planned}.`, ko: `한 버전만 더 자주 보류됐어요. 계획은 ${planned}인데 실제로 받을 수 있었던 ${isByAccount ? `계정은 ${people}개예요` : `고객은 ${people}명이에요`}.` });
}

/** The first gate that fails, with its numbers. */
function missing(gates: readonly GateFailure[], spoken: Spoken, early: boolean): Said | null {
  const first = gates[0];
  if (!first) return null;
  const name = nameOf(first.arm, spoken);
  const [has, needs, topic] = [count(first.has), count(first.needs), withParticle(name, '은/는')];
  const people = (en: string, ko: string): Said => ({ en: `${early ? 'Too early to compare: ' : ''}${name} has ${has} ${first.has === 1 ? 'person' : 'people'} ${en}, and every version needs ${needs}.`, ko: `비교하려면 버전마다 ${ko} 고객이 ${needs}명 필요한데, ${topic} ${has}명이에요.` });
  const accounts = (en: string, ko: string): Said => ({
    en: `${early ? 'Too early to compare: ' : ''}the people${en} of ${name} are worth ${has} ${first.has === 1 ? 'account' : 'accounts'} of equal size, and every version needs ${needs}.`,
    ko: `비교하려면 버전마다 ${ko}고객이 같은 크기의 계정 ${needs}개만큼 필요한데, ${topic} ${has}개만큼이에요.`,
  });
  switch (first.gate) {
    case 'arms': return { en: 'There is only one version, so there is nothing to compare.', ko: '버전이 하나뿐이라 비교할 대상이 없어요.' };
    case 'matured': return people('whose time to convert has passed', '전환 기간이 끝난');
    case 'with_outcome': return people('who converted', '전환한');
    case 'without_outcome': return people('who did not convert', '전환하지 않은');
    case 'non_zero': return people('with an amount', '금액이 있는');
    case 'accounts': return accounts('', '');
    case 'accounts_with_outcome': return accounts(' with an outcome', '결과가 있는 ');
    case 'accounts_without_outcome': return accounts(' without an outcome', '결과가 없는 ');
    case 'positive_mean': return { en: `The amounts of ${name} are not above zero on average, or all the same, so there is no ratio to give.`, ko: `${withParticle(name, '은/는')} 금액의 평균이 0 이하이거나 모두 같아서 비율을 구할 수 없어요.` };
  }
}
