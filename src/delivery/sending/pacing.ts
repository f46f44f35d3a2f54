import type { Channel } from '../../contract/message.js';
import type { CampaignPacing } from '../../contract/pacing.js';
import type { GateFacts } from '../../kernel/gates.js';
import type { Db } from '../../platform/database/db.js';
import type { Workspace } from '../../platform/workspace.js';
import type { ClaimedDelivery } from './store/claims.store.js';

/** What of a campaign's pacing is asked about at a claim. */
export type ClaimPacing = Pick<CampaignPacing, 'sendWindow'>;

/** A claimed delivery whose person is there, with what its campaign says about its pace. */
export type PacedDelivery = ClaimedDelivery & { person: NonNullable<ClaimedDelivery['person']>; pacing: ClaimPacing };

export interface ClaimMoment { channel: Channel; now: Date; workspace: Workspace }

/** Injection token of the {@link ClaimQuestion}s, in the published order of gates. Absent, everything goes at once. */
export const CLAIM_QUESTIONS = Symbol('claim-questions');

/**
 * Looks up a part of what the one judge of gates (kernel/gates.ts) is told about what a sender holds. Asked in the transaction of the
 * claim, about messages and controls alike, and only about what every gate before it let pass.
 */
export interface ClaimQuestion {
  /** By delivery; nothing to say of it: absent. */
  ask(tx: Db, claimed: readonly PacedDelivery[], at: ClaimMoment): Promise<ReadonlyMap<string, Partial<GateFacts>>>;
}

/** Injection token of the {@link Pacer}s. */
export const PACERS = Symbol('pacers');

/** What is said against sending now, of what is not needed yet or any more. Silence lets it go. */
export type Paced = { deliveryId: string; personId: string; detail: string } & (
  /** Back to the queue until then. */
  | { code: 'QUIET_HOURS_DEFERRED' | 'CAP_DEFERRED'; until: Date }
  | { code: 'CAP_DROPPED' | 'EXPIRED' | 'NO_LONGER_ELIGIBLE' });

/** Decides about what is not needed any more, before the gates of pacing are asked: it takes no place. */
export interface Pacer {
  pace(tx: Db, claimed: readonly PacedDelivery[], at: ClaimMoment): Promise<Paced[]>;
}
