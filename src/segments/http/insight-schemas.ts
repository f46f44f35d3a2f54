import { z } from 'zod';
import { Id, Instant, Zone } from '../../contract/common.js';
import { PersonHandle } from '../../contract/people.js';
import { LEAF_TYPES } from '../../contract/segment-conditions.js';
import { SegmentNodeSchema } from '../../contract/segment.js';
import { BUCKET_SIZES } from '../../kernel/local-time.js';
import { Sentence } from './schemas.js';

export const PreviewRequest = z.strictObject({ definition: SegmentNodeSchema }).meta({ id: 'SegmentPreviewRequest' });
export const ExplainQuery = z.strictObject({ personId: PersonHandle, at: Instant.optional() });
export const OverlapQuery = z.strictObject({
  ids: z.string().max(400).transform((text) => text.split(',')).pipe(z.array(Id).min(2, 'must name two to five segments').max(5, 'must name two to five segments').refine((ids) => new Set(ids).size === ids.length, 'must not name a segment twice'))
    .describe('Two to five ids of live segments, with commas between them'),
});
export const GrowthQuery = z.strictObject({
  from: Instant.optional().describe('30 days before `to` when left out'),
  to: Instant.optional().describe('Now when left out'),
  every: z.enum(BUCKET_SIZES).default('day'),
  timeZone: Zone.optional().describe('Whose days; the zone of the workspace when left out'),
});

export const FieldsQuery = z.strictObject({ event: z.string().min(1).max(200).optional().describe('List the properties of the newest events of this name instead of attributes') });
export const FieldsView = z
  .object({ looked: z.number().int(), fields: z.array(z.object({ key: z.string(), types: z.array(z.string()), having: z.number().int(), samples: z.array(z.string()) })), tags: z.array(z.string()) })
  .meta({ id: 'SegmentFields', description: '`having` of `looked` have the field; of very many people a random sample is looked at, of events the newest thousand. Tags come with attributes only.' });

const count = z.number().int();
const PersonLine = z.object({ id: Id, externalId: z.string().nullable(), kind: z.string(), email: z.string().nullable(), name: z.string().nullable() }).meta({ id: 'SegmentPerson' });
export const MemberList = z.object({ items: z.array(PersonLine), next: z.string().nullable() }).meta({ id: 'SegmentMemberList' });

const checked = {
  valid: z.boolean(),
  problems: z.array(z.object({ path: z.string(), code: z.string(), message: z.string(), messageKo: z.string().optional() })),
  sentence: Sentence.nullable(),
};
export const PreviewView = z.object({ ...checked, count: count.nullable(), sample: z.array(PersonLine) }).meta({ id: 'SegmentPreview' });
export const EstimateView = z
  .object({ ...checked, exact: z.boolean().nullable(), count: count.nullable(), low: count.nullable(), high: count.nullable(), sampled: count.nullable(), total: count.nullable() })
  .meta({ id: 'SegmentEstimate', description: 'All numbers are null when the definition has faults. Unless `exact`, `low` and `high` hold the true number 19 times in 20; `total` is then about how many people there are.' });

const Node: z.ZodType = z
  .lazy(() => z.object({
    path: z.string(),
    type: z.enum(['all', 'any', 'not', 'segment', ...LEAF_TYPES]),
    truth: z.boolean(),
    sentence: Sentence.describe('The condition as a clause: what stands after “People where”, and before “고객”'),
    compared: z.unknown().optional(),
    segment: z.object({ id: Id, name: z.string() }).optional(),
    nextChangeAt: z.string().nullable(),
    of: z.array(Node).optional(),
  }))
  .meta({ id: 'ExplainedNode' });
export const ExplainView = z
  .object({ personId: Id, at: z.string(), basis: z.enum(['recorded', 'now', 'expected']), recordedSince: z.string(), root: Node, lookedUntil: z.string().nullable() })
  .meta({ id: 'SegmentExplanation', description: '`recorded`: a past moment, by what was known then. `expected`: a coming moment, by what is known now. `lookedUntil`: a node whose `nextChangeAt` is null does not change up to this moment, and was not looked at beyond; null: it never changes by time alone.' });

export const OverlapView = z
  .object({
    any: count, all: count,
    segments: z.array(z.object({ id: Id, name: z.string(), members: count, only: count })),
    pairs: z.array(z.object({ ids: z.array(Id), both: count })),
  })
  .meta({ id: 'SegmentOverlap' });

const ByCause = z.object({ change: count, clock: count, build: count, merge: count, erase: count }).meta({ id: 'FlipsByCause' });
export const GrowthView = z
  .object({
    from: z.date(), to: z.date(), every: z.enum(BUCKET_SIZES), timeZone: z.string(), members: count,
    buckets: z.array(z.object({ from: z.date(), to: z.date(), entered: ByCause, left: ByCause, members: count })),
  })
  .meta({ id: 'SegmentGrowth', description: 'Each bucket is [from, to) with the members at its end; `members` is the number now.' });
export const PersonSegmentList = z.object({ items: z.array(z.object({ id: Id, name: z.string(), since: z.date() })), next: z.string().nullable() }).meta({ id: 'PersonSegmentList' });
