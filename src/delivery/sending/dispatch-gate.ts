import type { ReasonCode } from '../../kernel/reason-codes.js';
import type { Db } from '../../platform/database/db.js';

/** Injection token of the {@link DispatchGate}; the campaigns module provides it. Absent, nothing is held or refused. */
export const DISPATCH_GATE = Symbol('dispatch-gate');

/** One delivery a sender has just claimed, as far as a campaign needs to know it. */
export interface ClaimedForGate {
  deliveryId: string;
  enrollmentId: string;
  personId: string;
  campaignId: string;
}

/**
 * The campaigns' last word before a message leaves. Asked inside the claim transaction, seconds before sending, so that a
 * goal reached or a campaign paused after the delivery was queued still stops it.
 */
export interface DispatchGate {
  /** Campaigns whose queued deliveries must stay queued for now (paused). */
  heldCampaigns(db: Db): Promise<string[]>;
  /** The claimed deliveries that must not be sent any more, each with its reason; they are cancelled. */
  recheck(tx: Db, claimed: ClaimedForGate[], now: Date): Promise<{ deliveryId: string; code: ReasonCode }[]>;
}

/** Nothing is held, nothing is refused. */
export const OPEN_GATE: DispatchGate = { heldCampaigns: async () => [], recheck: async () => [] };
