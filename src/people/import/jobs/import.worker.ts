import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { AppError, type Problem } from '../../../kernel/errors.js';
import { inTransaction } from '../../../platform/database/db.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import type { Log } from '../../../platform/logging.js';
import { LOG } from '../../../platform/tokens.js';
import { inPeopleTransaction } from '../../people-writer.js';
import { storeBatch } from '../import-batch.js';
import { ImportFiles } from '../import-files.js';
import { IMPORT_WORKER } from '../import-worker-name.js';
import { readBatch, type Batch } from '../read-batch.js';
import { advanceImport, endImport, hasOpenImport, lockNextImport, type ImportRun } from '../store/imports.store.js';

/** Rows of one transaction: long enough to be fast, short enough that others wait little for the people in it. */
const BATCH_ROWS = 2_000;

interface Step { run: ImportRun; done: number; ended: boolean }

/**
 * Reads imported files, one batch of rows a transaction. The place in the file moves on in the same transaction as the rows,
 * under a lock on the import's row: a process killed at any moment leaves an import that the next one continues exactly
 * there, with nothing twice and nothing left out.
 */
@Injectable()
export class ImportWorker extends Worker {
  readonly name = IMPORT_WORKER;

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly files: ImportFiles, @Inject(LOG) private readonly log: Log) {
    super();
  }

  async runOnce(): Promise<Round> {
    if (!(await hasOpenImport(this.db))) return { done: 0 };
    let current: ImportRun | null = null;
    try {
      const step = await inPeopleTransaction(this.db, async (tx) => {
        current = await lockNextImport(tx);
        return current && this.advance(tx, current);
      });
      if (step?.ended) await this.files.remove(step.run.id);
      return { done: step ? Math.max(step.done, 1) : 0 };
    } catch (error) {
      if (current === null || mayPass(error)) throw error;
      await this.fail(current, error);
      return { done: 1 };
    }
  }

  private async advance(tx: EntityManager, run: ImportRun): Promise<Step> {
    const now = this.clock.now();
    if (!(await this.files.exists(run.id))) {
      await endImport(tx, run.id, 'failed', now, { path: 'file', code: 'file-missing', message: `The uploaded file is not in the data folder of this process. ${storedSoFar(run)}` });
      return { run, done: 0, ended: true };
    }
    const batch = await readBatch(this.files.pathOf(run.id), { bytes: run.bytesDone, lines: run.lineDone }, run.options.delimiter, BATCH_ROWS);
    const counts = await storeBatch(tx, run, batch.records, now);
    await advanceImport(tx, run, batch.ended && !batch.unclosed ? { ...batch.next, bytes: run.bytesTotal } : batch.next, counts);
    if (batch.ended) {
      const stored = run.rowsCreated + run.rowsUpdated + run.rowsUnchanged + counts.created + counts.updated + counts.unchanged;
      const problem = unclosedProblem(batch, stored);
      await endImport(tx, run.id, problem ? 'failed' : 'done', now, problem);
    }
    return { run, done: batch.records.length, ended: batch.ended };
  }

  /** A batch that can never succeed must not be tried for ever; its rows were rolled back. */
  private async fail(run: ImportRun, error: unknown): Promise<void> {
    this.log.error({ err: error, import: run.id, line: run.lineDone + 1 }, 'an import failed');
    const problem = { path: `line ${run.lineDone + 1}`, code: 'failed', message: `Something failed on our side in the rows after line ${run.lineDone}. ${storedSoFar(run)}` };
    await inTransaction(this.db, (tx) => endImport(tx, run.id, 'failed', this.clock.now(), problem));
    await this.files.remove(run.id);
  }
}

const storedSoFar = (run: ImportRun) => `The ${run.rowsTotal} rows before are done (${run.rowsCreated + run.rowsUpdated + run.rowsUnchanged} stored), nothing after them is.`;

function unclosedProblem({ unclosed }: Batch, stored: number): Problem | null {
  if (!unclosed) return null;
  const path = `line ${unclosed.line}, column ${unclosed.column}`;
  return { path, code: 'unclosed-quote', message: `L${path.slice(1)}: a quote opens here and is never closed, so nothing from this line on can be read. ${stored} rows before it are stored, nothing after it is.` };
}

/** Lost races and a database that is away: the same batch will do later. */
function mayPass(error: unknown): boolean {
  if (error instanceof AppError) return error.kind === 'unavailable';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^(08|40|53|55P03|57|58|E[A-Z]{3,}$)/.test(code) && code !== 'ENOENT';
}
