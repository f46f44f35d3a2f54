import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { AuditLog } from '../../../platform/audit.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import type { Log } from '../../../platform/logging.js';
import { LOG } from '../../../platform/tokens.js';
import { KINDS } from '../domain/kinds.js';
import { Remover } from '../remover.js';
import { loadPolicy } from '../store/policy.store.js';

/** The worker that removes what is kept no longer. */
export const RETENTION = 'operations.retention';
const EVERY_MS = 10 * 60_000;

/** Removes, step by step, what the retention policy lets go. Housekeeping: it names no moment, and looks every ten minutes. */
@Injectable()
export class RetentionWorker extends Worker {
  readonly name = RETENTION;
  private lookAt = -Infinity;
  private readonly remover: Remover;

  constructor(private readonly db: DataSource, private readonly clock: Clock, audit: AuditLog, @Inject(LOG) private readonly log: Log) {
    super();
    this.remover = new Remover(db, audit);
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    if (now.getTime() < this.lookAt) return { done: 0 };
    const policy = await loadPolicy(this.db);
    for (const kind of KINDS) {
      const days = policy[kind];
      if (days === undefined) continue;
      try {
        if ((await this.remover.step(kind, days, now)).more) return { done: 1 };
      } catch (err) {
        // The others are not kept from going; this one is tried again in ten minutes.
        this.log.warn({ err, kind }, 'data that is kept no longer could not be removed');
      }
    }
    this.lookAt = now.getTime() + EVERY_MS;
    return { done: 0 };
  }
}
