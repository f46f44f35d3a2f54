import type { ReasonCode } from '../../kernel/reason-codes.js';

export interface Sentence { en: string; ko: string }

/** Why, for people, of each code that a campaign or a delivery gives. */
const REASONS: Partial<Record<ReasonCode, Sentence>> = {
  CAMPAIGN_INACTIVE: { en: 'the campaign was not running', ko: '캠페인이 실행 중이 아니었기 때문입니다' },
  VERSION_DRAINING: { en: 'the campaign no longer takes new people', ko: '캠페인이 더 이상 새 고객을 받지 않기 때문입니다' },
  VERSION_REPLACED: { en: 'a new version of the campaign took the place of the one the person was on', ko: '고객이 있던 버전이 새 버전으로 대체되었기 때문입니다' },
  TRIGGER_NOT_MET: { en: 'the entry condition has not been met', ko: '진입 조건이 충족되지 않았기 때문입니다' },
  NOT_IN_AUDIENCE: { en: 'the person is not in the audience', ko: '대상에 포함되지 않기 때문입니다' },
  REENTRY_BLOCKED: { en: 'the person was in this campaign before and may not enter again now', ko: '이미 참여한 적이 있어 지금은 다시 진입할 수 없기 때문입니다' },
  HOLDOUT: { en: 'the person is in a holdout, who are kept out to measure what messages do', ko: '메시지의 효과를 측정하기 위한 홀드아웃에 속하기 때문입니다' },
  GOAL_REACHED: { en: 'the goal has been reached', ko: '목표를 달성했기 때문입니다' },
  EXIT_RULE: { en: 'an exit rule applies', ko: '이탈 조건에 해당하기 때문입니다' },
  NO_LONGER_ELIGIBLE: { en: 'the run had ended', ko: '여정이 이미 끝났기 때문입니다' },
  NO_CONSENT: { en: 'there is no consent to this topic', ko: '이 주제에 대한 수신 동의가 없기 때문입니다' },
  TOPIC_UNSUBSCRIBED: { en: 'the person unsubscribed from this topic', ko: '이 주제의 수신을 거부했기 때문입니다' },
  CHANNEL_UNREACHABLE: { en: 'there is no address for this channel', ko: '이 채널로 보낼 주소가 없기 때문입니다' },
  SUPPRESSED_BOUNCE: { en: 'the address is blocked after a bounce', ko: '반송된 주소여서 발송이 차단되었기 때문입니다' },
  SUPPRESSED_COMPLAINT: { en: 'the address is blocked after a complaint', ko: '스팸 신고가 있어 발송이 차단된 주소이기 때문입니다' },
  SUPPRESSED_MANUAL: { en: 'the address was blocked by hand', ko: '운영자가 발송을 차단한 주소이기 때문입니다' },
  QUIET_HOURS_DEFERRED: { en: 'it is night for the person, who has not agreed to advertising at night', ko: '고객의 야간 시간이며 야간 광고 수신에 동의하지 않았기 때문입니다' },
  CAP_DEFERRED: { en: 'a limit of frequency was reached and another message took the place', ko: '빈도 제한에 따라 다른 메시지가 먼저 자리를 차지했기 때문입니다' },
  CAP_DROPPED: { en: 'a limit of frequency left no place for it', ko: '빈도 제한으로 남은 자리가 없었기 때문입니다' },
  RATE_DEFERRED: { en: 'messages go no faster than the send rate', ko: '발송 속도 제한에 따라 차례를 기다리기 때문입니다' },
  BREAKER_OPEN: { en: 'sending was halted', ko: '발송이 멈춰 있기 때문입니다' },
  APPROVAL_MISSING: { en: 'the launch waits for the approval of a second person', ko: '다른 사람의 승인을 기다리고 있기 때문입니다' },
  PAGE_RULE_UNMET: { en: 'what the browser reported did not fulfil the trigger', ko: '브라우저가 알린 내용이 표시 조건을 충족하지 않았기 때문입니다' },
  DWELL_UNMET: { en: 'the visitor had not spent enough time on the page', ko: '페이지 체류 시간이 부족했기 때문입니다' },
  LEASE_DENIED: { en: 'another message was being displayed', ko: '다른 메시지가 표시되고 있었기 때문입니다' },
  LOST_ARBITRATION: { en: 'a message of higher priority was first in line', ko: '우선순위가 더 높은 메시지가 먼저였기 때문입니다' },
  RENDER_ERROR: { en: 'the message could not be rendered', ko: '메시지를 만들 수 없었기 때문입니다' },
  RENDER_MISSING_VAR: { en: 'a value the message needs is missing', ko: '메시지에 필요한 값이 없기 때문입니다' },
  PROVIDER_REJECTED: { en: 'the receiving server refused it', ko: '받는 서버가 거절했기 때문입니다' },
  PROVIDER_UNCERTAIN: { en: 'the receiving server may have taken it but we could not hear its answer', ko: '받는 서버의 응답을 받지 못해 발송 여부를 알 수 없기 때문입니다' },
  EXPIRED: { en: 'its time ran out', ko: '정해진 시간이 지났기 때문입니다' },
  PERSON_DELETED: { en: 'the person was erased', ko: '고객 정보가 삭제되었기 때문입니다' },
  PERSON_MERGED: { en: 'the person was merged into one who is in the campaign already', ko: '이미 이 캠페인에 있는 고객과 병합되었기 때문입니다' },
};

