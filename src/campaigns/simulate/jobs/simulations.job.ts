import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { AppError } from '../../../kernel/errors.js';
import { isDatabaseAway } from '../../../platform/database/away.js';
import { inTransaction } from '../../../platform/database/db.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import type { Log } from '../../../platform/logging.js';
import { LOG } from '../../../platform/tokens.js';
import { failSimulation, finishSimulation, giveBack, hasWork, keepLease, noteProgress, purgeSimulations, takeSimulation, type TakenRow } from '../store/simulations.store.js';
import { SimulationThread } from '../simulation-thread.js';
import { STATEMENT_MS } from '../statement-time.js';

/** A process that did not tell of itself for so long is dead, and another one begins the simulation anew; who was not dead after all can write nothing more (`tries`). */
export const LEASE_MS = 60_000;
/** How often it tells, however long a page takes: the thread keeps nobody waiting here. */
const BEAT_MS = 15_000;
/** Most memory of what the thread keeps, in MB. */
export const HEAP_MB = 768;
const MOST_TRIES = 3;
const PURGE_EVERY_MS = 3_600_000;
const KEPT_DAYS = 90;
const KEPT_OF_A_CAMPAIGN = 20;

/**
 * Runs simulations one at a time, in a thread of its own (`thread.ts`) and in reading transactions: the database itself refuses everything
 * that would be a side effect. What is kept of them is written here. One that was killed is done again from the beginning.
 */
@Injectable()
export class SimulationsWorker extends Worker {
  readonly name = 'campaigns.simulations';
  heapMb = HEAP_MB;
  private readonly thread: SimulationThread;
  private stopping = false;
  private purgedAt = -Infinity;

  constructor(private readonly db: DataSource, private readonly clock: Clock, @Inject(LOG) private readonly log: Log) {
    super();
    this.thread = new SimulationThread((db.options as { url: string }).url);
  }

  override stop(): void {
    this.stopping = true;
  }

  override async drain(): Promise<void> {
    await this.thread.end();
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    if (this.stopping) return { done: 0 };
    if (!(await hasWork(this.db, now))) {
      await this.thread.end();
      return { done: await this.purge(now) };
    }
    const taken = await inTransaction(this.db, (tx) => takeSimulation(tx, this.lease(), now));
    if (!taken) return { done: 0 };
    await this.run(taken);
    return { done: this.stopping ? 0 : 1 };
  }

  private lease = (): Date => new Date(this.clock.now().getTime() + LEASE_MS);

  private async run(taken: TakenRow): Promise<void> {
    try {
      if (taken.tries > MOST_TRIES) throw new AppError('simulation.given-up', `The simulation was begun ${MOST_TRIES} times and did not come to its end. Choose a shorter period.`, 'unavailable');
      const found = await this.alive(taken, () => this.thread.run(taken, this.heapMb, async (done, total) => !this.stopping && (await noteProgress(this.db, taken, { done, total, leaseUntil: this.lease() }))));
      // Left off: because it was cancelled or taken for dead, or because this process stops and another one shall do it.
      if (found) await inTransaction(this.db, (tx) => finishSimulation(tx, taken, found, this.clock.now()));
      else if (this.stopping) await giveBack(this.db, taken);
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      this.log.warn({ err: error, simulation: taken.id }, 'a simulation failed');
      await failSimulation(this.db, taken, problemOf(error), this.clock.now());
    }
  }

  /** Holds the lease for as long as the work takes. A beat that fails is made up for by the next one, or somebody else begins anew. */
  private async alive<T>(taken: TakenRow, work: () => Promise<T>): Promise<T> {
    const beat = setInterval(() => void keepLease(this.db, taken, this.lease()).catch((error: unknown) => this.log.warn({ err: error, simulation: taken.id }, 'a simulation could not tell that it goes on')), BEAT_MS);
    try {
      return await work();
    } finally {
      clearInterval(beat);
    }
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
