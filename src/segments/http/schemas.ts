import { z } from 'zod';
import { Id, Name } from '../../contract/common.js';
import { SegmentNodeSchema } from '../../contract/segment.js';
import { PageQuery } from '../../platform/http/paging.js';

export const SegmentsQuery = PageQuery.extend({ q: z.string().trim().min(1).max(200).optional().meta({ description: 'Part of the name' }) });
export const NewSegment = z.strictObject({ name: Name, description: z.string().max(2_000).default(''), definition: SegmentNodeSchema }).meta({ id: 'NewSegment' });
export const SegmentPatch = z
  .strictObject({ revision: z.number().int().min(1), name: Name.optional(), description: z.string().max(2_000).optional(), definition: SegmentNodeSchema.optional() })
  .meta({ id: 'SegmentPatch' });
export const SegmentReplacement = z
  .strictObject({ revision: z.number().int().min(1), name: Name, description: z.string().max(2_000).default(''), definition: SegmentNodeSchema })
  .meta({ id: 'SegmentReplacement' });

export const Sentence = z.object({ en: z.string(), ko: z.string() });
export const SegmentView = z
  .object({
    id: Id,
    name: z.string(),
    description: z.string(),
    definition: z.unknown(),
    sentence: Sentence,
    revision: z.number().int(),
    /** `building` until the membership follows the definition shown; the one before stays live meanwhile. */
    state: z.enum(['building', 'live', 'failed', 'archived']),
    progress: z.object({ done: z.number().int(), total: z.number().int().nullable() }).nullable(),
    problem: z.string().nullable(),
    memberCount: z.number().int(),
    createdBy: z.string(),
    /** Who edited it last. */
    updatedBy: z.string(),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: 'Segment' });
export const SegmentList = z.object({ items: z.array(SegmentView), next: z.string().nullable() }).meta({ id: 'SegmentList' });
export const SegmentUses = z.object({ items: z.array(z.object({ kind: z.enum(['campaign', 'segment']), id: Id, name: z.string() })) }).meta({ id: 'SegmentUses' });
export const CancelView = z.object({ segment: SegmentView.nullable() }).meta({ id: 'SegmentBuildCancelled' });
export const OperatorList = z
  .object({
    items: z.array(z.object({ key: z.string(), group: z.string(), value: z.string(), missing: z.enum(['match', 'no_match']), relative: z.boolean(), label: Sentence })),
    builtInAttributes: z.array(z.string()),
  })
  .meta({ id: 'SegmentOperatorList' });
export const ArchivedView = z.object({ id: Id, state: z.literal('archived') }).meta({ id: 'SegmentArchived' });
