import { z } from 'zod';
import { Id } from '../../contract/common.js';
import { REASON_CODES } from '../../kernel/reason-codes.js';
import { PageQuery } from '../../platform/http/paging.js';
import { DateTime } from './schemas.js';

export const DELIVERY_STATES = ['queued', 'sending', 'sent', 'delivered', 'bounced', 'failed', 'uncertain', 'cancelled', 'recalled', 'ghost'] as const;

export const DeliveriesQuery = PageQuery.extend({ state: z.enum(DELIVERY_STATES).optional(), campaignId: Id.optional(), personId: Id.optional(), reason: z.enum(REASON_CODES).optional() });

const delivery = z.object({
  id: Id, personId: Id, campaignId: Id, versionId: Id, stepId: z.string(), enrollmentId: Id, channel: z.string(), contentId: Id.nullable(), experimentId: Id.nullable(),
  variant: z.string(), isControl: z.boolean(), topic: z.string(), state: z.enum(DELIVERY_STATES), reason: z.string().nullable(),
  /** The mail server's words, or what could not be rendered. */
  detail: z.string().nullable(),
  dueAt: DateTime, queuedAt: DateTime, attempts: z.number().int(), address: z.string().nullable(), sentAt: DateTime.nullable(), settledAt: DateTime.nullable(),
});
export const DeliveryListed = delivery.meta({ id: 'Delivery' });
export const DeliveryPage = z.object({ items: z.array(DeliveryListed), next: z.string().nullable() }).meta({ id: 'DeliveryPage' });
const DeliveryEvent = z.object({ kind: z.string(), at: DateTime, verdict: z.enum(['human', 'machine', 'unknown']), evidence: z.unknown(), data: z.unknown() });
export const DeliveryDetail = delivery.extend({ events: z.array(DeliveryEvent) }).meta({ id: 'DeliveryDetail' });

export const MailsQuery = PageQuery.extend({ to: z.string().max(254).optional() });
const mail = z.object({ id: Id, receivedAt: DateTime, from: z.string(), to: z.string(), subject: z.string(), messageId: z.string().nullable(), bytes: z.number().int() });
const MailListed = mail.meta({ id: 'SandboxMail' });
export const MailPage = z.object({ items: z.array(MailListed), next: z.string().nullable() }).meta({ id: 'SandboxMailPage' });
export const MailDetail = mail.extend({ headers: z.array(z.object({ name: z.string(), value: z.string() })), html: z.string().nullable(), text: z.string() }).meta({ id: 'SandboxMailDetail' });
export const DeleteMailsQuery = z.object({ confirm: z.literal('all', { error: 'must be "all": every message in the sandbox mailbox is deleted' }) });
export const DeletedMails = z.object({ deleted: z.number().int() }).meta({ id: 'DeletedSandboxMails' });
