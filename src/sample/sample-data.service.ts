import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../kernel/clock.js';
import { conflict } from '../kernel/errors.js';
import { actorName, AuditLog } from '../platform/audit.js';
import { inTransaction } from '../platform/database/db.js';
import type { Actor } from '../platform/http/access.js';
import { WorkerRunner } from '../platform/jobs/runner.js';
import { requestSample } from '../platform/sample-request.js';
import { SAMPLE_WORKER } from './sample-worker-name.js';
import { beginRemoval, findSample } from './store/sample.store.js';

export interface SampleState { state: 'none' | 'making' | 'there' | 'removing'; people: { done: number; total: number }; requestedBy: string | null; requestedAt: Date | null }

/** 200 people who never were, to try everything with; never mixed up with real ones, and gone with one click. */
@Injectable()
export class SampleData {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly runner: WorkerRunner) {}

  async state(): Promise<SampleState> {
    const found = await findSample(this.db);
    if (!found) return { state: 'none', people: { done: 0, total: 0 }, requestedBy: null, requestedAt: null };
    const { state, done, total, requestedBy, requestedAt } = found;
    return { state, people: { done, total }, requestedBy, requestedAt };
  }

  /** Asking again changes nothing. @throws sample.being-removed */
  async make(actor: Actor): Promise<SampleState> {
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      if (await requestSample(tx, actorName(actor), now)) await this.audit.record(tx, { actor, action: 'sample.make', subject: 'sample' }, now);
      else if ((await findSample(tx))?.state === 'removing') throw conflict('sample.being-removed', 'The sample data is just being removed. Ask again when it is gone.');
    });
    return this.begun();
  }

  /** Asking again, or without samples, changes nothing. */
  async remove(actor: Actor): Promise<SampleState> {
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      if (await beginRemoval(tx, actorName(actor), now)) await this.audit.record(tx, { actor, action: 'sample.remove', subject: 'sample' }, now);
    });
    return this.begun();
  }

  private begun(): Promise<SampleState> {
    this.runner.wake(SAMPLE_WORKER);
    return this.state();
  }
}
