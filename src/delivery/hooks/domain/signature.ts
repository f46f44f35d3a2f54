import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';
/** Standard Webhooks asks for 24 to 64 random bytes. */
const SECRET_BYTES = 32;

export const newSecret = (): string => PREFIX + randomBytes(SECRET_BYTES).toString('base64');

/** What is shown of a secret after the day it was made. */
export const hintOf = (secret: string): string => `${PREFIX}…${secret.slice(-4)}`;

/**
 * The three headers of Standard Webhooks (standard-webhooks specification, "Webhook headers"): HMAC-SHA256 over
 * `id.timestamp.body`, one signature a secret, the newest first, so that receivers may change theirs at leisure.
 *
 * @param at of this attempt, so that receivers can refuse old ones
 */
export function signedHeaders(id: string, at: Date, body: string, secrets: readonly string[]): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const signatures = secrets.map((secret) => `v1,${createHmac('sha256', Buffer.from(secret.slice(PREFIX.length), 'base64')).update(`${id}.${timestamp}.${body}`).digest('base64')}`);
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
