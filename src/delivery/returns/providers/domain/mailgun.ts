import { createHmac } from 'node:crypto';
import { isSameSecret } from '../../../../kernel/same-secret.js';
import { fieldsAt, isFields, textAt } from './fields.js';
import { isTimely, refusal, type Refusal } from './provider.js';

export interface MailgunProof { timestamp: string; token: string; signature: string }

/** The proof inside a report; its parts are empty when they are missing. */
export function mailgunProof(value: unknown): MailgunProof {
  const proof = isFields(value) ? fieldsAt(value, 'signature') : {};
  return { timestamp: textAt(proof, 'timestamp'), token: textAt(proof, 'token'), signature: textAt(proof, 'signature') };
}

/**
 * Checks HMAC-SHA256 over timestamp and token. It says nothing about the rest of the body: that is why a token counts once,
 * and why the address of the webhook has to stay secret. The two are signed without a separator, so the length of the
 * timestamp is fixed: else one proof would be many.
 */
export function refuseMailgun({ timestamp, token, signature }: MailgunProof, keys: readonly string[], now: Date): Refusal | null {
  if (!/^\d{10}$/.test(timestamp) || !/^[\x21-\x7e]{1,200}$/.test(token) || !/^[0-9a-f]{64}$/i.test(signature)) return refusal('signature', 'unauthenticated', 'The report is not signed.');
  if (!isTimely(new Date(Number(timestamp) * 1000), now)) return refusal('timestamp', 'unauthenticated', 'The signature is too old, or from the future.');
  const given = Buffer.from(signature, 'hex');
  const holds = keys.map((key) => isSameSecret(createHmac('sha256', key).update(timestamp + token).digest(), given)).includes(true);
  return holds ? null : refusal('signature', 'unauthenticated', 'The signature does not fit any signing key of the connection.');
}
