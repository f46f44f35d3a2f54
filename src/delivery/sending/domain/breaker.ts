import type { BreakerLimits } from '../../../contract/safety.js';
import { overBudget, type Judged, type Measure } from './error-budget.js';

/** Why the breaker of the workspace is open, for people and programs. `note`: what the person who opened it said. */
export interface BreakerReason {
  code: 'BY_HAND' | 'ERROR_BUDGET';
  measure?: Measure;
  percent?: number;
  limit?: number;
  of?: number;
  note?: string;
  text: { en: string; ko: string };
}

const MINUTE_MS = 60_000;
const LONGEST_MS = 24 * 60 * MINUTE_MS;

/** Whether the newest messages of all campaigns together went worse than allowed. */
export function breakerReason(judged: Judged, limits: BreakerLimits, now: Date): BreakerReason | null {
  const over = overBudget(judged, { enabled: limits.on, window: limits.window, hardPercent: limits.hardPercent, complaintPercent: limits.complaintPercent, blockPercent: limits.blockPercent }, now);
  if (!over) return null;
  const { measure, percent, limit, of } = over;
  return {
    code: 'ERROR_BUDGET', measure, percent, limit, of,
    text: {
      en: `Sending was halted by Danbi: of the last ${of} e-mails of all campaigns ${percent} % (more than ${limit} %) ${EN[measure]}.`,
      ko: `단비가 모든 발송을 멈췄습니다: 모든 캠페인의 최근 이메일 ${of}건 중 ${percent}%(허용 ${limit}%)가 ${KO[measure]}.`,
    },
  };
}

const EN: Record<Measure, string> = { hard: 'bounced because the address does not exist', complaint: 'were reported as spam', block: 'were refused because of us' };
const KO: Record<Measure, string> = { hard: '존재하지 않는 주소로 반송되었습니다', complaint: '스팸으로 신고되었습니다', block: '우리 쪽 문제로 거부되었습니다' };

/** Opened by hand. */
export const byHand = (note: string): BreakerReason => ({ code: 'BY_HAND', note, text: { en: note === '' ? 'Sending was halted by hand.' : `Sending was halted by hand: ${note}`, ko: note === '' ? '직접 모든 발송을 멈췄습니다.' : `직접 모든 발송을 멈췄습니다: ${note}` } });

/** When a breaker that opened by itself looks again: each time in a row after twice as long, a day at most. */
export const closesAt = (now: Date, { recheckMinutes }: BreakerLimits, openedTimes: number): Date =>
  new Date(now.getTime() + Math.min(LONGEST_MS, recheckMinutes * MINUTE_MS * 2 ** Math.min(20, Math.max(0, openedTimes - 1))));

/** A day without opening again: the next time is the first of a row. */
export const timesInARow = ({ openedTimes, at }: { openedTimes: number; at: Date }, now: Date): number => (now.getTime() - at.getTime() > LONGEST_MS ? 1 : openedTimes + 1);
