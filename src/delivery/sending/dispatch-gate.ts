import type { GateFacts } from '../../kernel/gates.js';
import type { Db } from '../../platform/database/db.js';
import type { ClaimPacing } from './pacing.js';

/** Injection token of the {@link DispatchGate}; the campaigns module provides it. Absent, nothing is held or refused. */
export const DISPATCH_GATE = Symbol('dispatch-gate');

/** One delivery a sender has just claimed, as far as a campaign needs to know it. */
export interface ClaimedForGate {
  deliveryId: string;
  enrollmentId: string;
  personId: string;
  campaignId: string;
  stepId: string;
}

/**
 * The campaigns' last word before a message leaves. Asked inside the claim transaction, seconds before sending, so that a
 * goal reached or a campaign paused after the delivery was queued still stops it.
 */
export interface DispatchGate {
  /** Campaigns whose queued deliveries must stay queued for now: paused, or held by the breaker of the workspace. */
  heldCampaigns(db: Db): Promise<string[]>;
  /** Campaigns that the rate and the breaker of the workspace concern: all that run, but those whose messages are all transactional. */
  limitedCampaigns(db: Db): Promise<string[]>;
  /** What the gates before consent are told about the claimed deliveries, and the pace of their campaigns; absent: nothing is known. */
  recheck(tx: Db, claimed: ClaimedForGate[], now: Date): Promise<ReadonlyMap<string, CampaignWord>>;
}

export interface CampaignWord { facts: Pick<GateFacts, 'campaign' | 'audience' | 'exit'>; pacing: ClaimPacing }

/** Nothing is held, nothing is refused. */
export const OPEN_GATE: DispatchGate = { heldCampaigns: async () => [], limitedCampaigns: async () => [], recheck: async () => new Map() };
