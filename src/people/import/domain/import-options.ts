import { z } from 'zod';
import { Id, Zone } from '../../../contract/common.js';
import { CELL_TYPES, DATE_FORMATS } from './cell-types.js';
import { ENCODINGS } from './encodings.js';

const DELIMITERS = { comma: ',', semicolon: ';', tab: '\t', pipe: '|', ',': ',', ';': ';', '\t': '\t', '|': '|' } as const;
/** Other names that people and tools use for the encodings we read. */
const ALIASES: Record<string, string> = { utf8: 'utf-8', 'utf-16': 'utf-16le', utf16le: 'utf-16le', utf16be: 'utf-16be', 'euc-kr': 'cp949', euckr: 'cp949', 'ks_c_5601-1987': 'cp949', uhc: 'cp949', ms949: 'cp949', 'windows-949': 'cp949', cp1252: 'windows-1252', latin1: 'windows-1252', 'iso-8859-1': 'windows-1252' };

const Flag = z.enum(['true', 'false', '1', '0', '']).transform((value) => value === 'true' || value === '1' || value === '').default(false);

/** Where a column goes: an attribute key, `{to, type}`, or null to leave the column out. */
const Target = z.union([
  z.null(),
  z.string().min(1).max(200).transform((to) => ({ to, type: undefined })),
  z.strictObject({ to: z.string().min(1).max(200).optional(), type: z.enum(CELL_TYPES).optional() }),
]);

/** Column headers and what becomes of them, as JSON in one query parameter. */
const Mapping = z
  .string()
  .max(100_000)
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'must be JSON, for example {"Plan":"plan","Seats":{"to":"seats","type":"number"},"Note":null}' });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string(), Target));
export type Mapping = z.infer<typeof Mapping>;

const Shared = {
  delimiter: z.string().transform((value, context) => {
    if (value === 'auto') return 'auto' as const;
    const found = (DELIMITERS as Record<string, string>)[value];
    if (found !== undefined) return found;
    context.addIssue({ code: 'custom', message: 'must be auto, comma, semicolon, tab or pipe' });
    return z.NEVER;
  }).default('auto'),
  encoding: z.string().toLowerCase().transform((value) => ALIASES[value] ?? value).pipe(z.enum(['auto', ...ENCODINGS])).default('auto'),
  dateFormat: z.enum(DATE_FORMATS).default('iso'),
  defaultTimeZone: Zone.optional(),
  dryRun: Flag,
  fileName: z.string().max(300).optional(),
};

/** Query of `POST /v1/imports/people`. */
export const PeopleImportQuery = z.strictObject({
  ...Shared,
  /** Header of the column that holds the external id; looked for under its usual names when absent. */
  key: z.string().min(1).max(200).optional(),
  mapping: Mapping.optional(),
  /** Tags for every person of the file, separated by commas. */
  tags: z.string().max(2_000).transform((text) => text.split(',').map((tag) => tag.trim()).filter((tag) => tag !== '')).pipe(z.array(z.string().max(100)).max(50)).default([]),
  /** Id of a list to put every person of the file on. */
  list: Id.optional(),
  /** What an empty cell says: nothing (`keep`), or that the attribute is gone (`null`). */
  emptyAs: z.enum(['keep', 'null']).default('keep'),
});
export type PeopleImportQuery = z.infer<typeof PeopleImportQuery>;

/** Query of `POST /v1/imports/events`. */
export const EventsImportQuery = z.strictObject({
  ...Shared,
  /** Headers of the columns, looked for under their usual names when absent. */
  key: z.string().min(1).max(200).optional(),
  event: z.string().min(1).max(200).optional(),
  timestamp: z.string().min(1).max(200).optional(),
  messageId: z.string().min(1).max(200).optional(),
  /** Event name of every row, for files without an event column. */
  eventName: z.string().min(1).max(200).optional(),
  mapping: Mapping.optional(),
});
export type EventsImportQuery = z.infer<typeof EventsImportQuery>;
