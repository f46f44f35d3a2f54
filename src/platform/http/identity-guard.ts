import type { IdentityClaim, IdentityFault, IdentityPolicy, IdentityProof } from '../../kernel/identity.js';

/** Claims without proof, as they are shown to those who switch proofs on. */
export interface Unproven { keyId: string; origin: string | undefined; reason: IdentityFault; userId: string }

/** Decides whether a browser may speak for a user. */
export abstract class IdentityGuard {
  /** Kept in memory for a few seconds; a change made by this process holds at once. */
  abstract policy(): Promise<IdentityPolicy>;
  abstract prove(claim: IdentityClaim, now: Date): Promise<IdentityProof>;
  /** Counts them, so that a site sees what `enforce` would refuse. */
  abstract note(unproven: readonly Unproven[], now: Date): Promise<void>;
}
