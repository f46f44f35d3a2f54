import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SENDERS } from '../../delivery/sending/store/deliveries.store.js';
import { Clock } from '../../kernel/clock.js';
import { inPeopleTransaction } from '../../people/people-writer.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { Worker, type Round } from '../../platform/jobs/worker.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { advanceBatch } from '../engine/advance.js';
import { eachApart } from './apart.js';
import { dueCampaigns, nextDue, type DueCampaign } from '../store/enrollments.store.js';

/** Most runs of one transaction. */
const BATCH = 2_000;
/** Campaigns with no more due than this are moved together. */
const FEW = 100;

/**
 * Moves due runs through their steps; each transaction is all or nothing. Campaigns of which few runs are due share one: its fixed part, of
 * reading and locking and writing, costs more than what a few people need. When that fails, each is moved apart, so that one
 * which can not be moved does not keep the others from their turn.
 */
@Injectable()
export class AdvanceWorker extends Worker {
  readonly name = 'campaigns.advance';
  /** Campaigns that failed, until they were moved apart without. */
  private readonly suspects = new Set<string>();

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner) {
    super();
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    const next = await nextDue(this.db);
    if (next === null || next > now) return { done: 0, next };
    const due = await dueCampaigns(this.db, now, FEW);
    const zone = due.length > 0 ? (await loadWorkspace(this.db)).timeZone : 'UTC';
    const move = (campaignIds: readonly string[]) => inPeopleTransaction(this.db, (tx) => advanceBatch(tx, { campaignIds, limit: campaignIds.length > 1 ? FEW : BATCH, now, zone }));
    const done = await eachApart(this.together(due), (ids) => this.moveApart(ids, move), (moved) => {
      if (moved === 0) return;
      for (const worker of [...SENDERS, 'segments.membership']) this.runner.wake(worker);
    });
    return done > 0 ? { done } : { done, next: await nextDue(this.db) };
  }

  /** What shares a transaction: those with few due, about {@link BATCH} runs at once; everybody else alone. */
  private together(due: readonly DueCampaign[]): string[][] {
    const sharing = due.filter(({ id, due: runs }) => runs <= FEW && !this.suspects.has(id));
    const batches: string[][] = [];
    let room = 0;
    for (const { id, due: runs } of sharing) {
      if (runs > room) {
        batches.push([]);
        room = BATCH;
      }
      batches.at(-1)!.push(id);
      room -= runs;
    }
    return [...batches, ...due.filter((campaign) => !sharing.includes(campaign)).map(({ id }) => [id])];
  }

  private async moveApart(ids: readonly string[], move: (ids: readonly string[]) => Promise<number>): Promise<number> {
    if (ids.length > 1) {
      try {
        return await move(ids);
      } catch {
        // Whose fault it was is seen, and said, when each is moved alone.
      }
    }
    return eachApart(ids, async (id) => {
      this.suspects.add(id);
      const moved = await move([id]);
      this.suspects.delete(id);
      return moved;
    }, () => {});
  }
}
