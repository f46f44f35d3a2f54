import { z } from 'zod';
import { Id } from './common.js';

const MOST_FILES = 2_000;
const LONGEST_FILE = 2_000_000;
const Text = z.object({ en: z.string(), ko: z.string() });
const Kind = z.enum(['topic', 'list', 'snippet', 'segment', 'campaign']);

const File = z.strictObject({ path: z.string().min(1).max(500).meta({ description: 'Named in what is said of it' }), content: z.string().max(LONGEST_FILE).meta({ description: 'YAML; several documents with `---` between them are several files' }) }).meta({ id: 'DefinitionFile' });
export const FileList = z.object({ files: z.array(File) }).meta({ id: 'DefinitionFiles' });
export const FileQuery = z.strictObject({ kind: z.enum(['segment', 'campaign']).optional(), id: Id.optional().meta({ description: 'Only the file of this one; with `kind`' }) });

const request = {
  files: z.array(File).min(1).max(MOST_FILES),
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

const plan = {
  digest: z.string(),
  valid: z.boolean().meta({ description: 'Nothing with severity error was found' }),
  changes: z.number().int().meta({ description: 'How many things applying would create, update or publish' }),
  items: z.array(Item), findings: z.array(Finding),
};
export const FilesPlan = z.object(plan).meta({ id: 'FilesPlan' });
export type FilesPlan = z.infer<typeof FilesPlan>;
export const FilesApplied = z.object({
  ...plan,
  published: z.array(z.object({ key: z.string(), version: z.number().int().nullable(), refused: z.object({ code: z.string(), message: z.string(), messageKo: z.string().optional() }).nullable() })).meta({ description: 'What became of each that was to be published' }),
}).meta({ id: 'FilesApplied' });
export type FilesApplied = z.infer<typeof FilesApplied>;
