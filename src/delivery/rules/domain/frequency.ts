/** How often a person wants marketing e-mail: days between two of them. */
export const DAYS_BETWEEN = { weekly: 7, monthly: 30 } as const;
export type SeldomFrequency = keyof typeof DAYS_BETWEEN;

const DAY_MS = 86_400_000;
/** A message on its way takes the slot; how it ends is known soon. */
const ON_ITS_WAY_MS = 5 * 60_000;

/** The message that took the slot: the last one that went, or one on its way (`at` null). */
export interface Slot { deliveryId: string; campaignId: string; stepId: string | null; at: Date | null }

export type FrequencyVerdict = { kind: 'go' } | { kind: 'wait'; until: Date } | { kind: 'drop' };

/** Whether an e-mail queued at a moment may go now: the window after the last one is over, or it waits, at most `waitDays` in all. */
export function judgeFrequency({ now, queuedAt, frequency, slot, waitDays }: { now: Date; queuedAt: Date; frequency: SeldomFrequency; slot: Slot | null; waitDays: number }): FrequencyVerdict {
  if (!slot) return { kind: 'go' };
  const free = slot.at === null ? now.getTime() + ON_ITS_WAY_MS : slot.at.getTime() + DAYS_BETWEEN[frequency] * DAY_MS;
  if (free <= now.getTime()) return { kind: 'go' };
  const end = queuedAt.getTime() + waitDays * DAY_MS;
  return end <= now.getTime() ? { kind: 'drop' } : { kind: 'wait', until: new Date(Math.min(free, end)) };
}
