import { z } from 'zod';
import { EmailContent, InAppContent } from '../../../contract/message.js';
import { ProblemView } from './schemas.js';

export const MergeTagsQuery = z.object({ event: z.string().min(1).max(200).optional().meta({ description: 'The event that lets people in; its properties are then listed' }) });
export type MergeTagsQuery = z.infer<typeof MergeTagsQuery>;

const Tag = z.object({
  tag: z.string(), path: z.string(), types: z.array(z.string()),
  /** Share of those looked at who have it, from 0 to 1. */
  share: z.number().nullable(),
});
const said = { en: z.string(), ko: z.string() };
export const MergeTagsView = z.object({
  people: z.object({ looked: z.number().int(), isExact: z.boolean().meta({ description: 'Everybody was looked at, not a sample' }), tags: z.array(Tag) }),
  event: z.object({ name: z.string(), looked: z.number().int(), tags: z.array(Tag) }).nullable(),
  builtIn: z.array(z.object({ tag: z.string(), path: z.string(), ...said })),
  helpers: z.array(z.object({ name: z.string(), signature: z.string(), example: z.string(), shows: z.object(said), ...said })),
}).meta({ id: 'MergeTags' });

export const TagsRequest = z.discriminatedUnion('channel', [
  z.strictObject({ channel: z.literal('email'), content: EmailContent }),
  z.strictObject({ channel: z.literal('in_app'), content: InAppContent }),
]).meta({ id: 'TagsRequest' });
export type TagsRequest = z.infer<typeof TagsRequest>;
export const TagsUsedView = z.object({
  tags: z.array(z.object({ path: z.string(), places: z.array(z.string()), required: z.boolean() })),
  helpers: z.array(z.string()), snippets: z.array(z.string()), problems: z.array(ProblemView),
}).meta({ id: 'TagsUsed' });
