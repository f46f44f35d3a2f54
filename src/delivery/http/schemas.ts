import { z } from 'zod';
import { Id, Key, Name, Zone } from '../../contract/common.js';
import { EmailContent, InAppContent } from '../../contract/message.js';

export const DateTime = z.union([z.date(), z.iso.datetime({ offset: true })]);

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

export const SuppressionView = z.object({ channel: z.string(), addressHash: z.string(), reason: z.enum(['bounce', 'complaint', 'manual']), at: DateTime, detail: z.string() }).meta({ id: 'Suppression' });
export const SuppressionList = z.object({ items: z.array(SuppressionView), next: z.string().nullable() }).meta({ id: 'SuppressionList' });
export const SuppressionRequest = z.strictObject({ address: z.string().min(3).max(254), detail: z.string().max(500).default('') }).meta({ id: 'SuppressionRequest' });

export const SigningKeyList = z.object({ items: z.array(z.object({ id: z.number().int(), createdAt: DateTime })) }).meta({ id: 'SigningKeyList' });

const InAppView = z.object({ format: z.enum(['chat', 'banner', 'modal']), title: z.string(), body: z.string(), buttons: z.array(z.object({ label: z.string(), url: z.string() })), expiresAfterHours: z.number().optional() });
export const InboxMessageView = z.object({
  deliveryId: Id, campaignId: Id, content: InAppView, createdAt: DateTime,
  expiresAt: DateTime.nullable(), seenAt: DateTime.nullable(), clickedAt: DateTime.nullable(), dismissedAt: DateTime.nullable(),
}).meta({ id: 'InboxMessage' });
export const InboxList = z.object({ items: z.array(InboxMessageView), next: z.string().nullable(), unread: z.number().int() }).meta({ id: 'InboxList' });
export const InboxActionName = z.enum(['seen', 'click', 'dismiss']);
/** Which button was clicked, from 0. */
export const InboxActionRequest = z.strictObject({ button: z.number().int().min(0).max(2).optional() }).optional().meta({ id: 'InboxActionRequest' });

const Sample = z.strictObject({
  person: z.record(z.string(), z.unknown()).default({}),
  event: z.record(z.string(), z.unknown()).optional(),
  timeZone: Zone.optional(),
});
const shared = { personId: Id.optional(), sample: Sample.optional() };
/** With `personId`, a real person's data; `sample` adds to it or stands alone. */
export const PreviewRequest = z.discriminatedUnion('channel', [
  z.strictObject({ channel: z.literal('email'), content: EmailContent, ...shared }),
  z.strictObject({ channel: z.literal('in_app'), content: InAppContent, ...shared }),
]).meta({ id: 'PreviewRequest' });
export type PreviewRequest = z.infer<typeof PreviewRequest>;

const ProblemView = z.object({ path: z.string(), code: z.string(), message: z.string() });
export const PreviewAnswer = z.object({
  email: z.object({ subject: z.string(), preheader: z.string(), html: z.string(), text: z.string(), fromName: z.string().optional(), replyTo: z.string().optional(), bytes: z.number().int() }).nullable(),
  inApp: InAppView.nullable(),
  /** Why this person would get nothing. */
  problems: z.array(ProblemView),
  warnings: z.array(ProblemView),
}).meta({ id: 'Preview' });
export type PreviewAnswer = z.infer<typeof PreviewAnswer>;
