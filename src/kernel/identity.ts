/** What a browser must show before it is believed who its user is: nothing, nothing but it is written down, or a proof. */
export type IdentityMode = 'off' | 'warn' | 'enforce';

/** What the workspace asks of browsers. */
export interface IdentityPolicy {
  mode: IdentityMode;
  /** Traits that only a server key or a signed token may set. */
  protectedTraits: ReadonlySet<string>;
  /** How much of an IP address in the context of an event is kept. */
  ip: 'full' | 'truncated' | 'none';
}

/** A user id as a browser names it, with what is to prove it. */
export interface IdentityClaim { userId: string; userHash?: string; jwt?: string }

/** Why a claim is not proven. */
export const IDENTITY_FAULTS = ['missing', 'no_secret', 'wrong_hash', 'malformed_token', 'wrong_algorithm', 'wrong_signature', 'expired', 'not_yet_valid', 'lives_too_long', 'missing_claim', 'other_user'] as const;
export type IdentityFault = (typeof IDENTITY_FAULTS)[number];

export type IdentityProof =
  /** `signed`: what a token says beside the id; a hash says nothing more. */
  | { ok: true; signed: ReadonlyMap<string, unknown> }
  | { ok: false; reason: IdentityFault; message: string };
