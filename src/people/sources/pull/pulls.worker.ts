import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { AppError } from '../../../kernel/errors.js';
import { keyOf, newId } from '../../../kernel/ids.js';
import { inTransaction, type Db } from '../../../platform/database/db.js';
import { WorkerRunner } from '../../../platform/jobs/runner.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import type { Log } from '../../../platform/logging.js';
import { LOG } from '../../../platform/tokens.js';
import { storable, type JsonValue } from '../../domain/json.js';
import { fetchCsv } from './fetch-csv.js';
import { addressOf, claimPull, fileRows, holdPull, keepRun, nextPull, settlePull, type Pull, type PullState } from './pulls.store.js';
import { Reach } from './reach.js';
import { readPostgres } from './read-postgres.js';

/** Rows of one batch: filed and, of a database, their cursor moved in one transaction. */
const BATCH = 500;
const LEASE_MS = 10 * 60_000;
const MINUTE_MS = 60_000;

interface Look { state: PullState; rows: object[]; cursor: string | null; etag: string | null; modified: string | null; more: boolean }

/**
 * Asks CSV files and databases what is new. A row becomes a body of the source, read by `people.sources` with its mapping. Killed at any moment, what was filed is filed with its cursor,
 * and the rest is asked for again when the lease is over.
 */
@Injectable()
export class PullsWorker extends Worker {
  readonly name = 'people.pulls';

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly reach: Reach, private readonly runner: WorkerRunner, @Inject(LOG) private readonly log: Log) {
    super();
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    const next = await nextPull(this.db);
    if (next === null || next > now) return { done: 0, next };
    const leaseUntil = new Date(now.getTime() + LEASE_MS);
    const pull = await claimPull(this.db, leaseUntil, now);
    if (!pull) return { done: 0, next: null };
    await this.pull(pull, leaseUntil, now);
    this.runner.wake('people.sources');
    return { done: 1 };
  }

  private async pull(pull: Pull, leaseUntil: Date, now: Date): Promise<void> {
    const ends = (more: boolean) => (more ? now : new Date(now.getTime() + pull.everyMinutes * MINUTE_MS));
    try {
      const { state, rows, cursor, etag, modified, more } = await this.look(pull);
      await inTransaction(this.db, async (tx) => {
        if (!(await holdPull(tx, pull.id, leaseUntil))) return;
        const count = await this.file(tx, pull, rows, now);
        await settlePull(tx, pull.id, { state, count, error: null, cursor, etag, modified, nextAt: ends(more), at: now });
        await keepRun(tx, pull.sourceId, { id: newId(), at: now, state, rows: count, error: null });
      });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.log.warn({ source: pull.sourceId, code: error.code }, 'a source could not be asked; it is asked again at its time');
      await inTransaction(this.db, async (tx) => {
        if (!(await holdPull(tx, pull.id, leaseUntil))) return;
        await settlePull(tx, pull.id, { state: 'failed', count: 0, error: error.message, cursor: pull.cursor, etag: pull.etag, modified: pull.modified, nextAt: ends(false), at: now });
        await keepRun(tx, pull.sourceId, { id: newId(), at: now, state: 'failed', rows: 0, error: error.message });
      });
    }
  }

  private async look(pull: Pull): Promise<Look> {
    const address = addressOf(this.db, pull);
    if (pull.kind === 'csv') {
      const answer = await fetchCsv(this.reach, address, pull);
      if (answer.kind === 'unchanged') return { state: 'unchanged', rows: [], cursor: null, etag: pull.etag, modified: pull.modified, more: false };
      return { state: 'ok', rows: answer.rows, cursor: null, etag: answer.etag, modified: answer.modified, more: false };
    }
    const { rows, cursor } = await readPostgres(this.reach, address, { query: pull.query!, cursorColumn: pull.cursorColumn!, cursor: pull.cursor, limit: BATCH });
    return { state: rows.length === 0 ? 'unchanged' : 'ok', rows, cursor, etag: null, modified: null, more: rows.length >= BATCH };
  }

  /** The same row again is one body, for the week that bodies are kept. */
  private async file(tx: Db, { sourceId, kind, cursor }: Pull, rows: readonly object[], now: Date): Promise<number> {
    let count = 0;
    for (let from = 0; from < rows.length; from += BATCH) {
      const part = rows.slice(from, from + BATCH).map((row) => { const body = storable(row as JsonValue) as object; return { id: newId(), dedupe: keyOf(JSON.stringify([kind, kind === 'postgres' ? cursor : null, body])), body }; });
      count += await fileRows(tx, sourceId, part, now);
    }
    return count;
  }
}
