import { z } from 'zod';
import { DateTime } from '../../../platform/http/date-time.js';

export const SigningKeyList = z.object({ items: z.array(z.object({ id: z.number().int(), createdAt: DateTime })) }).meta({ id: 'SigningKeyList' });

export const ScannerNetworkPage = z.object({ items: z.array(z.object({ network: z.string(), note: z.string(), addedAt: DateTime })), next: z.string().nullable() }).meta({ id: 'ScannerNetworkPage' });
/** At most 20,000 networks; prefixes of at least 8 (IPv4) or 16 (IPv6) bits. */
export const ScannerListRequest = z.strictObject({ list: z.string().max(2_000_000) }).meta({ id: 'ScannerListRequest' });
export const ScannerListOutcome = z.object({ added: z.number().int(), removed: z.number().int(), kept: z.number().int() }).meta({ id: 'ScannerListOutcome' });

const Instant = z.iso.datetime({ offset: true });
export const VerdictReviewRequest = z.strictObject({ from: Instant, until: Instant }).meta({ id: 'VerdictReviewRequest' });
export const VerdictReviewView = z.object({
  id: z.string(), from: DateTime, until: DateTime, state: z.enum(['waiting', 'done']),
  /** Everything before it has been examined. */
  reachedAt: DateTime,
  examined: z.number().int(), changed: z.number().int(), requestedAt: DateTime, finishedAt: DateTime.nullable(),
}).meta({ id: 'VerdictReview' });
export const VerdictReviewPage = z.object({ items: z.array(VerdictReviewView), next: z.string().nullable() }).meta({ id: 'VerdictReviewPage' });
