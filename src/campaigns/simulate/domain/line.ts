import type { ReasonCode } from '../../../kernel/reason-codes.js';

/** Why a message goes no more; `winner`: the campaign whose message took the place, or (kept) is to have it. */
export interface Stopped { code: ReasonCode; detail: string | null; winner: { campaignId: string; kept: boolean } | null }

/** What happened to a person in a simulation, in the order in which it did. `at` is milliseconds of the virtual clock. */
export type Line =
  | { kind: 'entered'; at: number; trigger: string; key?: string }
  /** A gate of entry refused, or a gate of a step. */
  | { kind: 'refused'; at: number; stage: 'entry' | 'step'; stepId: string | null; code: ReasonCode; nextAt: number | null }
  | { kind: 'left'; at: number; stepId: string; outcome: string }
  | { kind: 'queued'; at: number; stepId: string; variant: string }
  /** Put off by quiet hours, a send window or a cap. */
  | { kind: 'deferred'; at: number; stepId: string; variant: string; code: ReasonCode; rule: string; until: number; winner: { campaignId: string; kept: boolean } | null }
  | { kind: 'sent' | 'ghost'; at: number; stepId: string; variant: string; channel: string; language: string | null }
  /** Refused at the last gate before sending, or when it was made. */
  | ({ kind: 'cancelled' | 'failed'; at: number; stepId: string; variant: string } & Stopped)
  /** What is supposed to have come of a message. */
  | { kind: 'reacted'; at: number; stepId: string; reaction: string }
  | { kind: 'ended'; at: number; state: 'completed' | 'exited'; stepId: string; code: ReasonCode | null };
