import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AuditLog } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { Worker, type Round } from '../../platform/jobs/worker.js';
import { ObservedCounts } from '../../platform/observed-counts.js';
import { loadWorkspace } from '../../platform/workspace.js';
import type { Moment } from '../engine/conditions.js';
import { adoptWinner, leaveWinner } from '../engine/auto-winner.js';
import { stepTest } from '../engine/test-then-send.js';
import { choicesToMake, type ChoiceToMake } from '../store/verdicts.store.js';
import { eachApart } from './apart.js';

/** Acts on experiments: new people get the winner, and the rest of a broadcast gets the arm that was in front. */
@Injectable()
export class ChoicesWorker extends Worker {
  readonly name = 'campaigns.choices';

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner, private readonly audit: AuditLog, private readonly observed: ObservedCounts) {
    super();
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    const open = await choicesToMake(this.db);
    const due = new Map(open.filter(({ at }) => at === null || at <= now).map((one) => [`${one.kind} ${one.experimentId}`, one]));
    const zone = due.size > 0 ? (await loadWorkspace(this.db)).timeZone : 'UTC';
    const done = await eachApart([...due.keys()], async (key) => ((await inTransaction(this.db, (tx) => this.make(tx, due.get(key)!, { now, zone }))) ? 1 : 0), (count) => {
      if (count > 0) this.runner.wake('campaigns.launch');
    });
    const next = Math.min(...open.flatMap(({ at }) => (at && at > now ? at.getTime() : [])));
    return done > 0 ? { done } : { done, next: Number.isFinite(next) ? new Date(next) : null };
  }

  private make(tx: Db, { kind, experimentId, campaignId }: ChoiceToMake, moment: Moment): Promise<boolean> {
    if (kind === 'test') return stepTest(tx, { experimentId, campaignId }, { audit: this.audit, observed: this.observed }, moment);
    return (kind === 'adopt' ? adoptWinner : leaveWinner)(tx, this.audit, experimentId, moment.now);
  }
}
