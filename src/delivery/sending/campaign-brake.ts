import type { Db } from '../../platform/database/db.js';
import type { PauseReason } from './domain/error-budget.js';

/** Injection token of the {@link CampaignBrake}; the campaigns module provides it. Absent, nothing is paused. */
export const CAMPAIGN_BRAKE = Symbol('campaign-brake');

/** How sending stops a campaign that does harm. */
export interface CampaignBrake {
  /** Campaigns that may send now, each with the moment from which on it may: what went wrong before was seen by somebody. */
  running(db: Db): Promise<{ campaignId: string; since: Date }[]>;
  /** Campaigns whose messages are judged together: all that send, or sent until they were paused. */
  sending(db: Db): Promise<{ campaignId: string }[]>;
  /** Pauses a campaign, and says why in its view and in the audit. @returns whether it was still running */
  pause(tx: Db, campaignId: string, why: PauseReason, now: Date): Promise<boolean>;
}

export const NO_BRAKE: CampaignBrake = { running: async () => [], sending: async () => [], pause: async () => false };