/** Of {@link REASONS} where the rule that said it is known. */
const BY_RULE: Record<string, Sentence> = {
  quiet_hours: { en: 'these are quiet hours for the person', ko: '고객의 방해 금지 시간이기 때문입니다' },
  send_window: { en: 'it is outside the hours in which this campaign sends', ko: '이 캠페인의 발송 시간대가 아니기 때문입니다' },
};

const reason = (code: ReasonCode, rule?: unknown): Sentence => BY_RULE[code === 'QUIET_HOURS_DEFERRED' ? String(rule) : ''] ?? REASONS[code] ?? { en: `of ${code}`, ko: `${code} 때문입니다` };

/** Where a webhook or notice would go, while nothing is sent there. */
export interface RestingEndpoint { id: string; name: string; because: 'operator' | 'gone' | 'failing' | 'circuit' | 'asked'; until: Date | null }

/** Why an endpoint takes nothing now. @param zone IANA zone in which instants are said */
export function restSentence({ name, because, until }: RestingEndpoint, zone: string): Sentence {
  const at = until && spoken(until.toISOString(), zone);
  const [en, ko] = {
    operator: ['is switched off', '꺼져 있습니다'],
    failing: ['was switched off because it did not answer for days', '며칠 동안 응답하지 않아 꺼졌습니다'],
    gone: ['was switched off because it answered that it is gone (410)', '더 이상 존재하지 않는다고 응답하여(410) 꺼졌습니다'],
    circuit: ['rests after repeated failures', '실패가 반복되어 쉬고 있습니다'],
    asked: ['asked to wait', '나중에 다시 보내도록 요청했습니다'],
  }[because] as [string, string];
  return { en: `The endpoint “${name}” ${en}${at ? ` until ${at.en}` : ''}.`, ko: `엔드포인트(“${name}”)가 ${ko}${at ? `(${at.ko}까지)` : ''}.` };
}

/** What is said of one person and one campaign or message. */
export type Told =
  | { kind: 'refused'; code: ReasonCode; at: string | null; what: 'campaign' | 'message' }
  | { kind: 'could_enter' }
  | { kind: 'in_rest'; restAt: string | null; isOver: boolean }
  /** `rule`: which rule of the gate it was. */
  | { kind: 'delivery'; state: string; code: ReasonCode | null; rule?: unknown; isControl: boolean; at: string; dueAt: string; detail: string | null }
  | { kind: 'on_the_way'; stepId: string; dueAt: string | null }
  | { kind: 'passed_by'; state: string; code: ReasonCode | null };

/** An instant as people read it in a zone, to the second. */
export function spoken(at: string, zone: string): Sentence {
  const said = (language: string) => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23', timeZone: zone }).format(new Date(at));
  return { en: `${said('en-GB')} (${zone})`, ko: `${said('ko')}(${zone})` };
}

/** The answer in one sentence. @param zone IANA zone in which its instants are said */
export function sentenceFor(told: Told, zone: string): Sentence {
  switch (told.kind) {
    case 'refused': return refusedSentence(told.code, told.at === null ? null : spoken(told.at, zone), told.what);
    case 'could_enter': return { en: 'The person could enter now: every gate is open.', ko: '모든 조건을 충족하여 지금 진입할 수 있습니다.' };
    case 'in_rest': return inRestSentence(told.restAt === null ? null : spoken(told.restAt, zone), told.isOver);
    case 'delivery': return deliverySentence(told, zone);
    case 'on_the_way': {
      const due = told.dueAt === null ? null : spoken(told.dueAt, zone);
      return {
        en: `The person has not arrived at it yet: they are at step "${told.stepId}"${due ? ` until ${due.en} at the latest` : ''}.`,
        ko: `아직 도달하지 않았습니다. 현재 "${told.stepId}" 단계에 있습니다${due ? ` (늦어도 ${due.ko}까지)` : ''}.`,
      };
    }
    case 'passed_by': return told.code
      ? { en: `The run ended before the message because ${reason(told.code).en}.`, ko: `메시지 전에 여정이 끝났습니다. ${reason(told.code).ko}.` }
      : { en: 'The run ended on a path without this message.', ko: '이 메시지를 거치지 않는 경로로 여정이 끝났습니다.' };
  }
}

