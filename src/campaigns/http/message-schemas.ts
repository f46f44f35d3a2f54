import { z } from 'zod';
import { Id, Key } from '../../contract/common.js';
import { PreviewAnswer, readerShape } from '../../delivery/content/http/schemas.js';
import { DateTime } from '../../platform/http/date-time.js';

export const CampaignPreviewRequest = z.strictObject({ ...readerShape, stepId: Key.optional().meta({ description: 'Only this message' }), variant: Key.optional() }).meta({ id: 'CampaignPreviewRequest' });
export type CampaignPreviewRequest = z.infer<typeof CampaignPreviewRequest>;
export const CampaignPreviewAnswer = z.object({ items: z.array(PreviewAnswer.extend({ stepId: z.string(), variant: z.string(), channel: z.string() })) }).meta({ id: 'CampaignPreview' });

export const CoverageRequest = z.strictObject({ subjectLength: z.number().int().min(20).max(200).default(70).meta({ description: 'Subjects with more characters, as they are seen, are told' }) }).default({ subjectLength: 70 }).meta({ id: 'CoverageRequest' });
const Group = z.object({
  id: z.string(), kind: z.enum(['missing_value', 'render_error', 'broken_link', 'missing_language', 'long_subject', 'large_body']),
  stepId: z.string(), variant: z.string(),
  /** Of the text; empty when the author names none or the message does not speak the person's. */
  language: z.string(),
  part: z.string(),
  /** The variable, the fault, the language. */
  subject: z.string(),
  people: z.number().int(),
});
export const CoverageView = z.object({
  id: Id, campaignId: Id, revision: z.number().int(), state: z.enum(['running', 'done', 'cancelled']),
  scanned: z.number().int(), total: z.number().int(), people: z.number().int().meta({ description: 'Those looked through whom the campaign means' }),
  createdAt: DateTime, updatedAt: DateTime, groups: z.array(Group),
}).meta({ id: 'Coverage' });
export const CoverageGroupId = z.string().regex(/^\d{1,18}$/, 'must be the id of a group');
export const CoveragePeople = z.object({ items: z.array(z.object({ id: Id, externalId: z.string().nullable(), email: z.string().nullable() })), next: z.string().nullable() }).meta({ id: 'CoveragePeople' });
