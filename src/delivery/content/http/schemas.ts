import { z } from 'zod';
import { Id, Zone } from '../../../contract/common.js';
import { ChatContent, EmailContent, InAppContent, WebhookContent } from '../../../contract/message.js';

/** An in-app message as a page shows it. */
export const InAppView = z.object({ language: z.string().nullish(), format: z.enum(['chat', 'banner', 'modal']), title: z.string(), body: z.string(), buttons: z.array(z.object({ label: z.string(), url: z.string() })), expiresAfterHours: z.number().optional() });

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
  z.strictObject({ channel: z.literal('webhook'), content: WebhookContent, ...shared }),
  z.strictObject({ channel: z.literal('chat'), content: ChatContent, ...shared }),
]).meta({ id: 'PreviewRequest' });
export type PreviewRequest = z.infer<typeof PreviewRequest>;

const ProblemView = z.object({ path: z.string(), code: z.string(), message: z.string() });
export const PreviewAnswer = z.object({
  email: z.object({ language: z.string().nullable(), subject: z.string(), preheader: z.string(), html: z.string(), text: z.string(), fromName: z.string().optional(), fromAddress: z.string().optional(), replyTo: z.string().optional(), bytes: z.number().int() }).nullable(),
  inApp: InAppView.nullable(),
  /** The body of a webhook or chat notice. */
  payload: z.unknown(),
  /** Why this person would get nothing. */
  problems: z.array(ProblemView),
  warnings: z.array(ProblemView),
}).meta({ id: 'Preview' });
export type PreviewAnswer = z.infer<typeof PreviewAnswer>;
