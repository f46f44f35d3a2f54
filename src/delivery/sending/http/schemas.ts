import { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { REASON_CODES } from '../../../kernel/reason-codes.js';
import { DateTime } from '../../../platform/http/date-time.js';
import { PageQuery } from '../../../platform/http/paging.js';

export const DELIVERY_STATES = ['queued', 'sending', 'sent', 'delivered', 'bounced', 'failed', 'uncertain', 'cancelled', 'recalled', 'ghost'] as const;

export const DeliveriesQuery = PageQuery.extend({ state: z.enum(DELIVERY_STATES).optional(), campaignId: Id.optional(), personId: Id.optional(), reason: z.enum(REASON_CODES).optional() });

const delivery = z.object({
  id: Id, personId: Id, campaignId: Id, versionId: Id, stepId: z.string(), enrollmentId: Id, channel: z.string(), contentId: Id.nullable(), experimentId: Id.nullable(),
  variant: z.string(), isControl: z.boolean(), topic: z.string(), state: z.enum(DELIVERY_STATES), reason: z.string().nullable(),
  /** The mail server's words, or what could not be rendered. */
  detail: z.string().nullable(),
  dueAt: DateTime, queuedAt: DateTime, attempts: z.number().int(), address: z.string().nullable(),
  /** The language in which the message was made, when its author named one. */
  language: z.string().nullable(),
  /** The relay that took or judged it last: an id, `environment` or `sandbox`. */
  relay: z.string().nullable(), sentAt: DateTime.nullable(), settledAt: DateTime.nullable(),
});
export const DeliveryListed = delivery.meta({ id: 'Delivery' });
export const DeliveryPage = z.object({ items: z.array(DeliveryListed), next: z.string().nullable() }).meta({ id: 'DeliveryPage' });
const DeliveryEvent = z.object({ kind: z.string(), at: DateTime, verdict: z.enum(['human', 'machine', 'unknown']), evidence: z.unknown(), data: z.unknown(),
  /** Why an open or click counts as a person's or a machine's. */
  inWords: z.object({ en: z.string(), ko: z.string() }).nullable(),
});
export const DeliveryDetail = delivery.extend({ events: z.array(DeliveryEvent) }).meta({ id: 'DeliveryDetail' });
