import type { DataSource } from 'typeorm';
import type { Clock } from '../../kernel/clock.js';
import { inTransaction } from '../../platform/database/db.js';
import type { Log } from '../../platform/logging.js';
import { settle, type Settlement } from './store/settlements.store.js';
import type { SendJournal } from './journal.js';

const BATCH = 200;
const GATHER_MS = 25;
const RETRY_MS = 1_000;

/**
 * Writes ends of claims to the database in batches. What could not be written stays in memory and is tried again for as
 * long as the process lives; after that the journal tells.
 */
export class SettlementWriter {
  private waiting: Settlement[] = [];
  private running: Promise<void> | null = null;
  private closing = false;
  /** Ends the gathering early. */
  private hurry: (() => void) | null = null;

  /** @param announced called after a commit that people's segments may depend on */
  constructor(private readonly db: DataSource, private readonly journal: SendJournal, private readonly clock: Clock, private readonly log: Log, private readonly announced: () => void) {}

  add(settlement: Settlement): void {
    this.waiting.push(settlement);
    this.running ??= this.run().finally(() => { this.running = null; });
  }

  /** From now on a database that does not answer is not waited for: the journal tells the next start. */
  closeSoon(): void {
    this.closing = true;
  }

  /** Resolves when everything added so far is committed. */
  async finish(): Promise<void> {
    while (this.running) {
      this.hurry?.();
      await this.running;
    }
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      if (this.waiting.length < BATCH) await this.gather();
      const batch = this.waiting.splice(0, BATCH);
      for (let written = false; !written; ) written = await this.write(batch);
    }
  }

  private async gather(): Promise<void> {
    await Promise.race([pause(GATHER_MS), new Promise<void>((done) => { this.hurry = done; })]);
    this.hurry = null;
  }

  private async write(batch: Settlement[]): Promise<boolean> {
    try {
      const settled = await inTransaction(this.db, (tx) => settle(tx, this.journal.worker, batch, this.clock.now()));
      if (settled.announced) this.announced();
      if (settled.ids.length < batch.length) this.log.warn({ refused: batch.length - settled.ids.length }, 'ends of deliveries came after their claim had passed to somebody else');
      this.journal.settled(batch);
      return true;
    } catch (error) {
      this.log.warn({ err: error, count: batch.length }, 'the database does not take the ends of deliveries; trying again');
      if (this.closing) return true;
      await pause(RETRY_MS);
      return false;
    }
  }
}

const pause = (milliseconds: number) => new Promise<void>((done) => { setTimeout(done, milliseconds); });
