import { Inject, Injectable } from '@nestjs/common';
import { inTransaction } from '../../../platform/database/db.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import type { Log } from '../../../platform/logging.js';
import { LOG } from '../../../platform/tokens.js';
import { makeEvents } from '../make-events.js';
import { OutgoingSurroundings, runOutgoing } from '../outgoing-batch.js';
import { forgetOutgoing, giveUpOutgoing, waitingOutgoing } from '../store/outgoing.store.js';

const NOTES = 1_000;
const ENDPOINTS_AT_ONCE = 10;
const DAY_MS = 86_400_000;
const TIDY_EVERY_MS = 3_600_000;
const KEEP_DAYS = 30;
const GIVE_UP_DAYS = 3;
const TIDY_BATCH = 10_000;
const AGAIN_MS = 5_000;

/** Makes events of what became of messages, and posts them to who subscribed. */
@Injectable()
export class OutgoingWorker extends Worker {
  readonly name = 'delivery.outgoing';
  private tidiedAt: Date | null = null;

  constructor(private readonly outside: OutgoingSurroundings, @Inject(LOG) private readonly log: Log) {
    super();
  }

  async runOnce(): Promise<Round> {
    const { db, clock } = this.outside;
    const now = clock.now();
    const tidied = await this.tidy(now);
    const { notes, endpoints } = await waitingOutgoing(db);
    if (!notes && endpoints.length === 0) return { done: tidied };
    const made = notes ? await inTransaction(db, (tx) => makeEvents(tx, NOTES, now)) : 0;
    const due = endpoints.filter(({ dueAt }) => dueAt <= now).slice(0, ENDPOINTS_AT_ONCE);
    const later = endpoints.filter(({ dueAt }) => dueAt > now).map(({ dueAt }) => dueAt);
    const sent = await Promise.all(due.map(({ id }) => this.serve(id)));
    const done = made + tidied + sent.reduce((sum, one) => sum + one, 0);
    if (done > 0) return { done };
    // Somebody else holds the endpoint just now, or it could not be served.
    const held = due.length > 0 ? [new Date(now.getTime() + AGAIN_MS)] : [];
    return { done, next: [...later, ...held].toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null };
  }

  private async serve(endpointId: string): Promise<number> {
    try {
      return await runOutgoing(this.outside, endpointId);
    } catch (error) {
      this.log.warn({ err: error, endpoint: endpointId }, 'events could not be posted; they are tried again');
      return 0;
    }
  }

  private async tidy(now: Date): Promise<number> {
    if (this.tidiedAt !== null && now.getTime() - this.tidiedAt.getTime() < TIDY_EVERY_MS) return 0;
    this.tidiedAt = now;
    const given = await giveUpOutgoing(this.outside.db, new Date(now.getTime() - GIVE_UP_DAYS * DAY_MS), now);
    return given + await forgetOutgoing(this.outside.db, new Date(now.getTime() - KEEP_DAYS * DAY_MS), TIDY_BATCH);
  }
}
