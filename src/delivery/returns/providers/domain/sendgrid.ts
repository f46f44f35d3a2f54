import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { isTimely, refusal, type Refusal } from './provider.js';

/** The verification key as the settings page of SendGrid shows it (base64 SPKI of a P-256 key); null when it is another thing. */
export function sendgridKey(text: string): KeyObject | null {
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : null;
  } catch {
    return null;
  }
}

export interface SendgridProof { signature: string; timestamp: string; body: Buffer }

/** Checks ECDSA P-256 with SHA-256 over timestamp and raw body. Null when it holds for one of the keys. */
export function refuseSendgrid(proof: SendgridProof, keys: readonly KeyObject[], now: Date): Refusal | null {
  if (!/^\d{10}$/.test(proof.timestamp) || proof.signature === '') return refusal('signature', 'unauthenticated', 'The request is not signed: turn on the signed event webhook at SendGrid.');
  if (!isTimely(new Date(Number(proof.timestamp) * 1000), now)) return refusal('timestamp', 'unauthenticated', 'The signature is too old, or from the future.');
  const signed = Buffer.concat([Buffer.from(proof.timestamp), proof.body]);
  const signature = Buffer.from(proof.signature, 'base64');
  const holds = keys.some((key) => verify('sha256', signed, { key, dsaEncoding: 'der' }, signature));
  return holds ? null : refusal('signature', 'unauthenticated', 'The signature does not fit any verification key of the connection.');
}
