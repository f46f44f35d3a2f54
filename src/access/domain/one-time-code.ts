import { Secret, TOTP } from 'otpauth';

/** Seconds one code is shown. */
const PERIOD_S = 30;
/** Codes of the step before and after are taken too: clocks of telephones go wrong. */
const DRIFT_STEPS = 1;
const SECRET_BYTES = 20;

const totpOf = (secret: Secret, label = '') => new TOTP({ issuer: 'Danbi', label, secret, algorithm: 'SHA1', digits: 6, period: PERIOD_S });

/** 160 random bits in base32, as apps take them (RFC 4226, 4). */
export const newFactorSecret = (): string => new Secret({ size: SECRET_BYTES }).base32;

/** What an app reads from the picture. */
export const factorUri = (secret: string, email: string): string => totpOf(Secret.fromBase32(secret), email).toString();

/** The step of time whose code this is, one step of drift allowed; null for a wrong one. A step must be accepted once only. */
export function stepOfCode(secret: string, code: string, now: Date): number | null {
  const token = code.replace(/\s/g, '');
  if (!/^\d{6}$/.test(token)) return null;
  const delta = totpOf(Secret.fromBase32(secret)).validate({ token, timestamp: now.getTime(), window: DRIFT_STEPS });
  return delta === null ? null : Math.floor(now.getTime() / (PERIOD_S * 1_000)) + delta;
}

/** A recovery code as it is compared: people type it in small letters, with spaces or without hyphens. */
export const plainRecoveryCode = (typed: string): string => typed.toUpperCase().replace(/[^A-Z2-7]/g, '');

/** 80 random bits in four groups of base32. */
export const newRecoveryCode = (): string => new Secret({ size: 10 }).base32.replace(/(.{4})(?=.)/g, '$1-');
