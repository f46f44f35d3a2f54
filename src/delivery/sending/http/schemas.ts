import { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { MessageClass } from '../../../contract/pacing.js';
import { REASON_CODES } from '../../../kernel/reason-codes.js';
import { DateTime } from '../../../platform/http/date-time.js';
import { PageQuery } from '../../../platform/http/paging.js';

export const DELIVERY_STATES = ['queued', 'sending', 'sent', 'delivered', 'bounced', 'failed', 'uncertain', 'cancelled', 'recalled', 'ghost'] as const;

export const DeliveriesQuery = PageQuery.extend({ state: z.enum(DELIVERY_STATES).optional(), channel: z.enum(['email', 'in_app', 'webhook', 'chat']).optional(), campaignId: Id.optional(), personId: Id.optional(), reason: z.enum(REASON_CODES).optional() });

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
/** A gate that held it, or let it wait. */
const DeliveryDecision = z.object({ at: DateTime, stage: z.string(), code: z.string(), facts: z.record(z.string(), z.unknown()), nextCheckAt: DateTime.nullable() });
/** One POST of a webhook or chat notice. */
const DeliveryAttempt = z.object({ at: DateTime, attempt: z.number().int(), fate: z.enum(['delivered', 'retry', 'dead', 'uncertain', 'test']), status: z.number().int().nullable(), error: z.string().nullable(), response: z.string(), durationMs: z.number().int(), nextAt: DateTime.nullable() });
export const DeliveryDetail = delivery.extend({
  campaignName: z.string().nullable(), version: z.number().int().nullable(),
  firstAttemptAt: DateTime.nullable(),
  /** The in-app message it stands in for. */
  fallbackOf: Id.nullable(),
  class: MessageClass, priority: z.number().int(),
  expiresAt: DateTime.nullable().meta({ description: 'After this moment it goes no more' }),
  pacing: z.object({
    rule: z.string().nullable(), cap: z.string().nullable(), winner: z.object({ campaignId: Id, campaignName: z.string().nullable(), stepId: z.string().nullable(), deliveryId: Id.nullable(), at: DateTime.nullable(), kept: z.boolean() }).nullable(),
  }).nullable().meta({ description: 'What the gate that last put it off was told; the winner is the message that took its place' }),
  events: z.array(DeliveryEvent), decisions: z.array(DeliveryDecision), posts: z.array(DeliveryAttempt),
}).meta({ id: 'DeliveryDetail' });
