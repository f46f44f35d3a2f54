import { z } from 'zod';
import { Id, Name } from '../../../contract/common.js';
import { DateTime } from '../../../platform/http/date-time.js';
import { PageQuery } from '../../../platform/http/paging.js';

/** Headers that belong to HTTP itself or to the signature. */
const OWN = /^(host|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy-.*|user-agent|accept|webhook-.*|cookie)$/;
const Headers = z
  .record(z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_|~-]{1,100}$/, 'must be the name of a header'), z.string().max(1_000).regex(/^[\x20-\x7e]*$/, 'must be printable ASCII'))
  .transform((headers) => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])))
  .superRefine((headers, context) => {
    if (Object.keys(headers).length > 10) context.addIssue({ code: 'custom', message: 'may have 10 headers at most' });
    for (const name of Object.keys(headers)) if (OWN.test(name)) context.addIssue({ code: 'custom', path: [name], message: `"${name}" is set by Danbi` });
  });

const Url = z.string().min(1).max(2_000);
export const EndpointRequest = z.strictObject({
  /** `standard`: signed by the Standard Webhooks specification. */
  kind: z.enum(['standard', 'jandi', 'slack']).default('standard'),
  name: Name,
  description: z.string().max(1_000).default(''),
  url: Url,
  /** Sent with every POST; their values are never shown again. */
  headers: Headers.default({}),
}).meta({ id: 'WebhookEndpointRequest' });

export const EndpointChange = z.strictObject({ name: Name.optional(), description: z.string().max(1_000).optional(), url: Url.optional(), headers: Headers.optional(), enabled: z.boolean().optional() })
  .refine((change) => Object.keys(change).length > 0, 'must change something').meta({ id: 'WebhookEndpointChange' });

export const EndpointView = z.object({
  id: Id, kind: z.enum(['standard', 'jandi', 'slack']), name: z.string(), description: z.string(),
  /** Of a chat only origin and end: whoever knows it can write there. */
  url: z.string(),
  headerNames: z.array(z.string()), enabled: z.boolean(),
  /** `gone`: it answered 410; `failing`: events it subscribed to did not get through for five days. */
  disabledBecause: z.enum(['operator', 'gone', 'failing']).nullable(),
  secretLost: z.boolean().optional().meta({ description: 'Its address or headers can not be opened: enter them again. Nothing is sent there meanwhile' }),
  circuit: z.object({ state: z.enum(['closed', 'open', 'half_open']), failures: z.number().int(), openUntil: DateTime.nullable() }),
  pausedUntil: DateTime.nullable(), waiting: z.number().int(), dead: z.number().int(),
  secrets: z.array(z.object({ hint: z.string(), createdAt: DateTime, expiresAt: DateTime.nullable() })), createdAt: DateTime, updatedAt: DateTime,
}).meta({ id: 'WebhookEndpoint' });
export const EndpointList = z.object({ items: z.array(EndpointView), next: z.string().nullable() }).meta({ id: 'WebhookEndpointList' });
/** `secret` is shown this once. */
export const EndpointWithSecret = z.object({ endpoint: EndpointView, secret: z.string().nullable() }).meta({ id: 'WebhookEndpointWithSecret' });

/** Hours the old secret goes on signing beside the new one; 0 when it has leaked. */
export const RotateRequest = z.strictObject({ overlapHours: z.number().int().min(0).max(720).default(24) }).default({ overlapHours: 24 }).meta({ id: 'WebhookRotateRequest' });
export const TestView = z.object({
  webhookId: Id, outcome: z.enum(['answer', 'network', 'refused']), ok: z.boolean(), status: z.number().int().nullable(), error: z.string().nullable(), response: z.string(), durationMs: z.number().int(), body: z.string(),
}).meta({ id: 'WebhookTest' });

const Last = z.object({ at: DateTime, status: z.number().int().nullable(), error: z.string().nullable(), response: z.string() });
const HookDelivery = z.object({
  id: Id, personId: Id, campaignId: Id, stepId: z.string(), state: z.string(), reason: z.string().nullable(), detail: z.string().nullable(), attempts: z.number().int(),
  queuedAt: DateTime, dueAt: DateTime, sentAt: DateTime.nullable(), settledAt: DateTime.nullable(), last: Last.nullable(),
}).meta({ id: 'WebhookDelivery' });
export const HookDeliveryList = z.object({ items: z.array(HookDelivery), next: z.string().nullable() }).meta({ id: 'WebhookDeliveryList' });

export const AttemptQuery = PageQuery.extend({ deliveryId: Id.optional() });
const Attempt = z.object({
  id: Id, endpointId: Id, deliveryId: Id.nullable(), at: DateTime, attempt: z.number().int(), fate: z.enum(['delivered', 'retry', 'dead', 'uncertain', 'test']),
  status: z.number().int().nullable(), error: z.string().nullable(), response: z.string(), durationMs: z.number().int(), nextAt: DateTime.nullable(),
}).meta({ id: 'WebhookAttempt' });
export const AttemptList = z.object({ items: z.array(Attempt), next: z.string().nullable() }).meta({ id: 'WebhookAttemptList' });

/** The number of dead letters one has seen, as a confirmation. */
export const RedeliverRequest = z.strictObject({ expected: z.number().int().min(1) }).meta({ id: 'WebhookRedeliverRequest' });
export const Redelivered = z.object({ redelivered: z.number().int() }).meta({ id: 'WebhookRedelivered' });
