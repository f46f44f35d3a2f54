import { z } from 'zod';
import { Key, Name } from '../../../contract/common.js';
import { DateTime } from '../../../platform/http/date-time.js';
import { SUPPRESSION_REASONS } from '../store/suppression.store.js';

export const TopicView = z.object({ key: z.string(), name: z.string(), nameKo: z.string(), kind: z.enum(['marketing', 'transactional']), optIn: z.boolean(), createdAt: DateTime }).meta({ id: 'Topic' });
export const TopicList = z.object({ items: z.array(TopicView) }).meta({ id: 'TopicList' });
export const TopicRequest = z.strictObject({
  key: Key, name: Name, nameKo: z.string().trim().max(200).default(''),
  kind: z.enum(['marketing', 'transactional']).default('marketing'),
  /** With opt-in, people get nothing before they said yes. */
  optIn: z.boolean().default(false),
}).meta({ id: 'TopicRequest' });
export const TopicChange = z.strictObject({ name: Name.optional(), nameKo: z.string().trim().max(200).optional(), optIn: z.boolean().optional() }).meta({ id: 'TopicChange' });

const ConsentFields = { channel: z.enum(['email', 'in_app']), topic: Key, state: z.enum(['subscribed', 'unsubscribed']) };
export const ConsentView = z.object({ ...ConsentFields, channel: z.string(), at: DateTime, source: z.string() }).meta({ id: 'Consent' });
export const ConsentList = z.object({ items: z.array(ConsentView) }).meta({ id: 'ConsentList' });
export const ConsentRequest = z.strictObject({
  consents: z.array(z.strictObject(ConsentFields)).min(1).max(100)
    .refine((list) => new Set(list.map(({ channel, topic }) => `${channel} ${topic}`)).size === list.length, 'names a channel and topic twice'),
  /** Where the person said so, for the record. */
  source: z.string().trim().min(1).max(100).default('api'),
}).meta({ id: 'ConsentRequest' });

export const SuppressionView = z.object({ channel: z.string(), addressHash: z.string(), reason: z.enum(SUPPRESSION_REASONS), at: DateTime, detail: z.string(),
  /** When the block ends by itself; null: never. */
  until: DateTime.nullable(),
  /** The delivery and the words of the server that led to it. */
  evidence: z.unknown() }).meta({ id: 'Suppression' });
export const SuppressionList = z.object({ items: z.array(SuppressionView), next: z.string().nullable() }).meta({ id: 'SuppressionList' });
export const SuppressionRequest = z.strictObject({ address: z.string().min(3).max(254), detail: z.string().max(500).default('') }).meta({ id: 'SuppressionRequest' });
