import { z } from 'zod';
import { Id, Instant } from '../../../contract/common.js';
import { DateTime } from '../../../platform/http/date-time.js';
import { PageQuery } from '../../../platform/http/paging.js';
import { INBOUND_STATES } from '../domain/ending.js';

export const ReturnsQuery = PageQuery.extend({ state: z.enum(INBOUND_STATES).optional(), source: z.string().max(50).optional() });

const notice = z.looseObject({ kind: z.string(), outcome: z.string(), deliveryId: Id.nullable(), recipient: z.string().nullable(), category: z.string().nullable(), status: z.string().nullable(), diagnostic: z.string() });
const report = z.object({
  id: Id,
  /** `mail`, or the provider whose webhook it was. */
  source: z.string(),
  contentType: z.string(), receivedAt: DateTime, state: z.enum(INBOUND_STATES),
  /** Why it stands where it stands, in a sentence. */
  detail: z.string(),
  detailKo: z.string().optional().meta({ description: 'The same in Korean, where it is a sentence of ours' }),
  attempts: z.number().int(), nextAt: DateTime.nullable(), settledAt: DateTime.nullable(), bytes: z.number().int(),
  envelope: z.object({ from: z.string(), to: z.array(z.string()) }).nullable(),
  /** What was read, with what became of it. */
  notices: z.array(notice),
});
export const ReturnPage = z.object({ items: z.array(report), next: z.string().nullable() }).meta({ id: 'ReturnPage' });
/** `raw` is the beginning of the report as text, at most 256 KB. */
export const ReturnDetail = report.extend({ raw: z.string() }).meta({ id: 'ReturnDetail' });

export const ReturnDecision = z.strictObject({
  as: z.enum(['hard', 'soft', 'ignore']),
  /** Needed when the report does not say which message it is about. */
  deliveryId: Id.optional(),
}).meta({ id: 'ReturnDecision' });

export const ReturnRatesQuery = z.object({ from: Instant, to: Instant, campaignId: Id.optional(), limit: z.coerce.number().int().min(1).max(1_000).default(200) });
export const ReturnRates = z.object({
  items: z.array(z.object({ campaignId: Id, domain: z.string(), sent: z.number().int(), hard: z.number().int(), soft: z.number().int(), block: z.number().int(), complaints: z.number().int() })),
}).meta({ id: 'ReturnRates' });

/** `filed` is false when the same mail was there already. */
export const FiledMail = z.object({ id: Id.nullable(), filed: z.boolean() }).meta({ id: 'FiledMail' });
