import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { NEWS } from '../../people/store/news.store.js';
import { inTransaction } from '../../platform/database/db.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { Worker, type Round } from '../../platform/jobs/worker.js';
import { loadWorkspace } from '../../platform/workspace.js';
import type { Log } from '../../platform/logging.js';
import { LOG } from '../../platform/tokens.js';
import { CampaignFailed, leavingOut } from '../engine/isolation.js';
import { settleBatch } from '../engine/settle.js';
import { hasSettled } from '../store/settled.store.js';

const BATCH = 200;

/** So often in a row a campaign may fail a batch before the batch goes on without it. */
const ATTEMPTS = 3;

/**
 * Works off what segments settled: who enters, whose run ends, who has waited enough. A campaign that keeps failing loses
 * the news of the batches it fails, with a warning for each, so that the others get theirs.
 */
@Injectable()
export class EntryWorker extends Worker {
  readonly name = 'campaigns.entry';
  /** Failures in a row, by campaign. */
  private readonly failures = new Map<string, number>();

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner, @Inject(LOG) private readonly log: Log) {
    super();
  }

  async runOnce(): Promise<Round> {
    if (!(await hasSettled(this.db))) return { done: 0 };
    const moment = { now: this.clock.now(), zone: (await loadWorkspace(this.db)).timeZone };
    const suspects = new Set([...this.failures].filter(([, count]) => count >= ATTEMPTS).map(([id]) => id));
    const leftOut = new Map<string, unknown>();
    try {
      const done = await inTransaction(this.db, (tx) => settleBatch(tx, BATCH, moment, leavingOut(suspects, (id, error) => leftOut.set(id, error))));
      // A campaign that failed too often is run apart from then on, until the process ends: sound again, it notices nothing.
      if (done > 0) for (const id of this.failures.keys()) if (!suspects.has(id)) this.failures.delete(id);
      for (const [campaign, err] of leftOut) this.log.warn({ err, campaign }, 'a campaign keeps failing; the news of this batch goes on without it');
      if (done > 0) for (const name of ['campaigns.advance', NEWS]) this.runner.wake(name);
      return { done };
    } catch (error) {
      if (error instanceof CampaignFailed) this.failures.set(error.campaignId, (this.failures.get(error.campaignId) ?? 0) + 1);
      throw error;
    }
  }
}
