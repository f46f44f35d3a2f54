import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { AppError } from '../../../kernel/errors.js';
import { isDatabaseAway } from '../../../platform/database/away.js';
import { inTransaction, rows, type Db } from '../../../platform/database/db.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import type { Log } from '../../../platform/logging.js';
import { LOG } from '../../../platform/tokens.js';
import { failSimulation, finishSimulation, giveBack, hasWork, noteProgress, purgeSimulations, takeSimulation, type TakenRow } from '../store/simulations.store.js';
import { runSimulation } from '../run-simulation.js';
import { LANES } from '../simulator.js';

/** Longer than any page takes: a process that did not tell of itself for so long is dead. */
const LEASE_MS = 10 * 60_000;
const MOST_TRIES = 3;
const STATEMENT_MS = 180_000;
const PURGE_EVERY_MS = 3_600_000;
const KEPT_DAYS = 90;
const KEPT_OF_A_CAMPAIGN = 20;

/** Thrown to leave the middle of a run. */
class LeftOff extends Error {
  constructor(readonly because: 'stopping' | 'not ours') { super(because); }
}

/**
 * Runs simulations one at a time, on connections of its own and in reading transactions: the database itself refuses everything
 * that would be a side effect. One that was killed is done again from the beginning.
 */
@Injectable()
export class SimulationsWorker extends Worker {
  readonly name = 'campaigns.simulations';
  private reader: DataSource | null = null;
  private stopping = false;
  private purgedAt = -Infinity;

  constructor(private readonly db: DataSource, private readonly clock: Clock, @Inject(LOG) private readonly log: Log) {
    super();
  }

  override stop(): void {
    this.stopping = true;
  }

  override async drain(): Promise<void> {
    await this.reader?.destroy();
    this.reader = null;
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    if (this.stopping) return { done: 0 };
    if (!(await hasWork(this.db, now))) return { done: await this.purge(now) };
    const taken = await inTransaction(this.db, (tx) => takeSimulation(tx, this.lease(), now));
    if (!taken) return { done: 0 };
    await this.run(taken);
    return { done: this.stopping ? 0 : 1 };
  }

  private lease = (): Date => new Date(this.clock.now().getTime() + LEASE_MS);

  private async run(taken: TakenRow): Promise<void> {
    try {
      if (taken.tries > MOST_TRIES) throw new AppError('simulation.given-up', `The simulation was begun ${MOST_TRIES} times and did not come to its end. Choose a shorter period.`, 'unavailable');
      const found = await runSimulation(taken, (work) => this.read(work), async (done, total) => {
        if (this.stopping) throw new LeftOff('stopping');
        if (!(await noteProgress(this.db, taken, { done, total, leaseUntil: this.lease() }))) throw new LeftOff('not ours');
      });
      await inTransaction(this.db, (tx) => finishSimulation(tx, taken, found, this.clock.now()));
    } catch (error) {
      if (error instanceof LeftOff) {
        if (error.because === 'stopping') await giveBack(this.db, taken);
        return;
      }
      if (isDatabaseAway(error)) throw error;
      this.log.warn({ err: error, simulation: taken.id }, 'a simulation failed');
      await failSimulation(this.db, taken, problemOf(error), this.clock.now());
    }
  }

  /** One transaction that can write nothing, sees one moment of the data, and takes one process of the server. */
  private async read<T>(work: (db: Db) => Promise<T>): Promise<T> {
    this.reader ??= await new DataSource(Object.assign({}, this.db.options, { poolSize: LANES, migrations: [] })).initialize();
    return inTransaction(this.reader, async (tx) => {
      await rows(tx, 'set transaction isolation level repeatable read, read only');
      await rows(tx, `select set_config('statement_timeout', $1, true), set_config('max_parallel_workers_per_gather', '0', true), set_config('jit', 'off', true)`, [String(STATEMENT_MS)]);
      return work(tx);
    });
  }

  private async purge(now: Date): Promise<number> {
    if (now.getTime() - this.purgedAt < PURGE_EVERY_MS) return 0;
    this.purgedAt = now.getTime();
    return purgeSimulations(this.db, new Date(now.getTime() - KEPT_DAYS * 86_400_000), KEPT_OF_A_CAMPAIGN);
  }
}

function problemOf(error: unknown): { code: string; message: string } {
  if (error instanceof AppError) return { code: error.code, message: error.message };
  if ((error as { code?: unknown }).code === '57014') return { code: 'simulation.too-slow', message: `One question took longer than ${STATEMENT_MS / 1_000} seconds. Choose a shorter period, or simpler conditions.` };
  return { code: 'simulation.failed', message: 'The simulation failed by a fault of Danbi; the log says which.' };
}
