import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { isSameSecret } from '../../../kernel/same-secret.js';

/** What other systems send to us. `json` is any of them, with a mapping of its own. */
export const SOURCE_KINDS = ['shopify', 'stripe', 'json'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

const HeaderName = z.string().regex(/^[A-Za-z0-9-]{1,60}$/, 'must be the name of a header').transform((name) => name.toLowerCase());
/**
 * How a body of kind `json` proves where it comes from. `address`: only by knowing the address; `bearer`: a secret in `Authorization`;
 * `hmac`: HMAC-SHA256 of the body in a header, a prefix such as "sha256=" passed over; `standard`: the headers of Standard Webhooks.
 */
export const Proof = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('address') }),
  z.strictObject({ kind: z.literal('bearer') }),
  z.strictObject({ kind: z.literal('hmac'), header: HeaderName, encoding: z.enum(['hex', 'base64']).default('hex') }),
  z.strictObject({ kind: z.literal('standard') }),
]);
export type Proof = z.infer<typeof Proof>;

/** How old a signed time may be, both ways, ms: what Stripe's and the Standard Webhooks libraries allow. */
const TOLERANCE_MS = 5 * 60_000;

export type RefusalReason = 'no_secret' | 'signature' | 'timestamp' | 'malformed';
export interface Signed { body: Buffer; header(name: string): string; now: Date }

const hmac = (secret: string | Buffer, data: string | Buffer): Buffer => createHmac('sha256', secret).update(data).digest();
/** Each secret is tried, so that a wrong one takes as long as a right one. */
const anyOf = (secrets: readonly string[], fits: (secret: string) => boolean): boolean => secrets.map(fits).includes(true);

/** @returns why the body is not believed; null when it is */
export function refuse(kind: SourceKind, proof: Proof, secrets: readonly string[], signed: Signed): RefusalReason | null {
  if (kind === 'json' && proof.kind === 'address') return null;
  if (secrets.length === 0) return 'no_secret';
  if (kind === 'shopify') return fitsHmac(secrets, signed, { header: 'x-shopify-hmac-sha256', encoding: 'base64' });
  if (kind === 'stripe') return refuseStripe(secrets, signed);
  if (proof.kind === 'standard') return refuseStandard(secrets, signed);
  if (proof.kind === 'hmac') return fitsHmac(secrets, signed, proof);
  const given = /^Bearer (.{1,500})$/i.exec(signed.header('authorization'))?.[1] ?? '';
  // Of equal length whatever was given.
  return anyOf(secrets, (secret) => isSameSecret(hmac('', given), hmac('', secret))) ? null : 'signature';
}

function fitsHmac(secrets: readonly string[], { body, header }: Signed, { header: name, encoding }: { header: string; encoding: 'hex' | 'base64' }): RefusalReason | null {
  const given = Buffer.from(header(name).replace(/^sha256=/i, ''), encoding);
  return anyOf(secrets, (secret) => isSameSecret(given, hmac(secret, body))) ? null : 'signature';
}

/** Stripe: `t=…,v1=…`, HMAC over `t.body` (docs.stripe.com/webhooks, "verify manually"). */
function refuseStripe(secrets: readonly string[], { body, header, now }: Signed): RefusalReason | null {
  const parts = header('stripe-signature').slice(0, 2_000).split(',').map((part) => part.trim().split('=', 2) as [string, string?]);
  const time = parts.find(([name]) => name === 't')?.[1] ?? '';
  if (!/^\d{1,12}$/.test(time)) return 'signature';
  const given = parts.flatMap(([name, value]) => (name === 'v1' && value ? [Buffer.from(value, 'hex')] : []));
  const text = Buffer.concat([Buffer.from(`${time}.`), body]);
  if (!anyOf(secrets, (secret) => given.some((one) => isSameSecret(one, hmac(secret, text))))) return 'signature';
  return isTimely(time, now) ? null : 'timestamp';
}

function refuseStandard(secrets: readonly string[], { body, header, now }: Signed): RefusalReason | null {
  const [id, time] = [header('webhook-id'), header('webhook-timestamp')];
  if (id === '' || !/^\d{1,12}$/.test(time)) return 'signature';
  const given = header('webhook-signature').slice(0, 4_000).split(' ').flatMap((one) => (one.startsWith('v1,') ? [Buffer.from(one.slice(3), 'base64')] : []));
  const text = Buffer.concat([Buffer.from(`${id}.${time}.`), body]);
  const keyOf = (secret: string) => Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  if (!anyOf(secrets, (secret) => given.some((one) => isSameSecret(one, hmac(keyOf(secret), text))))) return 'signature';
  return isTimely(time, now) ? null : 'timestamp';
}

const isTimely = (seconds: string, now: Date): boolean => Math.abs(Number(seconds) * 1_000 - now.getTime()) <= TOLERANCE_MS;

/** What the sender calls this kind of body, and what makes it one of a kind; null: nothing does. */
export function namesOf(kind: SourceKind, body: unknown, header: (name: string) => string): { topic: string; dedupe: string | null } {
  const field = (name: string): string => {
    const found = typeof body === 'object' && body !== null && Object.hasOwn(body, name) ? (body as Record<string, unknown>)[name] : '';
    return typeof found === 'string' ? found : '';
  };
  if (kind === 'shopify') return { topic: header('x-shopify-topic'), dedupe: header('x-shopify-event-id') || header('x-shopify-webhook-id') || null };
  if (kind === 'stripe') return { topic: field('type'), dedupe: field('id') || null };
  return { topic: field('type') || field('event') || field('topic'), dedupe: header('webhook-id') || header('idempotency-key') || null };
}
