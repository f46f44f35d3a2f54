import type { LiftInterval } from './log-ratio.js';
import type { Outcome } from './outcome.js';

/**
 * What the rule of section 3 takes and gives. All of it is plain data that survives JSON: instants are ISO texts, and what has
 * no number is null, never NaN or Infinity.
 */

/** One version of a tested message. */
export interface ArmInput {
  key: string;
  /** Planned share, in any unit. */
  weight: number;
  /** People assigned, matured or not: the split is checked on them. */
  assigned: number;
  /** People for whom the decision to send was reached, where gates refused some of the assigned; the split is checked on them too. */
  eligible?: number;
  /** Accounts, where arms were drawn for them: the split is checked on these instead of their people. */
  accounts?: { assigned: number; eligible: number };
  /** What matured people did. */
  outcome: Outcome;
  /** A beaten arm that nobody new gets: out of the split, the comparisons and the verdict; the number of pairs paid for stays. */
  dropped?: boolean;
}

/** Settings that carry the guarantee: fixed at launch, never changed after the first send. */
export interface DecisionPlan {
  direction: 'higher' | 'lower';
  /** Error spent on looks before the read-out and on an extension; 0: no early verdict. */
  alphaEarly: number;
  /** Error spent on the one read-out; 0: there is none. */
  alphaFinal: number;
  /** Matured people of all arms together expected at the read-out; a pair counts by its weights. Null: 5,000 a pair. */
  plannedPeople: number | null;
  readoutAt: string | null;
  /** Differences within ± this are of no matter. */
  minEffect: number;
  /** Full days of entries an early winner needs: 7 for triggered flows, 0 where everybody enters at once. */
  minDays: number;
}

/** The moment of an evaluation. */
export interface Look {
  now: string;
  /** Full days of 24 hours between the first and the latest entry among matured people. */
  entryDays: number;
  /** Whether everything that happened before `now` is counted; the read-out waits for it. */
  settled: boolean;
}

export type VerdictState = 'collecting' | 'winner' | 'practically_same' | 'no_clear_winner' | 'not_enough_data' | 'traffic_problem';

/** Which multiplier applies: before the read-out, at it, after it (live numbers beside the frozen verdict), or in an extension. */
export type Phase = 'before' | 'readout' | 'after' | 'extended';

/** Why the state is what it is. */
export type DecisionReason =
  | 'split_of_assigned' | 'split_of_eligible' // traffic_problem
  | 'gates' // collecting, not_enough_data
  | 'too_few_days' | 'not_separated' // collecting; not_separated also no_clear_winner
  | 'beats_every_other' // winner
  | 'within_min_effect' // practically_same
  | 'latched'; // the verdict of an earlier look stands

export interface GateFailure { arm: string; gate: GateName; has: number; needs: number }
export type GateName =
  /** There is something to compare with. */
  | 'arms'
  /** Matured people. */
  | 'matured'
  /** People with and without the outcome. */
  | 'with_outcome' | 'without_outcome'
  /** People with an amount. */
  | 'non_zero'
  /** The mean is positive and varies, so that a ratio exists. */
  | 'positive_mean'
  /** Accounts of equal size with matured people, with outcomes, and with people without one, where arms were drawn for accounts. */
  | 'accounts' | 'accounts_with_outcome' | 'accounts_without_outcome';

/** "b against a": how `b` differs from `a`, relative to `a`. */
export interface Comparison {
  a: string;
  b: string;
  /** Log ratio and standard error; null when there is none. */
  psi: number | null;
  se: number | null;
  /** The interval of the lift with the multiplier of this look; null while gates fail or no multiplier applies. */
  lift: LiftInterval | null;
  /** For analysts: p of this look for this pair alone; times the number of pairs; and the running minimum of the latter over all looks before the read-out. */
  p: number | null;
  adjustedP: number | null;
  evidence: number | null;
}

/** A verdict as it was reached; it stays, whatever the live numbers do. */
export interface Verdict {
  state: VerdictState;
  winner: string | null;
  at: string;
  kind: 'early' | 'readout' | 'extension';
  reason: DecisionReason;
  multiplier: number | null;
  comparisons: Comparison[];
  arms: ArmInput[];
}

/** What an evaluation must know of earlier ones. */
export interface Memory {
  /** Running minima of the sample-ratio p. */
  srm: { assigned: number; eligible: number };
  /** Since when the split is off; it never recovers. */
  trafficProblem: { since: string; reason: 'split_of_assigned' | 'split_of_eligible' } | null;
  /** Running minimum of the adjusted always-valid p by pair "a|b". */
  evidence: Record<string, number>;
  /** The verdict that stands. */
  verdict: Verdict | null;
  /** What the read-out said; kept when an extension finds a winner later. */
  readout: Verdict | null;
  extendedAt: string | null;
}

export interface Evaluation {
  /** What to say now. */
  state: VerdictState;
  winner: string | null;
  phase: Phase;
  reason: DecisionReason;
  /** The multiplier of this look, the largest over pairs; null: no interval holds at this moment. */
  multiplier: number | null;
  /** Every pair once, in the order of the arms. */
  comparisons: Comparison[];
  gates: GateFailure[];
  /** p of the split, running minima; `eligible` null when it was not given. */
  srm: { assigned: number; eligible: number | null };
  memory: Memory;
}

export interface DecisionInput { plan: DecisionPlan; arms: ArmInput[]; look: Look; earlier: Memory }

/** The memory of a test nobody has evaluated yet. */
export const noMemory = (): Memory => ({ srm: { assigned: 1, eligible: 1 }, trafficProblem: null, evidence: {}, verdict: null, readout: null, extendedAt: null });
