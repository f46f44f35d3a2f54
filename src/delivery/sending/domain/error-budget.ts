import type { ErrorBudget } from './sending-settings.js';

/** What became of the newest messages of a campaign. */
export interface Judged {
  /** Accepted or finally refused. */
  total: number;
  delivered: number;
  hard: number;
  complaints: number;
  blocked: number;
}

export type Measure = 'hard' | 'complaint' | 'block';

/** Why a campaign was paused by itself, for people and programs. */
export interface PauseReason {
  code: 'ERROR_BUDGET' | 'RAMP_HALTED';
  measure: Measure | 'unsubscribe' | 'render' | 'volume';
  /** Per cent of `of` messages; `limit` is what was allowed. */
  percent: number;
  limit: number;
  of: number;
  at: string;
  text: { en: string; ko: string };
}

/** Refusals that say the address is no good, and those that say we are not wanted: categories of `returns/domain/notice.ts`. */
export const HARD = ['invalid_recipient', 'bad_domain', 'inactive'];
export const BLOCK = ['block_reputation', 'block_auth', 'rate_limit'];

const WORDS: Record<Measure, { en: string; ko: string }> = {
  hard: { en: 'bounced because the address does not exist', ko: '존재하지 않는 주소로 반송되었습니다' },
  complaint: { en: 'were reported as spam', ko: '스팸으로 신고되었습니다' },
  block: { en: 'were refused because of us: reputation, authentication or policy', ko: '평판, 인증 또는 정책 때문에 거부되었습니다' },
};

/**
 * Whether the newest messages went worse than the budget allows, and how. Nothing is said before a whole window of messages was
 * judged, and nothing of complaints before so many were delivered: complaints come hours later.
 */
export function overBudget(judged: Judged, budget: ErrorBudget, now: Date): (PauseReason & { code: 'ERROR_BUDGET'; measure: Measure }) | null {
  if (!budget.enabled || judged.total < budget.window) return null;
  const measures: [Measure, number, number, number][] = [
    ['complaint', judged.delivered >= budget.window ? judged.complaints : 0, judged.total, budget.complaintPercent],
    ['hard', judged.hard, judged.total, budget.hardPercent],
    ['block', judged.blocked, judged.total, budget.blockPercent],
  ];
  for (const [measure, count, of, limit] of measures) {
    const percent = Math.round((count / of) * 10_000) / 100;
    if (count / of * 100 > limit) return { code: 'ERROR_BUDGET', measure, percent, limit, of, at: now.toISOString(), text: textOf(measure, { count, of, percent, limit }) };
  }
  return null;
}

function textOf(measure: Measure, { count, of, percent, limit }: { count: number; of: number; percent: number; limit: number }): { en: string; ko: string } {
  return {
    en: `Paused by Danbi: ${count} of the last ${of} messages (${percent} %, more than ${limit} %) ${WORDS[measure].en}.`,
    ko: `단비가 일시 중지했습니다: 최근 ${of}건 중 ${count}건(${percent}%, 허용 ${limit}%)이 ${WORDS[measure].ko}.`,
  };
}
