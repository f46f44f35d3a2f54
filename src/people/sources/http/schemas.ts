import { z } from 'zod';
import { Name } from '../../../contract/common.js';
import { DateTime } from '../../../platform/http/date-time.js';
import { Mapping } from '../domain/mapping.js';
import { Proof, SOURCE_KINDS } from '../domain/proof.js';

const Secret = z.string().trim().min(8, 'must have at least 8 characters').max(300).regex(/^[\x21-\x7e]+$/, 'must be printable ASCII');
const MappingJson = Mapping.describe('How bodies become people and events: rules with JMESPath expressions over `body`, `topic`, `header` and `item`.').meta({ id: 'SourceMapping' });

export const SourceRequest = z.strictObject({
  kind: z.enum(SOURCE_KINDS), name: Name, proof: Proof.default({ kind: 'address' }).describe('Of kind json; shopify and stripe sign in their own way.'),
  mapping: MappingJson.optional().describe('Left out: what this kind of source begins with.'), secret: Secret.optional().describe('What bodies are signed with; never answered back.'),
}).meta({ id: 'SourceRequest' });
export const SourcePatch = z.strictObject({ revision: z.number().int().optional().describe('Of the source as it was read; refused when somebody else changed it since.'), name: Name.optional(), enabled: z.boolean().optional(), proof: Proof.optional(), mapping: MappingJson.optional() }).meta({ id: 'SourceChange' });
export const SecretRequest = z.strictObject({ secret: Secret }).meta({ id: 'SourceSecretRequest' });

export const SourceView = z.object({
  id: z.uuid(), kind: z.enum(SOURCE_KINDS), name: z.string(), enabled: z.boolean(), url: z.string().describe('Where the other system sends to.'),
  proof: Proof, mapping: Mapping, revision: z.number().int(),
  secrets: z.array(z.object({ id: z.uuid(), hint: z.string(), addedAt: DateTime, lost: z.boolean().optional().describe('It can not be opened any more: enter it again, and remove this one.') })).describe('Newest first; at most two are valid at once.'),
  asks: z.enum(['csv', 'postgres']).nullable().describe('What it is asked for on a schedule; see …/pull.'), asked: z.enum(['ok', 'unchanged', 'failed']).nullable().describe('How the last look went.'),
  createdAt: DateTime, lastAt: DateTime.nullable().describe('When something was last taken, to the minute.'),
  refusedCount: z.number().int(), lastRefusedAt: DateTime.nullable(), lastRefusedReason: z.enum(['no_secret', 'signature', 'timestamp', 'malformed']).nullable(),
}).meta({ id: 'Source' });
export const SourceList = z.object({ items: z.array(SourceView), next: z.string().nullable() }).meta({ id: 'SourceList' });

export const DELIVERY_STATES = ['waiting', 'taken', 'ignored', 'failed'] as const;
const Problem = z.object({ path: z.string(), message: z.string(), messageKo: z.string().optional() });
const deliveryFields = {
  id: z.uuid(), sourceId: z.uuid(), topic: z.string(), receivedAt: DateTime, state: z.enum(DELIVERY_STATES).describe('ignored: no rule fits; failed: a rule fits and nothing could be made.'),
  messages: z.number().int().describe('How many changes of people and events were made of it.'), rules: z.array(z.string()), problems: z.array(Problem), readAt: DateTime.nullable(),
};
export const SourceDeliveryList = z.object({ items: z.array(z.object(deliveryFields).meta({ id: 'SourceDeliveryLine' })), next: z.string().nullable() }).meta({ id: 'SourceDeliveryList' });
export const SourceDeliveryView = z.object({ ...deliveryFields, headers: z.record(z.string(), z.string()), body: z.unknown() }).meta({ id: 'SourceDelivery' });

export const TrialRequest = z.strictObject({ mapping: MappingJson.optional(), topic: z.string().max(200).default('').describe('Left out: what the body or the headers say.'), headers: z.record(z.string().max(100), z.string().max(500)).default({}), body: z.unknown() }).meta({ id: 'SourceTrialRequest' });
export const TrialView = z.object({
  messages: z.array(z.object({ type: z.string(), userId: z.string().nullable(), anonymousId: z.string().nullable(), name: z.string(), occurredAt: DateTime, properties: z.unknown(), traits: z.record(z.string(), z.unknown()) })),
  rules: z.array(z.string()), problems: z.array(Problem),
}).meta({ id: 'SourceTrial' });
export const TakenView = z.object({ success: z.literal(true), new: z.boolean().describe('False when this was here already.') }).meta({ id: 'SourceTaken' });
