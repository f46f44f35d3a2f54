import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { inTransaction, type Db } from '../../../platform/database/db.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import type { Log } from '../../../platform/logging.js';
import { LOG } from '../../../platform/tokens.js';
import { Ingest } from '../../ingest.service.js';
import { readSourceBody, type ReadBody } from '../read-body.js';
import { anyWaiting, claimSourceDeliveries, settleSourceDelivery, type SourceDelivery } from '../store/source-deliveries.store.js';
import { loadSource, type Source } from '../store/sources.store.js';

const BATCH = 50;
const AGAIN_MS = 5_000;

/**
 * Makes people and events of what other systems sent. Killed between storing and settling, a body is read again: its messages
 * have the same ids then, and are known.
 */
@Injectable()
export class SourcesWorker extends Worker {
  readonly name = 'people.sources';

  constructor(private readonly db: DataSource, private readonly ingest: Ingest, private readonly clock: Clock, @Inject(LOG) private readonly log: Log) {
    super();
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    // One question without a transaction: most looks find nothing.
    if (!(await anyWaiting(this.db))) return { done: 0 };
    try {
      return { done: await inTransaction(this.db, async (tx) => {
        const found = await claimSourceDeliveries(tx, BATCH);
        const sources = new Map<string, Source | null>();
        for (const delivery of found) {
          if (!sources.has(delivery.sourceId)) sources.set(delivery.sourceId, await loadSource(tx, delivery.sourceId));
          await this.read(tx, sources.get(delivery.sourceId)!, delivery, now);
        }
        return found.length;
      }) };
    } catch (error) {
      this.log.warn({ err: error }, 'what other systems sent could not be read; it will be tried again');
      return { done: 0, next: new Date(now.getTime() + AGAIN_MS) };
    }
  }

  private async read(tx: Db, source: Source, delivery: SourceDelivery, now: Date): Promise<void> {
    const { accepted, rules, problems, handles } = await readSourceBody(tx, source.mapping, delivery).catch((error: unknown) => this.unreadable(delivery, error));
    // Committed on its own before the body is settled: lost in between, it is stored again under the same ids.
    const refused = accepted.length === 0 ? [] : await this.ingest.store({ accepted, rejected: [], receivedAt: delivery.receivedAt });
    const messages = accepted.length - refused.length;
    const all = [...problems, ...refused.map(({ message }) => ({ path: '', message }))];
    const state = messages > 0 ? 'taken' : rules.length === 0 ? 'ignored' : 'failed';
    await settleSourceDelivery(tx, delivery.id, { state, messages, rules, problems: all.slice(0, 20), handles, readAt: now });
  }

  /** A fault of ours in reading one body must not keep the others waiting; one of the database is tried again with all. */
  private unreadable({ id }: SourceDelivery, error: unknown): ReadBody {
    if ((error as { code?: unknown }).code !== undefined) throw error;
    this.log.error({ err: error, delivery: id }, 'a body of another system could not be read');
    return { accepted: [], rules: ['?'], problems: [{ path: '', message: 'could not be read' }], handles: [] };
  }
}
