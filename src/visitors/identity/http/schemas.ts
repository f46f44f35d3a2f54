import { z } from 'zod';
import { Id, Name } from '../../../contract/common.js';
import { IDENTITY_FAULTS } from '../../../kernel/identity.js';
import { DateTime } from '../../../platform/http/date-time.js';

const Mode = z.enum(['off', 'warn', 'enforce']).meta({ description: 'off: user ids of browsers are believed, so anybody with a write key and the id of a user reads the in-app messages of that user. warn: the same, and counted when unproven. enforce: believed only with a proof' });
/** `email` and names of one's own; what begins with $ is not written by browsers anyway. */
const Trait = z.string().trim().min(1).max(200).regex(/^[^$\p{Cc}][^\p{Cc}]*$/u, 'must be the name of a trait');
const Traits = z.array(Trait).max(100).transform((names) => [...new Set(names)]).meta({ description: 'Only a server key, or a token that says them, may set these' });

export const SecretView = z.object({
  id: Id, kind: z.enum(['shared', 'ed25519']), name: z.string(), hint: z.string().meta({ description: 'The last characters, to tell them apart' }),
  createdBy: z.string(), createdAt: DateTime, revokedAt: DateTime.nullable(),
}).meta({ id: 'IdentitySecret' });
const Remark = z.object({ code: z.string(), message: z.string(), messageKo: z.string() });
export const VerificationView = z.object({ mode: Mode, protectedTraits: z.array(z.string()), secrets: z.array(SecretView), remarks: z.array(Remark).meta({ description: 'What an owner should know of this mode' }) }).meta({ id: 'IdentityVerification' });
export const VerificationChange = z.strictObject({ mode: Mode, protectedTraits: Traits.default([]) }).meta({ id: 'IdentityVerificationChange' });
export const SecretCreated = z.object({ secret: SecretView, value: z.string().nullable().meta({ description: 'A shared secret, shown only in this answer; null for a public key' }) }).meta({ id: 'IdentitySecretCreated' });
export const SecretRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('shared'), name: Name }),
  z.strictObject({ kind: z.literal('ed25519'), name: Name, publicKey: z.string().max(2_000).meta({ description: 'PEM, -----BEGIN PUBLIC KEY-----' }) }),
]).meta({ id: 'IdentitySecretRequest' });
export const UnprovenList = z.object({
  items: z.array(z.object({ day: z.string(), keyId: Id, origin: z.string(), reason: z.enum(IDENTITY_FAULTS), seen: z.number().int(), lastAt: DateTime, lastUser: z.string() })),
}).meta({ id: 'UnprovenIdentityList' });
export const UnprovenQuery = z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) });
