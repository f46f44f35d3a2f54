import { createHash } from 'node:crypto';
import { isSameSecret } from '../../../../kernel/same-secret.js';
import { refusal, type Refusal } from './provider.js';

/** What is kept of user name and password. Passwords are long and random, so a fast hash is enough. */
export const credentialHash = (user: string, password: string): string => createHash('sha256').update(`${user}:${password}`).digest('hex');

/** Checks HTTP Basic authentication (RFC 7617), Postmark's only proof, in the same time for every wrong guess. */
export function refusePostmark(authorization: string | undefined, hashes: readonly string[]): Refusal | null {
  const encoded = /^Basic ([A-Za-z0-9+/=_-]{1,1000})$/i.exec(authorization ?? '')?.[1] ?? '';
  const given = createHash('sha256').update(Buffer.from(encoded, 'base64')).digest();
  const holds = hashes.map((hash) => isSameSecret(Buffer.from(hash, 'hex'), given)).includes(true);
  return holds ? null : refusal('credentials', 'unauthenticated', 'User name or password of the webhook address are missing or wrong.');
}
