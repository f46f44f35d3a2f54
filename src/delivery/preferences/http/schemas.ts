import { z } from 'zod';
import { Id, Instant, Key, Name } from '../../../contract/common.js';
import { DateTime } from '../../../platform/http/date-time.js';
import { SUPPRESSION_REASONS } from '../store/suppression.store.js';
import { PageQuery } from '../../../platform/http/paging.js';
import { CONSENT_METHODS, FREQUENCY, NIGHT, PROVED_STATES } from '../domain/consent.js';
import { TRANSACTIONAL_REASON_KEYS } from '../domain/transactional.js';

export const TopicView = z.object({ key: z.string(), name: z.string(), nameKo: z.string(), kind: z.enum(['marketing', 'transactional']), optIn: z.boolean(), doubleOptIn: z.boolean(), reason: z.enum(TRANSACTIONAL_REASON_KEYS).nullable(), reasonText: z.string(), createdAt: DateTime }).meta({ id: 'Topic' });
export const TopicList = z.object({ items: z.array(TopicView) }).meta({ id: 'TopicList' });
export const TopicRequest = z.strictObject({
  key: Key, name: Name, nameKo: z.string().trim().max(200).default(''),
  kind: z.enum(['marketing', 'transactional']).default('marketing'),
  /** With opt-in, people get nothing before they said yes. */
  optIn: z.boolean().default(false),
  doubleOptIn: z.boolean().default(false).meta({ description: 'A subscription that is reported to us counts when the person has confirmed it by the link of a mail (7 days); needs optIn' }),
  /** Of a transactional topic: why its messages are no advertising. */
  reason: z.enum(TRANSACTIONAL_REASON_KEYS).nullable().default(null),
  reasonText: z.string().trim().max(500).default(''),
}).meta({ id: 'TopicRequest' });
export const TopicChange = z.strictObject({ name: Name.optional(), nameKo: z.string().trim().max(200).optional(), optIn: z.boolean().optional(), doubleOptIn: z.boolean().optional(), reason: z.enum(TRANSACTIONAL_REASON_KEYS).optional(), reasonText: z.string().trim().max(500).optional() }).meta({ id: 'TopicChange' });

const ConsentFields = { channel: z.enum(['email', 'in_app']), topic: z.union([Key, z.literal(NIGHT)]).meta({ description: `Key of a topic, or ${NIGHT}: the separate consent to advertising between 21:00 and 08:00` }), state: z.enum(['subscribed', 'unsubscribed']) };
export const ConsentView = z.object({ ...ConsentFields, channel: z.string(), at: DateTime, source: z.string() }).meta({ id: 'Consent' });
export const ConsentList = z.object({ items: z.array(ConsentView), pending: z.array(z.object({ channel: z.string(), topic: z.string(), askedAt: DateTime, expiresAt: DateTime, source: z.string() })).meta({ description: 'Subscriptions that the person has not confirmed: no consent yet' }) }).meta({ id: 'ConsentList' });
export const ConsentRequest = z.strictObject({
  consents: z.array(z.strictObject(ConsentFields)).min(1).max(100)
    .refine((list) => new Set(list.map(({ channel, topic }) => `${channel} ${topic}`)).size === list.length, 'names a channel and topic twice'),
  /** Where the person said so, for the record. */
  source: z.string().trim().min(1).max(100).default('api'),
  method: z.enum(['api', 'form', 'import']).default('api').meta({ description: 'How the person said so' }),
  saidAt: Instant.optional().meta({ description: 'When the person said so, if earlier than now' }),
  wording: z.string().trim().min(1).max(4_000).optional().meta({ description: 'The words they agreed to' }),
  policyVersion: z.string().trim().min(1).max(100).optional(),
  ip: z.union([z.ipv4(), z.ipv6()]).optional().meta({ description: 'Only its network (/24 or /48) is kept' }),
  userAgent: z.string().max(500).optional(),
}).meta({ id: 'ConsentRequest' });

export const SuppressionView = z.object({ channel: z.string(), addressHash: z.string(), reason: z.enum(SUPPRESSION_REASONS), at: DateTime, detail: z.string(),
  /** When the block ends by itself; null: never. */
  until: DateTime.nullable(),
  /** The delivery and the words of the server that led to it. */
  evidence: z.unknown() }).meta({ id: 'Suppression' });
export const SuppressionList = z.object({ items: z.array(SuppressionView), next: z.string().nullable() }).meta({ id: 'SuppressionList' });
export const SuppressionRequest = z.strictObject({ address: z.string().min(3).max(254), detail: z.string().max(500).default('') }).meta({ id: 'SuppressionRequest' });

export const ProofView = z.object({
  id: Id, personId: Id, fromId: Id.nullable(), channel: z.string(), topic: z.string(), state: z.enum(PROVED_STATES).meta({ description: `Frequencies of e-mail stand under the topic ${FREQUENCY}` }), at: DateTime, recordedAt: DateTime,
  method: z.enum(CONSENT_METHODS), source: z.string(), actor: z.string(), wording: z.string().nullable(), policyVersion: z.string().nullable(), network: z.string().nullable(), userAgent: z.string().nullable(), deliveryId: Id.nullable(),
}).meta({ id: 'ConsentProof' });
export const ProofPage = z.object({ items: z.array(ProofView), next: z.string().nullable() }).meta({ id: 'ConsentProofPage' });
export const ProofQuerySchema = PageQuery.extend({ topic: z.union([Key, z.enum([NIGHT, FREQUENCY])]).optional() });
