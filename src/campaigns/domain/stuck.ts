import type { Sentence } from './sentences.js';

/** Why somebody stands at a step longer than it should take. */
export const STUCK_KINDS = ['overdue', 'held', 'endless', 'not_sent', 'put_off', 'never_shown'] as const;
export type StuckKind = (typeof STUCK_KINDS)[number];

const HOUR = 60;
const DAY = 24 * HOUR;

/**
 * From how many minutes on somebody counts as stuck, why, and what to do. Engine and sender work within seconds, so minutes are a fault; a night and a weekend pass
 * with caps and quiet hours; an in-app message waits for a visit, which weekly visitors make within a week.
 */
export const STUCK: Record<StuckKind, { minutes: number; why: Sentence; whatToDo: Sentence }> = {
  overdue: { minutes: 10, why: { en: 'Their step was due and they have not moved.', ko: '다음 단계로 넘어갈 시각이 지났는데 움직이지 않았습니다.' }, whatToDo: { en: 'Look whether a worker process runs, and into its log: the step may fail for them.', ko: '워커 프로세스가 실행 중인지 확인하고 로그에서 이 단계의 오류를 찾아보세요.' } },
  held: { minutes: 0, why: { en: 'Their step was due while the campaign is paused.', ko: '캠페인이 일시 정지된 동안 다음 단계의 시각이 되었습니다.' }, whatToDo: { en: 'Resume the campaign: they go on at once. Or stop it.', ko: '캠페인을 다시 시작하면 바로 진행됩니다. 계속하지 않으려면 중지하세요.' } },
  endless: { minutes: 7 * DAY, why: { en: 'They wait without an end.', ko: '끝나는 시각 없이 기다리고 있습니다.' }, whatToDo: { en: 'Give the wait a time at most in a new version, and move them to it.', ko: '새 버전에서 대기에 최대 시간을 정하고 이 고객들을 옮기세요.' } },
  not_sent: { minutes: 30, why: { en: 'Their message is due and was not taken by a sender.', ko: '발송할 시각이 지났는데 발송기가 가져가지 않았습니다.' }, whatToDo: { en: 'Look at the relay or the endpoint: it may rest, be switched off, or be slower than what comes in.', ko: '중계 서버나 엔드포인트를 확인하세요. 쉬고 있거나 꺼져 있거나 들어오는 속도보다 느릴 수 있습니다.' } },
  put_off: { minutes: 2 * DAY, why: { en: 'Their message is put off again and again, by quiet hours or a limit of frequency.', ko: '방해 금지 시간이나 빈도 제한 때문에 메시지가 계속 미뤄지고 있습니다.' }, whatToDo: { en: 'Explain names what takes the place. Give the campaign a higher class, or fewer campaigns to these people.', ko: '이유 화면에서 어떤 메시지가 자리를 차지했는지 확인하세요. 캠페인의 등급을 높이거나 이 고객들에게 가는 캠페인을 줄이세요.' } },
  never_shown: { minutes: 7 * DAY, why: { en: 'Their in-app message waits, and they have not come by since.', ko: '인앱 메시지가 기다리고 있지만 그 뒤로 방문하지 않았습니다.' }, whatToDo: { en: 'Add an e-mail for whoever has not seen it, or an expiry.', ko: '보지 않은 고객에게 보낼 이메일을 추가하거나 유효 시간을 정하세요.' } },
};
