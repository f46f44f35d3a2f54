import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import type { Log } from '../../../platform/logging.js';
import { LOG } from '../../../platform/tokens.js';
import { HookSurroundings, runBatch } from '../hook-batch.js';
import { forgetAttempts } from '../store/attempts.store.js';
import { expireBehindDisabled, nextRelease, releaseExpired, waitingEndpoints } from '../store/hook-queue.store.js';

/** Endpoints served at once; a slow one keeps nobody else waiting. */
const ENDPOINTS_AT_ONCE = 20;
/** How long a round waits for something under way before it looks around again. */
const LOOK_MS = 200;
const TIDY_EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;
const KEEP_ATTEMPTS_DAYS = 30;
/** As long as the schedule of retries. */
const GIVE_UP_DAYS = 3;
const TIDY_BATCH = 10_000;

/** Sends webhooks and chat notices, endpoint by endpoint. */
@Injectable()
export class HooksWorker extends Worker {
  readonly name = 'delivery.hooks';
  private readonly busy = new Map<string, Promise<void>>();
  private taken = 0;
  private failure: unknown = null;
  private tidiedAt: Date | null = null;
  private stopping = false;

  constructor(private readonly outside: HookSurroundings, @Inject(LOG) private readonly log: Log) {
    super();
  }

  async runOnce(): Promise<Round> {
    if (this.stopping) return { done: 0 };
    const now = this.outside.clock.now();
    const release = await nextRelease(this.outside.db);
    const tidied = await this.tidy(now, release);
    const next = await this.begin(now, release);
    if (this.busy.size > 0) await Promise.race([...this.busy.values(), sleep(LOOK_MS)]);
    this.throwFailure();
    const done = this.taken + tidied + this.busy.size;
    this.taken = 0;
    return done > 0 ? { done } : { done, next };
  }

  override stop(): void {
    this.stopping = true;
  }

  override async drain(): Promise<void> {
    await Promise.all(this.busy.values());
  }

  /** Begins a batch for every endpoint that has something due. @returns when to look again, of those that have not */
  private async begin(now: Date, release: Date | null): Promise<Date | null> {
    const later: Date[] = release ? [release] : [];
    for (const { id, readyAt } of await waitingEndpoints(this.outside.db)) {
      if (this.busy.has(id)) continue;
      const dueAt = readyAt !== null && readyAt > now ? readyAt : await this.outside.queue.next('webhook', id);
      if (dueAt === null) continue;
      if (dueAt > now) later.push(dueAt);
      else if (this.busy.size < ENDPOINTS_AT_ONCE) this.busy.set(id, this.serve(id));
    }
    return later.toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null;
  }

  private async serve(endpointId: string): Promise<void> {
    try {
      this.taken += await runBatch(this.outside, endpointId);
    } catch (error) {
      this.failure = error;
    } finally {
      this.busy.delete(endpointId);
    }
  }

  /** A round reports what a batch met, so that the runner pauses and says so. */
  private throwFailure(): void {
    const { failure } = this;
    this.failure = null;
    if (failure !== null) throw failure;
  }

  private async tidy(now: Date, release: Date | null): Promise<number> {
    const released = release !== null && release < now ? await releaseExpired(this.outside.db, now) : 0;
    if (released > 0) this.log.warn({ released }, 'claims of a stopped sender of webhooks ran out');
    if (this.tidiedAt !== null && now.getTime() - this.tidiedAt.getTime() < TIDY_EVERY_MS) return released;
    const expired = await expireBehindDisabled(this.outside.db, new Date(now.getTime() - GIVE_UP_DAYS * DAY_MS), now);
    const forgotten = await forgetAttempts(this.outside.db, new Date(now.getTime() - KEEP_ATTEMPTS_DAYS * DAY_MS), TIDY_BATCH);
    if (forgotten < TIDY_BATCH) this.tidiedAt = now;
    return released + expired + forgotten;
  }
}
