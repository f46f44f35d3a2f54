import { Inject, Injectable, Optional } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { inTransaction } from '../../../platform/database/db.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import type { Log } from '../../../platform/logging.js';
import { LOG } from '../../../platform/tokens.js';
import { CAMPAIGN_BRAKE, NO_BRAKE, type CampaignBrake } from '../campaign-brake.js';
import { overBudget } from '../domain/error-budget.js';
import type { ErrorBudget } from '../domain/sending-settings.js';
import { hasEnds, judgedOf } from '../store/error-budget.store.js';
import { loadSendingSettings } from '../store/sending-settings.store.js';

const EVERY_MS = 10_000;
/** Ends are looked for so far back: a transaction may commit after a look that was later than its moment. */
const OVERLAP_MS = 60_000;

/** Pauses campaigns whose newest messages bounce, are blocked or reported more than the error budget allows (5-email.md, section 7.6). */
@Injectable()
export class ErrorBudgetWorker extends Worker {
  readonly name = 'delivery.error_budget';
  private readonly brake: CampaignBrake;
  private lookedAt: Date | null = null;
  /** What the last judgement of all was made by. */
  private judgedBy = '';

  constructor(private readonly db: DataSource, private readonly clock: Clock, @Inject(LOG) private readonly log: Log, @Optional() @Inject(CAMPAIGN_BRAKE) brake?: CampaignBrake) {
    super();
    this.brake = brake ?? NO_BRAKE;
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    const last = this.lookedAt;
    if (last && Math.abs(now.getTime() - last.getTime()) < EVERY_MS) return { done: 0 };
    const { errorBudget } = await loadSendingSettings(this.db);
    const running = errorBudget.enabled ? await this.brake.running(this.db) : [];
    const by = JSON.stringify([errorBudget, running]);
    const asBefore = last !== null && last <= now && by === this.judgedBy && !(await hasEnds(this.db, running.map(({ campaignId }) => campaignId), new Date(last.getTime() - OVERLAP_MS)));
    if (!asBefore) await this.judge(running, errorBudget, now);
    this.judgedBy = by;
    this.lookedAt = now;
    return { done: 0 };
  }

  private async judge(running: readonly { campaignId: string; since: Date }[], errorBudget: ErrorBudget, now: Date): Promise<void> {
    for (const { campaignId, since } of running) {
      const why = overBudget(await judgedOf(this.db, campaignId, { since, window: errorBudget.window }), errorBudget, now);
      if (!why) continue;
      const paused = await inTransaction(this.db, (tx) => this.brake.pause(tx, campaignId, why, now));
      if (paused) this.log.error({ campaign: campaignId, measure: why.measure, percent: why.percent, limit: why.limit }, 'a campaign was paused: its messages go wrong more often than allowed');
    }
  }
}
