import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError, conflict, notFound } from '../../kernel/errors.js';
import { AuditLog } from '../../platform/audit.js';
import { inTransaction } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { listAttempts, type Attempt } from './store/attempts.store.js';
import { findEndpoint, lockEndpoint } from './store/endpoints.store.js';
import { countDead, listHookDeliveries, requeueDead, type HookDelivery } from './store/hook-queue.store.js';

type Cursor = { at: string; id: string } | null;

/** What endpoints were sent, what was given up, and sending it again by hand. */
@Injectable()
export class DeadLetters {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly runner: WorkerRunner) {}

  async deliveries(endpointId: string, page: { dead: boolean; limit: number; before: Cursor }): Promise<HookDelivery[]> {
    await this.known(endpointId);
    return listHookDeliveries(this.db, { endpointId, ...page });
  }

  async attempts(endpointId: string, page: { deliveryId?: string; limit: number; before: Cursor }): Promise<Attempt[]> {
    await this.known(endpointId);
    return listAttempts(this.db, { endpointId, ...page });
  }

  /**
   * Sends one dead letter again, under its old id. Every gate is asked again, so one of a stopped campaign does not go. A
   * chat notice in doubt may be sent again too: only a person can know that it did not arrive.
   */
  async redeliver(endpointId: string, deliveryId: string, actor: Actor): Promise<void> {
    await this.again(endpointId, deliveryId, actor, (count) => {
      if (count === 0) throw conflict('webhook.not-dead', `Delivery ${deliveryId} is not among the dead letters of this endpoint. Only those can be delivered again.`);
    });
  }

  /** Sends every dead letter again, but for those in doubt. @param expected how many the caller has seen; another number changes nothing */
  async redeliverAll(endpointId: string, expected: number, actor: Actor): Promise<number> {
    const now = await countDead(this.db, endpointId);
    return this.again(endpointId, null, actor, (count) => {
      if (count !== expected) throw new AppError('webhook.count-changed', `There are ${now} dead letters to deliver again, not ${expected}. Look again and confirm that number.`, 'conflict');
    });
  }

  private async again(endpointId: string, deliveryId: string | null, actor: Actor, check: (count: number) => void): Promise<number> {
    const now = this.clock.now();
    const count = await inTransaction(this.db, async (tx) => {
      if (!(await lockEndpoint(tx, endpointId))) throw notFound('webhook_endpoint', endpointId);
      const requeued = await requeueDead(tx, endpointId, deliveryId, now);
      check(requeued);
      await this.audit.record(tx, { actor, action: 'webhook_endpoint.redeliver', subject: `webhook_endpoint:${endpointId}`, detail: { count: requeued, deliveryId } }, now);
      return requeued;
    });
    this.runner.wake('delivery.hooks');
    return count;
  }

  private async known(endpointId: string): Promise<void> {
    if (!(await findEndpoint(this.db, endpointId))) throw notFound('webhook_endpoint', endpointId);
  }
}
