import { z } from 'zod';
import { Instant } from './common.js';

const AttributeKey = z.string().min(1).max(200);
/** Values of attributes: any JSON; null removes the attribute. */
const AttributeChanges = z.record(AttributeKey, z.json());
/** Tags are free words; Korean included. */
export const Tag = z.string().trim().min(1).max(100).regex(/^[^\p{Cc}]*$/u, 'must not contain control characters');
const ClientId = z.string().min(1).max(256);
export const PersonKindName = z.enum(['visitor', 'lead', 'user']);

/** How a path names a person. */
export const PersonHandle = z
  .string().min(1).max(300)
  .describe('The id of the person, or `external:ID`, `anonymous:ID`, `email:ADDRESS`. The id of somebody who was merged leads to the survivor.');

export const PersonInput = z
  .strictObject({
    externalId: ClientId.optional(),
    anonymousId: ClientId.optional(),
    email: z.string().max(254).optional(),
    kind: PersonKindName.optional(),
    attributes: AttributeChanges.default({}),
    tags: z.array(Tag).max(100).default([]),
  })
  .refine((person) => person.externalId !== undefined || person.anonymousId !== undefined || person.email !== undefined, 'needs an externalId, an anonymousId or an email')
  .meta({ id: 'PersonInput' });
export type PersonInput = z.infer<typeof PersonInput>;

export const PersonPatch = z.strictObject({ attributes: AttributeChanges.optional(), kind: PersonKindName.optional() }).meta({ id: 'PersonPatch', description: 'An attribute set to null is removed; others stay. The kind only rises: visitor, lead, user.' });
export type PersonPatch = z.infer<typeof PersonPatch>;

export const PersonView = z
  .object({
    id: z.uuid(),
    externalId: z.string().nullable(),
    anonymousIds: z.array(z.string()),
    kind: PersonKindName,
    email: z.string().nullable(),
    timeZone: z.string().nullable(),
    language: z.string().nullable(),
    attributes: z.record(z.string(), z.json()),
    tags: z.array(z.string()),
    signedUpAt: Instant.nullable(),
    firstSeenAt: Instant,
    lastSeenAt: Instant,
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Person' });
export const PersonPage = z.object({ items: z.array(PersonView), next: z.string().nullable() }).meta({ id: 'PersonPage' });

export const EventView = z
  .object({ id: z.uuid(), type: z.string(), name: z.string(), properties: z.record(z.string(), z.json()), context: z.record(z.string(), z.json()), occurredAt: Instant, receivedAt: Instant, messageId: z.string() })
  .meta({ id: 'Event' });
export const EventPage = z.object({ items: z.array(EventView), next: z.string().nullable() }).meta({ id: 'EventPage' });

export const HistoryView = z
  .object({ value: z.json().describe('null: the attribute was removed'), at: Instant, lastAt: Instant.describe('when the same value was last confirmed'), source: z.string(), recordedAt: Instant, fromId: z.uuid().nullable().describe('the merged person this was learned of') })
  .meta({ id: 'AttributeHistory' });
export const HistoryPage = z.object({ items: z.array(HistoryView), next: z.string().nullable() }).meta({ id: 'AttributeHistoryPage' });

export const Erasure = z
  .object({ id: z.uuid(), erasedAt: Instant, removed: z.object({ events: z.number().int(), attributeHistory: z.number().int(), identities: z.number().int(), tags: z.number().int(), lists: z.number().int(), rejectedEvents: z.number().int() }) })
  .meta({ id: 'Erasure' });

export const EventNames = z.object({ items: z.array(z.object({ name: z.string(), count: z.number().int(), lastAt: Instant })) }).meta({ id: 'EventNames' });
export const RejectedEventPage = z
  .object({ items: z.array(z.object({ id: z.uuid(), at: Instant, messageId: z.string().nullable(), code: z.string(), message: z.string(), payload: z.json() })), next: z.string().nullable() })
  .meta({ id: 'RejectedEventPage' });
