import { z } from 'zod';
import { Id, Instant, Name } from '../../contract/common.js';
import { PersonHandle } from '../../contract/people.js';
import { SegmentNodeSchema } from '../../contract/segment.js';

export const NewSegment = z.strictObject({ name: Name, description: z.string().max(2_000).default(''), definition: SegmentNodeSchema }).meta({ id: 'NewSegment' });
export const SegmentPatch = z
  .strictObject({ revision: z.number().int().min(1), name: Name.optional(), description: z.string().max(2_000).optional(), definition: SegmentNodeSchema.optional() })
  .meta({ id: 'SegmentPatch' });
export const SegmentReplacement = z
  .strictObject({ revision: z.number().int().min(1), name: Name, description: z.string().max(2_000).default(''), definition: SegmentNodeSchema })
  .meta({ id: 'SegmentReplacement' });
export const PreviewRequest = z.strictObject({ definition: SegmentNodeSchema }).meta({ id: 'SegmentPreviewRequest' });
export const ExplainQuery = z.object({ personId: PersonHandle, at: Instant.optional() });

const Sentence = z.object({ en: z.string(), ko: z.string() });
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
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: 'Segment' });
export const SegmentList = z.object({ items: z.array(SegmentView), next: z.string().nullable() }).meta({ id: 'SegmentList' });
const PersonLine = z.object({ id: Id, externalId: z.string().nullable(), kind: z.string(), email: z.string().nullable(), name: z.string().nullable() }).meta({ id: 'SegmentPerson' });
export const MemberList = z.object({ items: z.array(PersonLine), next: z.string().nullable() }).meta({ id: 'SegmentMemberList' });
export const PreviewView = z
  .object({
    valid: z.boolean(),
    problems: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })),
    sentence: Sentence.nullable(),
    count: z.number().int().nullable(),
    sample: z.array(PersonLine),
  })
  .meta({ id: 'SegmentPreview' });
const Node: z.ZodType = z
  .lazy(() => z.object({
    path: z.string(),
    type: z.enum(['all', 'any', 'not', 'segment', 'attribute', 'event', 'tag', 'list']),
    truth: z.boolean(),
    compared: z.unknown().optional(),
    segment: z.object({ id: Id, name: z.string() }).optional(),
    nextChangeAt: z.string().nullable(),
    of: z.array(Node).optional(),
  }))
  .meta({ id: 'ExplainedNode' });
export const ExplainView = z.object({ personId: Id, at: z.string(), root: Node }).meta({ id: 'SegmentExplanation' });
export const CancelView = z.object({ segment: SegmentView.nullable() }).meta({ id: 'SegmentBuildCancelled' });
export const OperatorList = z
  .object({
    items: z.array(z.object({ key: z.string(), group: z.string(), value: z.string(), missing: z.enum(['match', 'no_match']), relative: z.boolean(), label: Sentence })),
    builtInAttributes: z.array(z.string()),
  })
  .meta({ id: 'SegmentOperatorList' });
export const ArchivedView = z.object({ id: Id, state: z.literal('archived') }).meta({ id: 'SegmentArchived' });
