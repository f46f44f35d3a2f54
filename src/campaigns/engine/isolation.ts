import { rows, type Db } from '../../platform/database/db.js';

/** What went wrong while one campaign's part of a batch was worked off. */
export class CampaignFailed extends Error {
  constructor(readonly campaignId: string, override readonly cause: unknown) {
    super(`campaign ${campaignId} failed: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/** Runs one campaign's part of a batch that serves all of them. */
export type Apart = (tx: Db, campaignId: string, work: () => Promise<void>) => Promise<void>;

/** The first failure ends the batch, and says whose it was. */
export const failTogether: Apart = async (_tx, campaignId, work) => {
  try {
    await work();
  } catch (error) {
    throw passesByItself(error) ? error : new CampaignFailed(campaignId, error);
  }
};

/**
 * Parts of these campaigns that fail are undone and left out, and the others go on. What passes by itself (a lock, a lost
 * connection, a full disk) is never left out: it ends the batch, which is tried again.
 */
export function leavingOut(suspects: ReadonlySet<string>, leftOut: (campaignId: string, error: unknown) => void): Apart {
  return async (tx, campaignId, work) => {
    if (!suspects.has(campaignId)) return failTogether(tx, campaignId, work);
    await rows(tx, 'savepoint campaign_part');
    try {
      await work();
      await rows(tx, 'release savepoint campaign_part');
    } catch (error) {
      if (passesByItself(error)) throw error;
      await rows(tx, 'rollback to savepoint campaign_part');
      leftOut(campaignId, error);
    }
  };
}

/** SQLSTATE classes: connection, transaction rollback, resources, operator's doing, system. */
const passesByItself = (error: unknown): boolean => /^(08|40|53|55|57|58)/.test(String((error as { code?: unknown } | null)?.code ?? ''));
