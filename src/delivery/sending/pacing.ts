import type { Channel } from '../../contract/message.js';
import type { Db } from '../../platform/database/db.js';
import type { Workspace } from '../../platform/workspace.js';
import type { ClaimedDelivery } from './store/claims.store.js';

/** Injection token of the {@link Pacer}s, in the published order of gates. Absent, everything goes at once. */
export const PACERS = Symbol('pacers');

/** A claimed delivery whose person is there. */
export type PacedDelivery = ClaimedDelivery & { person: NonNullable<ClaimedDelivery['person']> };

/** What a pacer says against sending now. Silence lets it go. */
export type Paced = { deliveryId: string; personId: string; detail: string } & (
  /** Back to the queue until then. */
  | { code: 'QUIET_HOURS_DEFERRED' | 'CAP_DEFERRED'; until: Date }
  /** It has waited as long as it may, or is not needed any more. */
  | { code: 'CAP_DROPPED' | 'NO_LONGER_ELIGIBLE' });

/**
 * Decides whether what has passed every other gate goes now or later. Asked in the transaction of the claim, about messages and
 * controls alike, and each pacer only about what those before it let go.
 */
export interface Pacer {
  pace(tx: Db, claimed: readonly PacedDelivery[], at: { channel: Channel; now: Date; workspace: Workspace }): Promise<Paced[]>;
}
