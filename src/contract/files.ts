import { z } from 'zod';
import { Id } from './common.js';

const MOST_FILES = 2_000;
const LONGEST_FILE = 2_000_000;
const Text = z.object({ en: z.string(), ko: z.string() });
const Kind = z.enum(['topic', 'list', 'snippet', 'segment', 'labels', 'settings', 'campaign', 'holdout']);

const File = z.strictObject({ path: z.string().min(1).max(500).meta({ description: 'Named in what is said of it' }), content: z.string().max(LONGEST_FILE).meta({ description: 'YAML; several documents with `---` between them are several files' }) }).meta({ id: 'DefinitionFile' });
export const FileList = z.object({ files: z.array(File) }).meta({ id: 'DefinitionFiles' });
export const FileQuery = z.strictObject({ kind: z.enum(['segment', 'campaign']).optional(), id: Id.optional().meta({ description: 'Only the file of this one; with `kind`' }) });

const request = {
  files: z.array(File).min(1).max(MOST_FILES),
  others: z.enum(['ignore', 'show', 'remove']).default('ignore').meta({ description: 'What to do about things here that no file is about. show: tell them, leave them. remove: delete, archive or end them where nothing uses them; the files are then everything' }),
  has: z.array(z.string().min(1).max(200)).max(MOST_FILES).optional().meta({ description: 'With `others`: files that are there and need not be sent because they say what is here, as `kind/key`' }),
  publish: z.boolean().default(false).meta({ description: 'Also publish what files call published, where it does not run as they say. A broadcast is never launched.' }),
};
export const PlanRequest = z.strictObject(request).meta({ id: 'FilesPlanRequest' });
export const ApplyRequest = z.strictObject({ ...request, digest: z.string().min(1).max(100).meta({ description: 'Of the plan that was looked at' }) }).meta({ id: 'FilesApplyRequest' });
export type PlanRequest = z.infer<typeof PlanRequest>;
export type ApplyRequest = z.infer<typeof ApplyRequest>;

const Item = z.object({
  kind: Kind, key: z.string(), name: z.string(), file: z.string(),
  action: z.enum(['create', 'update', 'unchanged', 'ended']).meta({ description: 'ended: the campaign here was stopped or archived, and is left alone' }),
  changes: z.array(Text).meta({ description: 'What an update changes' }),
  publishes: z.enum(['no', 'now', 'later']).meta({ description: 'now: applying publishes it. later: the file calls it published, and it does not run as it says; plan with `publish`' }),
  inFlight: z.object({ people: z.number().int(), sentences: z.array(Text) }).nullable().meta({ description: 'People on the way in earlier versions, who stay on theirs' }),
});
const Finding = z.object({ severity: z.enum(['error', 'warning']), file: z.string(), line: z.number().int(), column: z.number().int(), path: z.string(), code: z.string(), message: z.string(), messageKo: z.string().optional() });

const Other = z.object({
  kind: Kind, key: z.string(), name: z.string(),
  does: z.enum(['delete', 'archive', 'keep']).meta({ description: 'What `remove` does. archive: it has a history, which stays; a holdout ends. keep: it can not go, and `why` says so' }),
  why: Text.nullable(),
});
const plan = {
  digest: z.string(),
  valid: z.boolean().meta({ description: 'Nothing with severity error was found' }),
  changes: z.number().int().meta({ description: 'How many things applying would create, update, publish or remove' }),
  others: z.array(Other).meta({ description: 'With `others`: what is here and in no file' }),
  items: z.array(Item), findings: z.array(Finding),
};
export const FilesPlan = z.object(plan).meta({ id: 'FilesPlan' });
export type FilesPlan = z.infer<typeof FilesPlan>;
export const FilesApplied = z.object({
  ...plan,
  published: z.array(z.object({ key: z.string(), version: z.number().int().nullable(), refused: z.object({ code: z.string(), message: z.string(), messageKo: z.string().optional() }).nullable() })).meta({ description: 'What became of each that was to be published' }),
}).meta({ id: 'FilesApplied' });
export type FilesApplied = z.infer<typeof FilesApplied>;
