import { createHmac, createPublicKey, type KeyObject } from 'node:crypto';
import { decodeProtectedHeader, errors, jwtVerify, type JWTPayload } from 'jose';
import { isSameSecret } from '../../../kernel/same-secret.js';
import type { IdentityClaim, IdentityFault, IdentityProof } from '../../../kernel/identity.js';

/** A secret that proves identities: text shared with the site's server, or the public half of its Ed25519 key. */
export type ProvingKey = { kind: 'shared'; secret: string } | { kind: 'ed25519'; key: KeyObject };

/** Longest life of a token. An hour is recommended. */
export const LONGEST_TOKEN_LIFE_S = 24 * 3_600;
/** Seconds by which the clock of the signing server may differ from ours. */
const TOLERANCE_S = 60;

const MESSAGES: Record<IdentityFault, string> = {
  missing: 'there is no proof: send userHash (HMAC-SHA256 of the user id, in hex) or jwt',
  no_secret: 'the workspace has no active secret that could prove it',
  wrong_hash: 'userHash is not the HMAC-SHA256 of this user id, in hex, under an active secret',
  malformed_token: 'jwt is not a signed JSON Web Token',
  wrong_algorithm: 'jwt must be signed with HS256 or EdDSA, as the active secrets are',
  wrong_signature: 'the signature of jwt is not that of an active secret',
  expired: 'jwt has expired',
  not_yet_valid: 'jwt is not valid yet: iat or nbf lies in the future',
  lives_too_long: 'jwt lives longer than 24 hours; one hour is recommended',
  missing_claim: 'jwt needs exp, iat, and the user id as user_id or sub',
  other_user: 'jwt was made for another user id',
};
const refused = (reason: IdentityFault): IdentityProof => ({ ok: false, reason, message: MESSAGES[reason] });

/** The value of `user_hash`, as the site's server computes it. */
export const userHashOf = (secret: string, userId: string): string => createHmac('sha256', secret).update(userId, 'utf8').digest('hex');

/**
 * Whether a claim is proven by any of the active keys. A token decides when both are sent: it says more. Signatures are
 * compared in constant time.
 */
export async function proveIdentity(claim: IdentityClaim, keys: readonly ProvingKey[], now: Date): Promise<IdentityProof> {
  if (claim.jwt === undefined && claim.userHash === undefined) return refused('missing');
  if (keys.length === 0) return refused('no_secret');
  return claim.jwt === undefined ? proveHash(claim.userId, claim.userHash!, keys) : proveToken(claim.userId, claim.jwt, keys, now);
}

function proveHash(userId: string, hash: string, keys: readonly ProvingKey[]): IdentityProof {
  if (!/^[0-9a-f]{64}$/i.test(hash)) return refused('wrong_hash');
  const presented = Buffer.from(hash, 'hex');
  let proven = false;
  // Every secret is tried, so that the time says nothing about which one fits.
  for (const key of keys) if (key.kind === 'shared' && isSameSecret(presented, Buffer.from(userHashOf(key.secret, userId), 'hex'))) proven = true;
  return proven ? { ok: true, signed: new Map() } : refused('wrong_hash');
}

async function proveToken(userId: string, jwt: string, keys: readonly ProvingKey[], now: Date): Promise<IdentityProof> {
  const kind = keyKind(jwt);
  if (kind === null) return refused('malformed_token');
  // The algorithm decides which keys are tried, never what a key is used for: a public key never becomes an HMAC secret.
  const usable = keys.filter((key) => key.kind === kind);
  if (usable.length === 0) return refused('wrong_algorithm');
  let fault: IdentityFault = 'wrong_signature';
  for (const key of usable) {
    const read = await readToken(jwt, key, now);
    if (typeof read !== 'string') return judgeClaims(read, userId, now);
    if (read !== 'wrong_signature') fault = read;
  }
  return refused(fault);
}

/** The kind of key the header asks for; `unknown` for algorithms that are not taken, null when this is no token. */
function keyKind(jwt: string): ProvingKey['kind'] | 'unknown' | null {
  try {
    const { alg } = decodeProtectedHeader(jwt);
    return alg === 'HS256' ? 'shared' : alg === 'EdDSA' || alg === 'Ed25519' ? 'ed25519' : 'unknown';
  } catch {
    return null;
  }
}

async function readToken(jwt: string, key: ProvingKey, now: Date): Promise<JWTPayload | IdentityFault> {
  const options = { currentDate: now, clockTolerance: TOLERANCE_S, requiredClaims: ['exp', 'iat'] };
  try {
    const { payload } = key.kind === 'shared'
      ? await jwtVerify(jwt, new TextEncoder().encode(key.secret), { ...options, algorithms: ['HS256'] })
      : await jwtVerify(jwt, key.key, { ...options, algorithms: ['EdDSA', 'Ed25519'] });
    return payload;
  } catch (error) {
    return faultOf(error);
  }
}

function faultOf(error: unknown): IdentityFault {
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'wrong_signature';
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) return error.claim === 'nbf' && error.reason === 'check_failed' ? 'not_yet_valid' : 'missing_claim';
  if (error instanceof errors.JOSEError) return 'malformed_token';
  throw error;
}

/** Claims about the token itself; everything else is said about the user. */
const REGISTERED = new Set(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'user_id']);

function judgeClaims(payload: JWTPayload, userId: string, now: Date): IdentityProof {
  const { exp, iat } = payload as { exp: number; iat: number };
  const seconds = now.getTime() / 1_000;
  if (typeof iat !== 'number' || typeof exp !== 'number') return refused('missing_claim');
  if (iat > seconds + TOLERANCE_S) return refused('not_yet_valid');
  if (exp - iat > LONGEST_TOKEN_LIFE_S) return refused('lives_too_long');
  const subject = payload.user_id ?? payload.sub;
  if (typeof subject !== 'string' && typeof subject !== 'number') return refused('missing_claim');
  if (String(subject) !== userId) return refused('other_user');
  return { ok: true, signed: new Map(Object.entries(payload).filter(([name]) => !REGISTERED.has(name))) };
}

/** A public Ed25519 key from PEM, or null when the text is none. A private key is none: it has no business here. */
export function readPublicKey(pem: string): KeyObject | null {
  if (!/^-----BEGIN PUBLIC KEY-----/.test(pem.trim())) return null;
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null;
  }
}
