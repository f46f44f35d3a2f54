import { z } from 'zod';
import { CampaignDefinition } from './campaign.js';

/** The types of campaigns there are. */
export const CampaignType = z.enum(['series', 'broadcast', 'auto_message']);

/**
 * A definition as far as it is written. What is there is right; what is not there yet may be missing, null or empty, and is
 * said by {@link readDraft}. Only its type is certain.
 */
export const DraftDefinition = z.looseObject({ type: CampaignType }).superRefine((draft, context) => {
  for (const { path, message } of readDraft(draft).faults) context.addIssue({ code: 'custom', path, message });
}).meta({ id: 'CampaignDraft', description: 'A CampaignDefinition in which what is not written yet may be missing, null or empty' });
export type DraftDefinition = { type: z.infer<typeof CampaignType> } & Readonly<Record<string, unknown>>;

/** Something about a place of a draft. */
export interface Remark { path: PropertyKey[]; message: string }
export interface ReadDraft {
  /** With every default filled in; null while there is a gap or a fault. */
  definition: CampaignDefinition | null;
  /** What publishing still needs. */
  gaps: Remark[];
  /** What no draft may say: a value of the wrong kind, a name that means nothing. */
  faults: Remark[];
}

/** Reads a draft, and parts what is not written yet from what is wrong. */
export function readDraft(draft: unknown): ReadDraft {
  const read = CampaignDefinition.safeParse(draft, { reportInput: true });
  if (read.success) return { definition: read.data, gaps: [], faults: [] };
  const remarks = (wanted: boolean) => read.error.issues.filter((issue) => isGap(issue) === wanted).map(({ path, message }) => ({ path, message }));
  return { definition: null, gaps: remarks(true), faults: remarks(false) };
}

/** Missing, emptied, or (what our own rules say about a part as a whole) not complete in itself. */
function isGap(issue: z.core.$ZodIssue): boolean {
  if (issue.input === undefined || issue.input === null || issue.input === '') return true;
  switch (issue.code) {
    // A text of the wrong form may be half typed; one that is too long never becomes right.
    case 'custom': case 'invalid_format': return true;
    case 'too_small': return issue.origin === 'string' || issue.origin === 'array';
    case 'invalid_union': return issue.discriminator !== undefined ? (issue.input as Record<string, unknown>)[issue.discriminator] === undefined : issue.errors.some((branch) => branch.every((inner) => isGap(inner)));
    default: return false;
  }
}
