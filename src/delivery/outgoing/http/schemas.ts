import { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { DateTime } from '../../../platform/http/date-time.js';
import { PageQuery } from '../../../platform/http/paging.js';
import { FORMATS, OUTGOING_KINDS } from '../domain/kinds.js';

const Kinds = z.array(z.enum(OUTGOING_KINDS)).min(1).max(OUTGOING_KINDS.length).transform((kinds) => [...new Set(kinds)]);
export const SubscriptionRequest = z.strictObject({
  format: z.enum(FORMATS).default('danbi').describe('danbi: one signed POST an event; segment: batches as Segment and RudderStack take them at /v1/batch.'),
  kinds: Kinds,
  campaignIds: z.array(Id).min(1).max(200).nullable().default(null).describe('Null: all campaigns.'),
  writeKey: z.string().trim().min(1).max(200).regex(/^[\x21-\x7e]+$/, 'must be printable ASCII').optional().describe('Of Segment or RudderStack; sealed, never answered back. Left out: as it is.'),
}).meta({ id: 'EventSubscriptionRequest' });

export const SubscriptionView = z.object({
  endpointId: Id, format: z.enum(FORMATS), kinds: z.array(z.enum(OUTGOING_KINDS)), campaignIds: z.array(Id).nullable(),
  since: DateTime.describe('Nothing older is told.'), failingSince: DateTime.nullable().describe('Since when nothing got through; after five days the endpoint is switched off.'),
  waiting: z.number().int(), dead: z.number().int(),
}).meta({ id: 'EventSubscription' });
export const SubscriptionAnswer = z.object({ subscription: SubscriptionView.nullable() }).meta({ id: 'EventSubscriptionAnswer' });

const STATES = ['waiting', 'sent', 'dead'] as const;
export const OutgoingQuery = PageQuery.extend({ state: z.enum(STATES).optional() });
export const OutgoingList = z.object({
  items: z.array(z.object({
    id: Id.describe('The webhook-id, on every try.'), kind: z.enum(OUTGOING_KINDS), personId: Id, campaignId: Id.nullable(), at: DateTime, state: z.enum(STATES).describe('dead: given up after all its tries.'),
    attempts: z.number().int(), madeAt: DateTime, dueAt: DateTime, settledAt: DateTime.nullable(), detail: z.string().nullable(), payload: z.unknown(),
  }).meta({ id: 'OutgoingEvent' })),
  next: z.string().nullable(),
}).meta({ id: 'OutgoingEventList' });
export const OutgoingRedelivered = z.object({ redelivered: z.number().int() }).meta({ id: 'OutgoingRedelivered' });
