import type { ReasonCode } from './reason-codes.js';

/** The same in both languages that people read here. */
export interface Words { en: string; ko: string }

/** What each reason code says, as the label of a line in a table. */
export const REASON_WORDS: Record<ReasonCode, Words> = {
  NOT_IN_AUDIENCE: { en: 'Not in the audience', ko: '대상에 포함되지 않음' },
  TRIGGER_NOT_MET: { en: 'Entry condition not met', ko: '진입 조건 미충족' },
  CAMPAIGN_INACTIVE: { en: 'Campaign not running', ko: '캠페인이 실행 중이 아님' },
  VERSION_REPLACED: { en: 'A new version took its place', ko: '새 버전으로 대체됨' },
  VERSION_DRAINING: { en: 'Campaign takes no new people', ko: '새 고객을 받지 않는 캠페인' },
  REENTRY_BLOCKED: { en: 'Was in this campaign before', ko: '재진입 제한' },
  HOLDOUT: { en: 'Kept out as holdout', ko: '홀드아웃으로 제외' },
  EXPERIMENT_CONTROL: { en: 'Control of a test', ko: '실험 대조군' },
  EXIT_RULE: { en: 'Exit rule applied', ko: '이탈 조건 적용' },
  GOAL_REACHED: { en: 'Goal reached', ko: '목표 달성' },
  NO_LONGER_ELIGIBLE: { en: 'Run had ended', ko: '여정이 이미 종료됨' },
  STEP_FILTER_FAILED: { en: 'Condition of the step not met', ko: '단계 조건 미충족' },
  NO_CONSENT: { en: 'No consent to this topic', ko: '수신 동의 없음' },
  TOPIC_UNSUBSCRIBED: { en: 'Unsubscribed from this topic', ko: '주제 수신 거부' },
  NIGHT_CONSENT_MISSING: { en: 'No consent to advertising at night', ko: '야간 광고 수신 동의 없음' },
  SUPPRESSED_BOUNCE: { en: 'Address blocked after a bounce', ko: '반송으로 발송 차단된 주소' },
  SUPPRESSED_COMPLAINT: { en: 'Address blocked after a complaint', ko: '스팸 신고로 발송 차단된 주소' },
  SUPPRESSED_MANUAL: { en: 'Address blocked by hand', ko: '운영자가 발송 차단한 주소' },
  CHANNEL_UNREACHABLE: { en: 'No address for this channel', ko: '채널 주소 없음' },
  DUPLICATE_ADDRESS: { en: 'Same address as somebody else', ko: '중복된 주소' },
  QUIET_HOURS_DEFERRED: { en: 'Waits for the end of the night', ko: '야간 시간이라 대기' },
  CAP_DEFERRED: { en: 'Waits for the limit of frequency', ko: '빈도 제한으로 대기' },
  CAP_DROPPED: { en: 'Limit of frequency left no place', ko: '빈도 제한으로 제외' },
  RATE_DEFERRED: { en: 'Waits for the send rate', ko: '발송 속도 제한으로 대기' },
  LOST_ARBITRATION: { en: 'Another message went first', ko: '우선순위가 높은 메시지가 먼저 표시됨' },
  PAGE_RULE_UNMET: { en: 'Page condition not met', ko: '페이지 조건 미충족' },
  DWELL_UNMET: { en: 'Not long enough on the page', ko: '체류 시간 부족' },
  LEASE_DENIED: { en: 'Another message was on display', ko: '다른 메시지가 표시 중' },
  EXPIRED: { en: 'Time ran out', ko: '유효 시간 만료' },
  RENDER_ERROR: { en: 'Message could not be made', ko: '메시지 생성 실패' },
  RENDER_MISSING_VAR: { en: 'A value the message needs is missing', ko: '메시지에 필요한 값 누락' },
  LANGUAGE_MISSING: { en: 'Not written in the language of the person', ko: '고객 언어의 메시지 없음' },
  PROVIDER_REJECTED: { en: 'Refused by the receiving server', ko: '수신 서버가 거절' },
  PROVIDER_UNCERTAIN: { en: 'Answer of the server not heard', ko: '서버 응답 확인 불가' },
  PERSON_DELETED: { en: 'Person was erased', ko: '고객 정보 삭제' },
  PERSON_MERGED: { en: 'Person was merged', ko: '고객 병합' },
  BREAKER_OPEN: { en: 'Sending was halted', ko: '발송 중단됨' },
  APPROVAL_MISSING: { en: 'Not approved', ko: '승인되지 않음' },
};

/** Messages that ended without a reason code say their state. */
const STATE_WORDS: Record<string, Words> = {
  CANCELLED: { en: 'Cancelled before sending', ko: '발송 전 취소' },
  RECALLED: { en: 'Recalled', ko: '회수됨' },
  FAILED: { en: 'Failed', ko: '발송 실패' },
};

/** The words of a code; a code without any is said as it is. */
export const wordsOf = (code: string): Words => (REASON_WORDS as Record<string, Words>)[code] ?? STATE_WORDS[code] ?? { en: code, ko: code };
