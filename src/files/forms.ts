import { z } from 'zod';
import { readDraft } from '../contract/campaign-draft.js';
import { CampaignType } from '../contract/campaign-draft.js';
import { Name } from '../contract/common.js';
import { ListInput } from '../contract/lists.js';
import { SegmentNodeSchema, type SegmentNode } from '../contract/segment.js';
import { NewSnippet } from '../delivery/content/http/snippet-schemas.js';
import { TopicRequest } from '../delivery/preferences/http/schemas.js';
import { HoldoutDefinition, LabelsForm, SettingsForm, type Label } from './workspace-forms.js';
import { FILE_KEY, type FileKind } from './domain/kinds.js';

const Key = z.string().regex(FILE_KEY, 'must be 1 to 64 small letters, digits, "_", "." or "-"');

/** As far as it is written, with the defaults of a whole one. What no draft may say is refused; what is missing is not. */
const Draft = z.looseObject({ type: CampaignType }).transform((draft, context) => {
  const { definition, faults } = readDraft(draft);
  for (const { path, message } of faults) context.addIssue({ code: 'custom', path, message });
  return (definition ?? draft) as { type: z.infer<typeof CampaignType> };
});

/** What there is one of is called by its kind alone. */
const SINGLE = { labels: { key: 'labels', name: '' }, settings: { key: 'settings', name: '' } };

export const Forms = {
  topic: TopicRequest,
  list: z.strictObject({ key: Key, ...ListInput.shape }),
  snippet: NewSnippet,
  segment: z.strictObject({ key: Key, name: Name, description: z.string().max(2_000).default(''), definition: SegmentNodeSchema }),
  labels: LabelsForm.transform((said) => ({ ...SINGLE.labels, ...said })),
  settings: SettingsForm.transform((said) => ({ ...SINGLE.settings, ...said })),
  holdout: z.strictObject({ key: Key, name: Name, definition: HoldoutDefinition }),
  campaign: z.strictObject({ key: Key, name: Name, published: z.boolean().default(false), definition: Draft }),
} satisfies Record<FileKind, z.ZodType>;

export interface Contents {
  topic: z.infer<typeof TopicRequest>;
  list: { key: string; name: string; description: string };
  snippet: z.infer<typeof NewSnippet>;
  segment: { key: string; name: string; description: string; definition: SegmentNode };
  labels: { key: string; name: string; labels: Label[] };
  settings: { key: string; name: string } & SettingsForm;
  holdout: { key: string; name: string; definition: HoldoutDefinition };
  campaign: { key: string; name: string; published: boolean; definition: { type: z.infer<typeof CampaignType> } };
}
export type Content<K extends FileKind = FileKind> = { [T in FileKind]: Contents[T] }[K];
