import type { Readable } from 'node:stream';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError, conflict, notFound } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { actorName, AuditLog } from '../../platform/audit.js';
import { Config } from '../../platform/config.js';
import { inTransaction } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { decodeCursor, ID_KEY, pageOf, type Page, type PageQuery } from '../../platform/http/paging.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { unguardFormula } from '../../kernel/formula-guard.js';
import { headerProblems, resolveEvents, resolvePeople, type Column } from './domain/columns.js';
import type { EventsImportQuery, PeopleImportQuery } from './domain/import-options.js';
import { loadList } from '../lists/store/lists.store.js';
import { ImportFiles } from './import-files.js';
import { IMPORT_WORKER } from './import-worker-name.js';
import { normaliseFile, type NormalFile } from './normalise-file.js';
import { detectDelimiter, readBatch, type Place } from './read-batch.js';
import { receiveFile } from './receive-file.js';
import { endImport, insertImport, listImports, loadImport, openImportIds, type ImportRun } from './store/imports.store.js';

export type ImportRequest = ({ kind: 'people' } & PeopleImportQuery) | ({ kind: 'events' } & EventsImportQuery);

/** Rows at the head of a file from which the types of its columns are inferred. */
const SAMPLE_ROWS = 1_000;

/** Takes files in, and says how far their import is. The rows themselves are read by the `people.import` worker. */
@Injectable()
export class Imports implements OnApplicationBootstrap {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly files: ImportFiles,
    private readonly runner: WorkerRunner,
    private readonly audit: AuditLog,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.files.sweep(await openImportIds(this.db), this.clock.now());
  }

  /**
   * Stores the file, checks encoding and header, and queues the import. Everything that is wrong with the file as a whole
   * is told here, before any row is read; then nothing is kept.
   */
  async take(body: Readable, request: ImportRequest, actor: Actor | null): Promise<ImportRun> {
    if (request.kind === 'people' && request.list !== undefined && !(await loadList(this.db, request.list))) throw new AppError('list.not-found', `list: there is no list with id ${request.list}. GET /v1/lists shows which there are.`);
    const id = newId();
    const path = this.files.pathOf(id);
    const received = await receiveFile(body, path, this.config.IMPORT_MAX_BYTES);
    try {
      const file = await normaliseFile(path, request.encoding);
      const header = await readHeader(path, file, request);
      const zone = request.defaultTimeZone ?? (await loadWorkspace(this.db)).timeZone;
      const now = this.clock.now();
      const createdBy = actorName(actor ?? 'system');
      await inTransaction(this.db, async (tx) => {
        await insertImport(tx, {
          id, kind: request.kind, createdBy, createdAt: now, fileHash: received.sha256, bytesTotal: file.bytes, bytesDone: header.next.bytes, lineDone: header.next.lines,
          options: {
            fileName: request.fileName ?? null, encoding: file.encoding, delimiter: header.delimiter, columns: header.columns, dateFormat: request.dateFormat, timeZone: zone,
            zoneGiven: request.defaultTimeZone !== undefined, dryRun: request.dryRun,
            ...(request.kind === 'people' ? { tags: request.tags, listId: request.list ?? null, emptyAs: request.emptyAs, eventName: null } : { tags: [], listId: null, emptyAs: 'keep' as const, eventName: request.eventName ?? null }),
          },
        });
        await this.audit.record(tx, { actor: actor ?? 'system', action: 'import.create', subject: `import:${id}`, detail: { kind: request.kind, bytes: received.bytes, dryRun: request.dryRun } }, now);
      });
    } catch (error) {
      await this.files.remove(id);
      throw error;
    }
    this.runner.wake(IMPORT_WORKER);
    return this.read(id);
  }

  async read(id: string): Promise<ImportRun> {
    const found = await loadImport(this.db, id);
    if (!found) throw notFound('import', id);
    return found;
  }

  async list(query: PageQuery): Promise<Page<ImportRun>> {
    const [after = null] = decodeCursor(query.after, ID_KEY) ?? [];
    return pageOf(await listImports(this.db, after, query.limit + 1), query.limit, (last) => [last.id]);
  }

  /** Ends an import after the batch in progress (the update waits for its row lock); what is in stays and is counted. */
  async cancel(id: string, actor: Actor | null): Promise<ImportRun> {
    const now = this.clock.now();
    const ended = await inTransaction(this.db, async (tx) => {
      const open = await endImport(tx, id, 'cancelled', now);
      if (open) await this.audit.record(tx, { actor: actor ?? 'system', action: 'import.cancel', subject: `import:${id}` }, now);
      return open;
    });
    const run = await this.read(id);
    if (!ended) throw conflict('import.ended', `This import has already ended (${run.state}).`);
    await this.files.remove(id);
    return run;
  }
}

interface Header { delimiter: string; columns: Column[]; next: Place }

/** The header row and what its columns become. @throws AppError naming each fault of the header */
async function readHeader(path: string, file: NormalFile, request: ImportRequest): Promise<Header> {
  const start = { bytes: file.textAt, lines: 0 };
  const wanted = request.delimiter;
  // Quotes are the same whatever the delimiter, so the header can be cut out before its delimiter is known; but only with
  // the right one are its quotes known to be in place.
  const first = await readBatch(path, start, wanted === 'auto' ? ',' : wanted, 1);
  if (first.unclosed) throw new AppError('import.header', `Line ${first.unclosed.line}, column ${first.unclosed.column}: a quote opens in the header and is never closed.`);
  if (first.records.length === 0) throw new AppError('import.empty', 'The file has no header and no rows.');
  const delimiter = wanted === 'auto' ? detectDelimiter(first.records[0]!.text) : wanted;
  const { records: [record], next } = delimiter === ',' ? first : await readBatch(path, start, delimiter, 1);
  if (!record || record.fault || !record.cells) throw new AppError('import.header', `The header cannot be read. ${record?.fault?.message ?? ''}`);
  const headers = record.cells.map((cell) => unguardFormula(cell.trim()));
  const faults = headerProblems(headers);
  if (faults.length > 0) throw new AppError('import.header', `Line ${record.line}: ${faults[0]!.message}`, 'invalid', faults);
  const sample = await readBatch(path, next, delimiter, SAMPLE_ROWS);
  if (sample.records.length === 0 && !sample.unclosed) throw new AppError('import.no-rows', `The file has a header (line ${record.line}) and no rows.`);
  const cells = sample.records.flatMap((one) => (one.cells ? [one.cells] : []));
  const resolved = request.kind === 'people' ? resolvePeople(headers, cells, request) : resolveEvents(headers, cells, request);
  if (!resolved.ok) throw new AppError('import.columns', resolved.problems[0]!.message, 'invalid', resolved.problems);
  return { delimiter, columns: resolved.columns, next };
}
