import type { Gate } from '../../kernel/gates.js';
import type { ReasonCode } from '../../kernel/reason-codes.js';
import type { Change } from '../../segments/domain/flips/change.js';
import type { Sentence } from './sentences.js';

/** One thing that would have to be otherwise: of the person, of the campaign, or of the clock. */
export type FlipChange =
  | Change
  | { kind: 'campaign'; verb: 'resume' | 'publish' }
  /** Somebody lets the person in by name. */
  | { kind: 'let_in' }
  /** The block of the address is lifted. */
  | { kind: 'suppression' }
  /** The other message keeps no place with the person. */
  | { kind: 'reservation'; campaignId: string };

/** What no change of data can move, and what could. */
export interface Blocked { gate: Gate; code: ReasonCode | null; sentence: Sentence }

/** The smallest change for which the answer is another one. */
export interface Flip {
  /** The answer that it leads to. */
  to: 'yes' | 'no';
  /** The fewest that were found, in the order to be made; empty when there are none. */
  changes: FlipChange[];
  /** When time alone brings it, whether or not {@link changes} are made. */
  byTime: string | null;
  blocked: Blocked[];
  sentence: Sentence;
}

/** `clauses`: after "if" in English, before "경우" in Korean. */
interface Told { to: 'yes' | 'no'; clauses: readonly Sentence[]; byTime: Sentence | null; blocked: readonly Blocked[]; isPast: boolean; notFound: boolean }

/** One sentence about what would flip the answer. */
export function flipSentence({ to, clauses, byTime, blocked, isPast, notFound }: Told): Sentence {
  const parts: Sentence[] = [];
  if (byTime) parts.push({ en: `Time alone brings it: from ${byTime.en} on.`, ko: `시간만 지나면 됩니다. ${byTime.ko}부터 가능합니다.` });
  if (blocked.length > 0) parts.push(blockedSentence(blocked, isPast));
  else if (clauses.length > 0) parts.push(clausesSentence({ to, clauses, isPast }));
  else if (notFound) parts.push({ en: 'No change of data that Danbi could make up flips it; see what the refusing gate compared.', ko: '결과를 바꿀 수 있는 데이터 변경을 찾지 못했습니다. 막은 조건이 비교한 값을 확인해 보세요.' });
  return { en: parts.map(({ en }) => en).join(' '), ko: parts.map(({ ko }) => ko).join(' ') };
}

function blockedSentence(blocked: readonly Blocked[], isPast: boolean): Sentence {
  return {
    en: `No change of data ${isPast ? 'could have flipped' : 'can flip'} it: ${blocked.map(({ sentence }) => sentence.en).join(' ')}`,
    ko: `데이터를 바꿔도 결과가 ${isPast ? '달라지지 않았을 것입니다' : '달라지지 않습니다'}. ${blocked.map(({ sentence }) => sentence.ko).join(' ')}`,
  };
}

function clausesSentence({ to, clauses, isPast }: Pick<Told, 'to' | 'clauses' | 'isPast'>): Sentence {
  const en = clauses.map((clause) => clause.en).join(', and ');
  const ko = clauses.length === 1 ? `${clauses[0]!.ko} 경우` : `다음이 모두 맞을 경우(${clauses.map((clause) => `${clause.ko} 경우`).join(', ')})`;
  if (isPast) return { en: `At that moment it would have been ${to} if ${en}.`, ko: `그때 ${ko}였다면 결과가 달랐을 것입니다.` };
  return { en: `It would be ${to} if ${en}.`, ko: `${ko} 결과가 ${to === 'yes' ? '‘예’' : '‘아니요’'}로 바뀝니다.` };
}

const said = (en: string, ko: string): Sentence => ({ en, ko });

/** Of codes that no change of data flips: what is in the way, and what would move it. */
export function blockedBy(gate: Gate, code: ReasonCode | null, facts: Record<string, unknown>): Blocked {
  return { gate, code, sentence: blockedWords(code, facts) };
}

