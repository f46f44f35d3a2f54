const HOUR_MS = 3_600_000;

/** The in-app message that an e-mail stands in for, as it is now. */
export interface FallbackFacts {
  hours: number;
  /** Of the in-app delivery. */
  state: string;
  reason: string | null;
  dueAt: Date;
  /** When it reached the inbox; null: not yet, or never. */
  createdAt: Date | null;
  seenAt: Date | null;
  recalledAt: Date | null;
}

/** Whether the e-mail goes, waits, or is not needed. */
export type FallbackVerdict = 'go' | 'never' | { until: Date };

/**
 * The e-mail goes when the message has been in the inbox for its hours and nobody saw it: hours as they pass, whatever the
 * clocks show. What expired meanwhile was not seen. What was taken back, refused or never made needs no e-mail.
 */
export function judgeFallback({ hours, state, dueAt, createdAt, seenAt, recalledAt }: FallbackFacts, now: Date): FallbackVerdict {
  const after = (at: Date): Date => new Date(at.getTime() + hours * HOUR_MS);
  if (seenAt !== null || recalledAt !== null) return 'never';
  if (createdAt !== null) return after(createdAt) > now ? { until: after(createdAt) } : 'go';
  if (state === 'queued' || state === 'sending') return { until: after(dueAt > now ? dueAt : now) };
  return 'never';
}
