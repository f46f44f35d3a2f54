import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CAMPAIGN_BRAKE, type CampaignBrake } from '../../delivery/sending/campaign-brake.js';
import { safetyOf } from '../../delivery/sending/domain/safety-settings.js';
import { Clock } from '../../kernel/clock.js';
import { inTransaction } from '../../platform/database/db.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { Worker, type Round } from '../../platform/jobs/worker.js';
import type { Log } from '../../platform/logging.js';
import { LOG } from '../../platform/tokens.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { stepRamp, type RampStep } from '../engine/ramp.js';
import { runningRamps, type RunningRamp } from '../store/ramp.store.js';
import { eachApart } from './apart.js';

/** A ramp whose stage is under way, or whose wait lasts, is looked at this often. */
const EVERY_MS = 10_000;

/** Opens the stages of ramps, and halts those whose messages go wrong. */
@Injectable()
export class RampWorker extends Worker {
  readonly name = 'campaigns.ramps';
  private lookedAt = new Map<string, number>();

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner, @Inject(LOG) private readonly log: Log, @Inject(CAMPAIGN_BRAKE) private readonly brake: CampaignBrake) {
    super();
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    const ramps = await runningRamps(this.db);
    this.lookedAt = new Map([...this.lookedAt].filter(([id]) => ramps.some((ramp) => ramp.id === id)));
    const due = ramps.filter((ramp) => this.isDue(ramp, now));
    const limits = due.length > 0 ? safetyOf(await loadWorkspace(this.db)).ramp : null;
    const steps: RampStep[] = [];
    const done = await eachApart(due.map(({ id }) => id), async (id) => {
      const step = await inTransaction(this.db, (tx) => stepRamp(tx, id, { limits: limits!, brake: this.brake }, now));
      this.lookedAt.set(id, now.getTime());
      steps.push(step);
      if (step === 'halted') this.log.error({ launch: id }, 'a ramp was halted: its messages go wrong more often than allowed, or its audience has grown');
      return step === 'none' ? 0 : 1;
    }, () => {
      if (steps.includes('opened')) this.runner.wake('campaigns.launch');
    });
    return done > 0 ? { done } : { done, next: nextOf(ramps, now) };
  }

  private isDue({ id, resumeAt }: RunningRamp, now: Date): boolean {
    const last = this.lookedAt.get(id);
    if (last === undefined || Math.abs(now.getTime() - last) >= EVERY_MS) return true;
    return resumeAt !== null && resumeAt <= now && resumeAt.getTime() > last;
  }
}

/** The next stage's moment; what goes wrong meanwhile is found by the look of each second. */
function nextOf(ramps: readonly RunningRamp[], now: Date): Date | null {
  const next = Math.min(...ramps.flatMap(({ resumeAt }) => (resumeAt && resumeAt > now ? [resumeAt.getTime()] : [])));
  return Number.isFinite(next) ? new Date(next) : null;
}
