import type { Duration } from '../campaigns/series/model.js';

/** What a draft says of its speed; any part may be missing. */
export interface DraftRate { messages?: number; per?: 'minute' | 'hour' }
export interface DraftStage { percent?: number | undefined; wait?: Duration }
export interface DraftRamp { stages?: readonly DraftStage[] }

export const FIRST_RATE: DraftRate = { messages: 600, per: 'minute' };
export const FIRST_STAGES: readonly DraftStage[] = [{ percent: 1, wait: { hours: 1 } }, { percent: 10, wait: { hours: 4 } }];
export const MOST_STAGES = 5;

/** One more stage: as large again as the last one, half of everybody at most. */
export function withStage(stages: readonly DraftStage[]): DraftStage[] {
  const last = stages.at(-1)?.percent ?? 0;
  return [...stages, { percent: Math.min(99, Math.max(1, last * 2)), wait: { hours: 4 } }];
}
