import type { SimulationUnknown } from '../../../contract/simulation.js';

/** What may be told of one simulation. */
export interface UnknownFacts {
  reactions: 'none' | 'observed_rate' | 'worst_case';
  /** Of a draft: publishing begins tests. */
  newTests: boolean;
  testFirst: boolean;
  /** A broadcast that is launched in stages. */
  inStages: boolean;
  byName: boolean;
  sendsToSystems: boolean;
  readsEngagement: boolean;
  computedSegment: boolean;
  /** Conditions are asked about moments before the period. */
  looksBack: boolean;
  erased: number;
  merged: number;
  historySince: Date | null;
  from: Date;
}

type Sentence = Omit<SimulationUnknown, 'count'>;

const REACTIONS: Record<UnknownFacts['reactions'], Sentence> = {
  none: { code: 'reactions_none', en: 'How people would react to messages that were never sent nobody knows. Here nobody opens, clicks or unsubscribes: real volumes of later messages would be lower.', ko: '보낸 적 없는 메시지에 고객이 어떻게 반응할지는 알 수 없습니다. 여기서는 아무도 열거나 클릭하거나 수신 거부하지 않는다고 봅니다. 실제로는 뒤쪽 메시지의 발송량이 이보다 적을 것입니다.' },
  observed_rate: { code: 'reactions_observed', en: 'How people would react to messages that were never sent nobody knows. Here they react as often as to what was sent in this period; who does is drawn by lot.', ko: '보낸 적 없는 메시지에 고객이 어떻게 반응할지는 알 수 없습니다. 여기서는 이 기간에 실제로 보낸 메시지와 같은 비율로 반응한다고 보며, 누가 반응하는지는 추첨으로 정합니다.' },
  worst_case: { code: 'reactions_worst', en: 'How people would react to messages that were never sent nobody knows. Here everybody unsubscribes from the topic at the first marketing message and nobody opens or clicks: real volumes would be higher.', ko: '보낸 적 없는 메시지에 고객이 어떻게 반응할지는 알 수 없습니다. 여기서는 모든 고객이 첫 광고 메시지에서 해당 주제를 수신 거부하고 아무도 열거나 클릭하지 않는다고 봅니다. 실제 발송량은 이보다 많을 것입니다.' },
};

const ALWAYS: readonly Sentence[] = [
  { code: 'behaviour', en: 'People did what they did without these messages, or with those that were really sent: what a message would have changed is not in it.', ko: '고객의 행동은 이 메시지가 없었을 때, 또는 실제로 보낸 메시지가 있었을 때의 기록입니다. 메시지가 바꾸었을 행동은 담겨 있지 않습니다.' },
  { code: 'others', en: 'Other campaigns sent what they really sent. That they would have had to wait for these messages is not in it.', ko: '다른 캠페인은 실제로 보낸 그대로라고 봅니다. 이 메시지 때문에 다른 캠페인이 미뤄졌을 수 있다는 점은 담겨 있지 않습니다.' },
  { code: 'settings', en: 'Caps, quiet hours, rules, topics and definitions of segments are those of today; blocks of addresses count from when they began.', ko: '빈도 제한, 방해 금지 시간, 발송 규칙, 수신 주제, 세그먼트 정의는 오늘의 것을 적용합니다. 주소 차단은 시작된 시점부터 적용합니다.' },
  { code: 'transport', en: 'Messages leave at once: send rates, limits of mail servers, bounces and failures on the way are not in it. The campaign was never paused, held by a breaker or kept waiting for approval.', ko: '메시지는 곧바로 나간다고 봅니다. 발송 속도 제한, 메일 서버의 한도, 반송, 전송 실패는 담겨 있지 않습니다. 캠페인은 한 번도 일시정지되거나 차단기에 걸리거나 승인을 기다리지 않은 것으로 봅니다.' },
  { code: 'begins_empty', en: 'The campaign begins with the period: who was in it before, and when, does not count.', ko: '캠페인은 기간과 함께 시작합니다. 그 전에 진입한 고객과 시점은 고려하지 않습니다.' },
];

