import type { Db } from '../../platform/database/db.js';

/** Injection token of {@link SenderUse}; the campaigns module provides it. Absent, nobody names a sender. */
export const SENDER_USE = Symbol('sender-use');

/** Who sends from addresses of their own. */
export interface SenderUse {
  /** Names of the campaigns in progress with a published message from an address of this domain (as A-labels). */
  campaignsFrom(tx: Db, domain: string): Promise<string[]>;
}
