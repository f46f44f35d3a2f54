import { GATE_OF } from '../../../kernel/gates.js';
import type { ReasonCode } from '../../../kernel/reason-codes.js';

const HOUR_MS = 3_600_000;

/** The message that another stands in for, as it is now. */
export interface FallbackFacts {
  /** Of an e-mail instead; null: a rung of a ladder. */
  hours: number | null;
  /** Of a rung. */
  seconds: number | null;
  /** Of the delivery before. */
  state: string;
  reason: string | null;
  dueAt: Date;
  sentAt: Date | null;
  /** When it reached the inbox; null: not yet, never, or no in-app message. */
  createdAt: Date | null;
  seenAt: Date | null;
  recalledAt: Date | null;
  /** What the rung asks for became of it. */
  hasSuccess: boolean;
}

/** Whether it goes, waits, or is not needed. */
export type FallbackVerdict = 'go' | 'never' | { until: Date };

/** Gates that refuse one channel and may pass another; a cap or an hour is such a refusal too. */
const OTHER_WAY: readonly string[] = ['consent', 'reachable', 'suppression', 'quiet_hours', 'frequency_cap', 'render', 'transport'];

/**
 * The e-mail goes when the message has been in the inbox for its hours and nobody saw it: hours as they pass, whatever the
 * clocks show. What expired meanwhile was not seen. What was taken back, refused or never made needs no e-mail.
 */
export function judgeFallback(facts: FallbackFacts, now: Date): FallbackVerdict {
  const { hours, state, dueAt, createdAt, seenAt, recalledAt } = facts;
  if (hours === null) return judgeRung(facts, now);
  const after = (at: Date): Date => new Date(at.getTime() + hours * HOUR_MS);
  if (seenAt !== null || recalledAt !== null) return 'never';
  if (createdAt !== null) return after(createdAt) > now ? { until: after(createdAt) } : 'go';
  if (state === 'queued' || state === 'sending') return { until: after(dueAt > now ? dueAt : now) };
  return 'never';
}

/** A rung goes when its time has passed since the one before went without success, or when that one could not go over its own channel. */
function judgeRung({ seconds, state, reason, dueAt, sentAt, createdAt, recalledAt, hasSuccess }: FallbackFacts, now: Date): FallbackVerdict {
  const after = (at: Date): Date => new Date(at.getTime() + (seconds ?? 0) * 1_000);
  if (hasSuccess || recalledAt !== null || state === 'recalled' || state === 'ghost') return 'never';
  if (state === 'queued' || state === 'sending') return { until: after(dueAt > now ? dueAt : now) };
  if (state === 'cancelled') return OTHER_WAY.includes(GATE_OF[reason as ReasonCode] ?? '') ? 'go' : 'never';
  const began = createdAt ?? sentAt;
  return began !== null && state !== 'bounced' && state !== 'failed' && after(began) > now ? { until: after(began) } : 'go';
}
