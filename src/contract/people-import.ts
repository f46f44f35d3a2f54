import { z } from 'zod';
import { Id } from './common.js';

const Count = z.number().int();

/** A file of people or events being read in, or already read. */
export const ImportView = z
  .object({
    id: Id,
    kind: z.enum(['people', 'events']),
    state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
    fileName: z.string().nullable(),
    encoding: z.string(),
    delimiter: z.string(),
    /** Reads and checks everything and writes nothing. */
    dryRun: z.boolean(),
    /** What becomes of each column. */
    columns: z.array(z.object({ header: z.string(), role: z.string(), key: z.string(), type: z.string(), declared: z.boolean() })),
    /** Bytes of the file as UTF-8, and how many of them are read. */
    bytes: z.object({ total: Count, done: Count }),
    /** `total` = created + updated + unchanged + rejected, always. */
    rows: z.object({ total: Count, created: Count, updated: Count, unchanged: Count, rejected: Count }),
    /** Why the import ended early, and where. */
    problem: z.object({ path: z.string(), code: z.string(), message: z.string() }).nullable(),
    createdBy: z.string(),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Import' });
export type ImportView = z.infer<typeof ImportView>;

export const ImportPage = z.object({ items: z.array(ImportView), next: z.string().nullable() }).meta({ id: 'ImportPage' });