function blockedWords(code: ReasonCode | null, facts: Record<string, unknown>): Sentence {
  switch (code) {
    case 'HOLDOUT': return said(`the person is kept out by the holdout “${String(facts.name ?? '')}”. Ending it, or an override by hand, would.`, `홀드아웃(“${String(facts.name ?? '')}”)으로 제외된 고객입니다. 홀드아웃을 끝내거나 직접 예외로 지정해야 합니다.`);
    case 'EXPERIMENT_CONTROL': return said('the person is in the control arm of the test. Only an override of the assignment would.', '실험의 대조군에 속한 고객입니다. 배정을 직접 바꿔야 합니다.');
    case 'CAMPAIGN_INACTIVE': return facts.notRunning
      ? said('the campaign was not running then. Running, it would have.', '그때 캠페인이 실행 중이 아니었습니다. 실행 중이었다면 달랐을 것입니다.')
      : said('the campaign was stopped, which is final. A duplicate of it would.', '캠페인이 완전히 중지되었습니다. 복제해서 새로 시작해야 합니다.');
    case 'APPROVAL_MISSING': return said('the launch waits for the approval of a second person. Their approval would.', '발송이 다른 사람의 승인을 기다리고 있습니다. 승인되어야 합니다.');
    case 'BREAKER_OPEN': return said('all sending is held by the breaker. Closing it would.', '차단기가 모든 발송을 멈추고 있습니다. 차단기를 닫아야 합니다.');
    case 'VERSION_DRAINING': return said('the campaign takes nobody new. Resuming it would.', '캠페인이 새 고객을 받지 않습니다. 다시 시작해야 합니다.');
    case 'REENTRY_BLOCKED': return facts.active
      ? said('the person is in the campaign already. The end of that run would.', '이미 캠페인에 참여 중입니다. 지금의 여정이 끝나야 합니다.')
      : said('the person was in this campaign before. Another policy of re-entry would.', '이미 참여한 적이 있는 고객입니다. 재진입 설정을 바꿔야 합니다.');
    case 'TRIGGER_NOT_MET': return said('the campaign takes nobody by what they do any more (it took those there were, or only records). Another campaign would.', '이 캠페인은 더 이상 고객의 행동으로 진입할 수 없습니다(있던 고객만 받았거나 기록만 하는 캠페인입니다). 다른 캠페인이 필요합니다.');
    case 'GOAL_REACHED': return said('the goal was reached, and the run ended with it.', '목표를 달성하여 여정이 끝났습니다.');
    case 'EXIT_RULE': return said('an exit rule ended the run.', '이탈 조건에 따라 여정이 끝났습니다.');
    case 'NO_CONSENT': return said('the topic of the message is not there any more. Another topic would.', '메시지의 수신 주제가 없습니다. 다른 주제를 선택해야 합니다.');
    case 'PERSON_DELETED': return said('the person was erased.', '고객 정보가 삭제되었습니다.');
    case 'PERSON_MERGED': return said('the person was merged into another one.', '다른 고객과 병합되었습니다.');
    case 'CAP_DROPPED': return said('a limit of frequency left no place until the message expired. A higher class or a longer expiry would have.', '빈도 제한으로 만료될 때까지 자리가 없었습니다. 등급을 높이거나 유효 시간을 늘려야 합니다.');
    case 'EXPIRED': return facts.lookedBack
      ? said('its time was over when the campaign was published. Only a later moment of the person, or a publishing before that, would have.', '캠페인을 시작할 때 이미 보낼 시점이 지났습니다. 고객의 해당 시점이 더 늦거나 캠페인을 더 일찍 시작했어야 합니다.')
      : said('its time ran out. A longer expiry would have.', '유효 시간이 지났습니다. 유효 시간을 늘려야 합니다.');
    case 'RENDER_ERROR': case 'LANGUAGE_MISSING': return said('the message itself cannot be made. Mending it would.', '메시지 자체를 만들 수 없습니다. 메시지를 고쳐야 합니다.');
    case 'PROVIDER_REJECTED': case 'PROVIDER_UNCERTAIN': return said('what the receiving server did cannot be changed.', '받는 서버의 처리 결과는 바꿀 수 없습니다.');
    case null: return said('the run took a path without this message. Other branches or a new run would.', '이 메시지를 거치지 않는 경로로 진행되었습니다. 다른 분기나 새 여정이 필요합니다.');
    default: return said('what refused hangs on the moment, not on data.', '데이터가 아니라 그 순간의 상황에 따라 정해졌습니다.');
  }
}
