import type { Problem } from '../../../kernel/errors.js';
import { exists, row, rows, type Db } from '../../../platform/database/db.js';
import type { ImportKind, ImportSettings } from '../domain/import-settings.js';

export type ImportState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

export interface ImportRun {
  id: string;
  kind: ImportKind;
  state: ImportState;
  options: ImportSettings;
  fileHash: string;
  bytesTotal: number;
  bytesDone: number;
  lineDone: number;
  rowsTotal: number;
  rowsCreated: number;
  rowsUpdated: number;
  rowsUnchanged: number;
  rowsRejected: number;
  problem: Problem | null;
  createdBy: string;
  createdAt: Date;
  finishedAt: Date | null;
}

export interface Rejection { rowNumber: number; line: number; code: string; message: string; field: string | null; raw: string }

/** What one batch added to an import. */
export interface BatchCounts { created: number; updated: number; unchanged: number; rejected: number }

const COLUMNS = `i.id, i.kind, i.state, i.options, i.file_hash as "fileHash", i.bytes_total::float8 as "bytesTotal", i.bytes_done::float8 as "bytesDone", i.line_done as "lineDone",
  i.rows_total as "rowsTotal", i.rows_created as "rowsCreated", i.rows_updated as "rowsUpdated", i.rows_unchanged as "rowsUnchanged", i.rows_rejected as "rowsRejected",
  i.problem, i.created_by as "createdBy", i.created_at as "createdAt", i.finished_at as "finishedAt"`;

export type NewImport = Pick<ImportRun, 'id' | 'kind' | 'options' | 'fileHash' | 'bytesTotal' | 'bytesDone' | 'lineDone' | 'createdBy' | 'createdAt'>;

export async function insertImport(db: Db, run: NewImport): Promise<void> {
  await rows(db, `
    insert into import_run (id, kind, state, options, file_hash, bytes_total, bytes_done, line_done, created_by, created_at)
    values ($1::uuid, $2, 'queued', $3::jsonb, $4, $5, $6, $7, $8, $9::timestamptz)`,
    [run.id, run.kind, JSON.stringify(run.options), run.fileHash, run.bytesTotal, run.bytesDone, run.lineDone, run.createdBy, run.createdAt]);
}

export const loadImport = (db: Db, id: string): Promise<ImportRun | null> => row<ImportRun>(db, `select ${COLUMNS} from import_run as i where i.id = $1::uuid`, [id]);

/** Newest first; `before` is the id of the last one of the page before (ids are in order of time). */
export const listImports = (db: Db, before: string | null, limit: number): Promise<ImportRun[]> =>
  rows<ImportRun>(db, `select ${COLUMNS} from import_run as i where $1::uuid is null or i.id < $1::uuid order by i.id desc limit $2`, [before, limit]);

/** Whether an import is open; another process may have it. */
export const hasOpenImport = (db: Db): Promise<boolean> => exists(db, `select from import_run as i where i.state in ('queued', 'running')`);

/**
 * Locks the oldest open import that nobody else has. The row lock is the lease: it ends with the transaction, and with the
 * connection when the process dies, so there is nothing to expire and nobody to fence off.
 */
export const lockNextImport = (tx: Db): Promise<ImportRun | null> =>
  row<ImportRun>(tx, `
    select ${COLUMNS} from import_run as i
     where i.state in ('queued', 'running') order by i.created_at, i.id limit 1 for no key update skip locked`);

/** Moves a locked import on, in the transaction of the rows it counts. */
export async function advanceImport(tx: Db, run: ImportRun, place: { bytes: number; lines: number }, counts: BatchCounts): Promise<void> {
  const moved = await rows(tx, `
    update import_run as i
       set state = 'running', bytes_done = $3, line_done = $4, rows_created = i.rows_created + $5, rows_updated = i.rows_updated + $6,
           rows_unchanged = i.rows_unchanged + $7, rows_rejected = i.rows_rejected + $8, rows_total = i.rows_total + $5 + $6 + $7 + $8
     where i.id = $1::uuid and i.state in ('queued', 'running') and i.bytes_done = $2
    returning i.id`, [run.id, run.bytesDone, place.bytes, place.lines, counts.created, counts.updated, counts.unchanged, counts.rejected]);
  if (moved.length !== 1) throw new Error(`import ${run.id} is not where its locked row said`);
}

/** Ends an open import; answers whether it was open. The keys it has seen are of no more use. */
export async function endImport(tx: Db, id: string, state: 'done' | 'failed' | 'cancelled', now: Date, problem: Problem | null = null): Promise<boolean> {
  const ended = await rows(tx, `
    update import_run as i set state = $2, finished_at = $3::timestamptz, problem = $4::jsonb
     where i.id = $1::uuid and i.state in ('queued', 'running') returning i.id`, [id, state, now, problem === null ? null : JSON.stringify(problem)]);
  if (ended.length === 1) await rows(tx, 'delete from import_key as k where k.import_id = $1::uuid', [id]);
  return ended.length === 1;
}

export interface SeenKey { key: string; rowNumber: number; line: number }

/** Claims the keys of a batch (each once) for one import; answers the ones an earlier row of the file already has. */
export async function claimKeys(tx: Db, importId: string, keys: readonly SeenKey[]): Promise<Map<string, SeenKey>> {
  if (keys.length === 0) return new Map();
  const known = await rows<SeenKey>(tx, `
    with wanted as (
      select w.key, w.row_number, w.line from unnest($2::uuid[], $3::int[], $4::int[]) as w (key, row_number, line)),
    claimed as (
      insert into import_key (import_id, key, row_number, line)
      select $1::uuid, w.key, w.row_number, w.line from wanted as w
      on conflict (import_id, key) do nothing)
    select k.key, k.row_number as "rowNumber", k.line
      from wanted as w join import_key as k on k.import_id = $1::uuid and k.key = w.key`,
    [importId, keys.map((one) => one.key), keys.map((one) => one.rowNumber), keys.map((one) => one.line)]);
  return new Map(known.map((one) => [one.key, one]));
}

export async function insertRejections(tx: Db, importId: string, rejections: readonly Rejection[]): Promise<void> {
  if (rejections.length === 0) return;
  await rows(tx, `
    insert into import_rejection (import_id, row_number, line, code, message, field, raw)
    select $1::uuid, r.row_number, r.line, r.code, r.message, r.field, r.raw
      from unnest($2::int[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[]) as r (row_number, line, code, message, field, raw)`,
    [importId, rejections.map((r) => r.rowNumber), rejections.map((r) => r.line), rejections.map((r) => r.code), rejections.map((r) => r.message), rejections.map((r) => r.field), rejections.map((r) => r.raw)]);
}

/** Rejected rows in file order, after the given row number. */
export const listRejections = (db: Db, importId: string, afterRow: number, limit: number): Promise<Rejection[]> =>
  rows<Rejection>(db, `
    select r.row_number as "rowNumber", r.line, r.code, r.message, r.field, r.raw from import_rejection as r
     where r.import_id = $1::uuid and r.row_number > $2 order by r.row_number limit $3`, [importId, afterRow, limit]);

export async function openImportIds(db: Db): Promise<Set<string>> {
  return new Set((await rows<{ id: string }>(db, `select i.id from import_run as i where i.state in ('queued', 'running')`)).map(({ id }) => id));
}