function inRestSentence(restAt: Sentence | null, isOver: boolean): Sentence {
  if (isOver) return { en: 'The person was not in the test, and the campaign ended before the rest got the message.', ko: '테스트 대상이 아니었으며, 나머지 발송 전에 캠페인이 끝났습니다.' };
  return {
    en: `The person is not in the test: they get the version in front when the test is over${restAt ? `, from ${restAt.en}` : ''}.`,
    ko: `테스트 대상이 아닙니다. 테스트가 끝나면 ${restAt ? `${restAt.ko}부터 ` : ''}앞선 변형을 받습니다.`,
  };
}

function refusedSentence(code: ReasonCode, at: Sentence | null, what: 'campaign' | 'message'): Sentence {
  const { en, ko } = reason(code);
  const [subject, object] = what === 'campaign' ? ['The person did not enter', '진입하지 않았습니다'] : ['The message did not go', '메시지가 발송되지 않았습니다'];
  return at ? { en: `${subject} on ${at.en} because ${en}.`, ko: `${at.ko}에 ${object}. ${ko}.` } : { en: `${subject} because ${en}.`, ko: `${object}. ${ko}.` };
}

const SENT: Record<string, Sentence> = {
  sent: { en: 'was sent', ko: '발송되었습니다' }, delivered: { en: 'was delivered', ko: '전달되었습니다' },
  sending: { en: 'is being sent', ko: '발송 중입니다' }, recalled: { en: 'was taken back unseen', ko: '노출되기 전에 회수되었습니다' },
};

function deliverySentence({ state, code, rule, isControl, detail, ...told }: Extract<Told, { kind: 'delivery' }>, zone: string): Sentence {
  const at = spoken(told.at, zone);
  const dueAt = spoken(told.dueAt, zone);
  if (state === 'ghost' || (isControl && state !== 'cancelled' && !code)) return { en: `The person is in the control group: the message would have gone on ${at.en} and was held back.`, ko: `대조군에 속하여 ${at.ko}에 발송될 메시지를 보내지 않았습니다.` };
  if (state === 'queued') {
    const why = code === null ? null : reason(code, rule);
    return { en: `The message waits to be sent from ${dueAt.en} on${why ? `, because ${why.en}` : ''}.`, ko: `메시지가 ${dueAt.ko}부터 발송 대기 중입니다.${why ? ` ${why.ko}.` : ''}` };
  }
  const sent = SENT[state];
  if (sent) return { en: `The message ${sent.en} on ${at.en}.`, ko: `메시지가 ${at.ko}에 ${sent.ko}.` };
  const { en, ko } = reason(code ?? 'PROVIDER_UNCERTAIN');
  const because = detail ? ` (${detail})` : '';
  return { en: `The message was queued and then ${state} on ${at.en} because ${en}${because}.`, ko: `메시지가 대기 중이었으나 ${at.ko}에 발송되지 못했습니다(${state}). ${ko}${because}.` };
}

/** Which message took a place, or has one kept. @param zone IANA zone in which instants are said */
export function winnerSentence({ name, stepId, at, kept }: { name: string; stepId: string | null; at: string | null; kept: boolean }, zone: string): Sentence {
  const when = at === null ? null : spoken(at, zone);
  const [stepEn, stepKo] = stepId === null ? ['', ''] : [`, step “${stepId}”,`, ` “${stepId}” 단계`];
  if (kept) return { en: `A place is kept for “${name}”${stepEn}${when ? ` which is due ${when.en}` : ''}.`, ko: `“${name}”${stepKo}의 자리가 예약되어 있습니다${when ? `(${when.ko} 예정)` : ''}.` };
  return { en: `“${name}”${stepEn} took the place${when ? ` on ${when.en}` : ' and is on its way'}.`, ko: `${when ? `${when.ko}에 ` : ''}“${name}”${stepKo}의 메시지가 자리를 차지했습니다.` };
}