interface Sometimes extends Sentence { holds(facts: UnknownFacts): boolean; count?(facts: UnknownFacts): number }

const SOMETIMES: readonly Sometimes[] = [
  { code: 'arms', holds: ({ newTests }) => newTests, en: 'Publishing draws the arms of a new test anew: how many get each is right, who gets it is not.', ko: '새 테스트의 변형은 게시할 때 다시 배정됩니다. 변형별 인원수는 맞지만 누가 어떤 변형을 받는지는 달라집니다.' },
  { code: 'winner', holds: ({ testFirst }) => testFirst, en: 'Which arm would win the test is not known: the rest gets the first one, after the wait.', ko: '테스트에서 어떤 변형이 이길지는 알 수 없습니다. 나머지 고객은 대기 후 첫 번째 변형을 받는 것으로 봅니다.' },
  { code: 'stages', holds: ({ inStages }) => inStages, en: 'When the stages of the launch would have gone on, or been halted, is not known: everybody is launched at once.', ko: '단계별 발송이 언제 다음으로 넘어가거나 멈췄을지는 알 수 없습니다. 모두 한꺼번에 시작하는 것으로 봅니다.' },
  { code: 'by_name', holds: ({ byName }) => byName, en: 'Nobody is let in but those who were really named to this campaign in the period.', ko: '이 기간에 실제로 이 캠페인에 지정된 고객만 진입합니다.' },
  { code: 'systems', holds: ({ sendsToSystems }) => sendsToSystems, en: 'What webhooks and team chats would have answered is not known: they always take the message.', ko: '웹훅과 팀 채팅이 어떻게 응답했을지는 알 수 없습니다. 항상 받는 것으로 봅니다.' },
  { code: 'engagement', holds: ({ readsEngagement }) => readsEngagement, en: 'Conditions on what this campaign did count the messages of the simulation; outcomes of its goals and its holdouts count as recorded.', ko: '이 캠페인의 반응을 묻는 조건에는 시뮬레이션의 메시지를 셉니다. 목표 달성과 홀드아웃은 기록된 그대로 셉니다.' },
  { code: 'computed', holds: ({ computedSegment }) => computedSegment, en: 'The segment was not followed through the whole period, so its members were computed from the history by its definition of today.', ko: '세그먼트가 이 기간 내내 유지되지 않아, 오늘의 정의로 과거 기록에서 구성원을 계산했습니다.' },
  { code: 'looks_back', holds: ({ looksBack }) => looksBack, en: 'For people whose moment lies before the beginning, waits and branches are judged by what was known then. Nothing is known of somebody before we knew them: no condition holds for them there.', ko: '시작 전에 진입 조건을 채운 고객의 대기와 분기는 그때 알던 내용으로 판단합니다. 아직 알지 못하던 고객에 대해서는 아무것도 알 수 없어, 그 시점에는 어떤 조건도 맞지 않는 것으로 봅니다.' },
  { code: 'erased', holds: ({ erased }) => erased > 0, count: ({ erased }) => erased, en: 'People who were erased since are missing.', ko: '이후 삭제된 고객은 빠져 있습니다.' },
  { code: 'merged', holds: ({ merged }) => merged > 0, count: ({ merged }) => merged, en: 'Profiles that were merged since are one person from the beginning.', ko: '이후 병합된 프로필은 처음부터 한 고객으로 봅니다.' },
  { code: 'history', holds: ({ historySince, from }) => historySince !== null && historySince > from, en: 'Recording began after the beginning of the period: before it nothing is known.', ko: '기록이 기간의 시작보다 늦게 시작되었습니다. 그 전은 알 수 없습니다.' },
];

/** Says plainly what a simulation cannot know, the most important first. */
export function unknownsOf(facts: UnknownFacts): SimulationUnknown[] {
  return [
    ...[REACTIONS[facts.reactions], ...ALWAYS].map((sentence) => ({ ...sentence, count: null })),
    ...SOMETIMES.filter(({ holds }) => holds(facts)).map(({ code, en, ko, count }) => ({ code, en, ko, count: count?.(facts) ?? null })),
  ];
}
