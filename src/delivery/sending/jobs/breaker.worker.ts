import { Inject, Injectable, Optional } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { AuditLog } from '../../../platform/audit.js';
import { inTransaction } from '../../../platform/database/db.js';
import { WorkerRunner } from '../../../platform/jobs/runner.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import type { Log } from '../../../platform/logging.js';
import { LOG } from '../../../platform/tokens.js';
import { loadWorkspace } from '../../../platform/workspace.js';
import { CAMPAIGN_BRAKE, NO_BRAKE, type CampaignBrake } from '../campaign-brake.js';
import { breakerReason, closesAt, timesInARow, type BreakerReason } from '../domain/breaker.js';
import { safetyOf } from '../domain/safety-settings.js';
import { lockBreaker, readBreaker, saveBreaker } from '../store/breaker.store.js';
import { SENDERS } from '../store/deliveries.store.js';
import { hasEnds, judgedOfAll } from '../store/error-budget.store.js';

const EVERY_MS = 10_000;
/** Ends are looked for so far back: a transaction may commit after a look that was later than its moment. */
const OVERLAP_MS = 60_000;
/** Older messages say nothing about now. */
const LOOKS_BACK_MS = 24 * 3_600_000;

/**
 * Opens the breaker of the workspace when the messages of all campaigns together go wrong, and closes one that opened by itself when its
 * time has come: what is sent from then on is judged anew, and it stays open twice as long the next time.
 */
@Injectable()
export class BreakerWorker extends Worker {
  readonly name = 'delivery.breaker';
  private readonly brake: CampaignBrake;
  private lookedAt: Date | null = null;

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner, private readonly audit: AuditLog, @Inject(LOG) private readonly log: Log, @Optional() @Inject(CAMPAIGN_BRAKE) brake?: CampaignBrake) {
    super();
    this.brake = brake ?? NO_BRAKE;
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    const breaker = await readBreaker(this.db);
    if (breaker?.state === 'open') {
      if (breaker.closesAt === null || breaker.closesAt > now) return { done: 0, next: breaker.closesAt };
      return { done: (await this.lookAgain(now)) ? 1 : 0 };
    }
    const last = this.lookedAt;
    if (last && Math.abs(now.getTime() - last.getTime()) < EVERY_MS) return { done: 0 };
    const reason = await this.judge(breaker?.at ?? null, now);
    this.lookedAt = now;
    return { done: reason && (await this.open(reason, now)) ? 1 : 0 };
  }

  private async judge(closedAt: Date | null, now: Date): Promise<BreakerReason | null> {
    const { breaker: limits } = safetyOf(await loadWorkspace(this.db));
    if (!limits.on) return null;
    const ids = (await this.brake.sending(this.db)).map(({ campaignId }) => campaignId);
    const last = this.lookedAt;
    if (ids.length === 0 || (last && !(await hasEnds(this.db, ids, new Date(last.getTime() - OVERLAP_MS))))) return null;
    const since = new Date(Math.max(closedAt?.getTime() ?? 0, now.getTime() - LOOKS_BACK_MS));
    return breakerReason(await judgedOfAll(this.db, ids, { since, window: limits.window }), limits, now);
  }

  private open(reason: BreakerReason, now: Date): Promise<boolean> {
    return inTransaction(this.db, async (tx) => {
      const breaker = await lockBreaker(tx, now);
      if (breaker.state === 'open') return false;
      const openedTimes = timesInARow(breaker, now);
      const { breaker: limits } = safetyOf(await loadWorkspace(tx));
      const until = closesAt(now, limits, openedTimes);
      await saveBreaker(tx, { state: 'open', reason, by: 'system', at: now, closesAt: until, openedTimes });
      await this.audit.record(tx, { actor: 'system', action: 'breaker.open', subject: 'workspace', detail: { ...reason, closesAt: until.toISOString() } }, now);
      this.log.error({ measure: reason.measure, percent: reason.percent, limit: reason.limit }, 'the breaker of the workspace opened: everything but transactional campaigns is held');
      return true;
    });
  }

  private async lookAgain(now: Date): Promise<boolean> {
    const closed = await inTransaction(this.db, async (tx) => {
      const breaker = await lockBreaker(tx, now);
      if (breaker.state !== 'open' || breaker.closesAt === null || breaker.closesAt > now) return false;
      await saveBreaker(tx, { ...breaker, state: 'closed', by: 'system', at: now, closesAt: null });
      await this.audit.record(tx, { actor: 'system', action: 'breaker.close', subject: 'workspace', detail: { because: 'recheck' } }, now);
      return true;
    });
    if (closed) for (const worker of SENDERS) this.runner.wake(worker);
    return closed;
  }
}
