import { z } from 'zod';
import { Id, Name } from '../../../contract/common.js';
import { LanguageTag } from '../../../contract/message.js';
import { DateTime } from '../../../platform/http/date-time.js';
import { SNIPPET_KEY } from '../snippets.js';

export const SnippetKey = z.string().regex(SNIPPET_KEY, 'must be 1 to 60 small letters, digits or "-"');
const Text = z.string().min(1).max(65_536);

const change = {
  name: Name,
  /** `text` may stand in every field and is escaped in bodies; `body` is MJML or HTML for bodies only. */
  kind: z.enum(['text', 'body']),
  language: LanguageTag,
  content: Text,
  translations: z.record(LanguageTag, Text).refine((all) => Object.keys(all).length <= 20, 'must not be more than 20 languages').default({}),
};
const ownLanguageOnce = ({ language, translations }: { language: string; translations: Record<string, string> }) => !(language in translations);
const twice = { path: ['translations'], message: 'has the language of the content itself' };

export const NewSnippet = z.strictObject({ key: SnippetKey, ...change }).refine(ownLanguageOnce, twice).meta({ id: 'NewSnippet' });
export type NewSnippet = z.infer<typeof NewSnippet>;
export const SnippetChange = z.strictObject({ revision: z.number().int().min(1), ...change }).refine(ownLanguageOnce, twice).meta({ id: 'SnippetChange' });
export type SnippetChange = z.infer<typeof SnippetChange>;

export const SnippetView = z.object({
  key: z.string(), name: z.string(), kind: z.enum(['text', 'body']), language: z.string(), content: z.string(), translations: z.record(z.string(), z.string()),
  revision: z.number().int(), createdBy: z.string(), createdAt: DateTime, updatedAt: DateTime,
}).meta({ id: 'Snippet' });
export const SnippetPage = z.object({ items: z.array(SnippetView), next: z.string().nullable() }).meta({ id: 'SnippetPage' });
export const SnippetUsesView = z.object({ drafts: z.array(z.object({ id: Id, name: z.string(), state: z.string() })), snippets: z.array(z.string()) }).meta({ id: 'SnippetUses' });
