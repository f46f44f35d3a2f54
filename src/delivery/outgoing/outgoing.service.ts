import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError, conflict, notFound } from '../../kernel/errors.js';
import { AuditLog } from '../../platform/audit.js';
import { inTransaction, row } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { findEndpoint, lockEndpoint, saveEndpoint } from '../hooks/store/endpoints.store.js';
import type { OutgoingFormat, OutgoingKind } from './domain/kinds.js';
import { countOutgoing, listOutgoing, requeueOutgoing, type OutgoingState, type OutgoingView } from './store/outgoing.store.js';
import { deleteSubscription, findSubscription, saveSubscription, type Subscription } from './store/subscriptions.store.js';

export interface SubscriptionRequest { format: OutgoingFormat; kinds: OutgoingKind[]; campaignIds: string[] | null; writeKey?: string }
export type SubscriptionView = Subscription & { waiting: number; dead: number };

/** What becomes of messages, told to endpoints that subscribed to it. */
@Injectable()
export class Outgoing {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly runner: WorkerRunner) {}

  /** Null: the endpoint hears nothing. @throws webhook_endpoint.not-found */
  async get(endpointId: string): Promise<SubscriptionView | null> {
    if (!(await findEndpoint(this.db, endpointId))) throw notFound('webhook_endpoint', endpointId);
    const found = await findSubscription(this.db, endpointId);
    return found && { ...found, ...(await countOutgoing(this.db, endpointId)) };
  }

  /**
   * Subscribes an endpoint, from now on. A write key goes into its headers, sealed, as Segment and RudderStack want it.
   *
   * @throws outgoing.chat for chats; outgoing.write-key when Segment would not know us
   */
  async put(endpointId: string, { format, kinds, campaignIds, writeKey }: SubscriptionRequest, actor: Actor): Promise<SubscriptionView> {
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      const endpoint = await lockEndpoint(tx, endpointId);
      if (!endpoint) throw notFound('webhook_endpoint', endpointId);
      if (endpoint.kind !== 'standard') throw new AppError('outgoing.chat', 'Chats take notices of campaigns, not events. Add an endpoint of kind "standard".', 'conflict');
      const headers = writeKey === undefined ? endpoint.headers : { ...endpoint.headers, authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` };
      if (format === 'segment' && headers.authorization === undefined) throw refusal('writeKey', 'outgoing.write-key', 'is needed: Segment and RudderStack know us by it');
      if (campaignIds !== null) {
        const unknown = await row<{ id: string; place: string }>(tx, 'select u.id, u.place from unnest($1::uuid[]) with ordinality as u (id, place) where not exists (select from campaign as c where c.id = u.id) limit 1', [campaignIds]);
        if (unknown) throw refusal(`campaignIds.${Number(unknown.place) - 1}`, 'outgoing.campaign', 'is no campaign');
      }
      if (writeKey !== undefined) await saveEndpoint(tx, { ...endpoint, headers }, now);
      await saveSubscription(tx, { endpointId, format, kinds, campaignIds }, now);
      await this.audit.record(tx, { actor, action: 'webhook_endpoint.subscribe', subject: `webhook_endpoint:${endpointId}`, detail: { format, kinds, campaignIds, writeKey: writeKey !== undefined } }, now);
    });
    return (await this.get(endpointId))!;
  }

  /** What waits is not posted any more. */
  async remove(endpointId: string, actor: Actor): Promise<void> {
    await inTransaction(this.db, async (tx) => {
      if (!(await lockEndpoint(tx, endpointId))) throw notFound('webhook_endpoint', endpointId);
      if (await deleteSubscription(tx, endpointId)) await this.audit.record(tx, { actor, action: 'webhook_endpoint.unsubscribe', subject: `webhook_endpoint:${endpointId}`, detail: {} }, this.clock.now());
    });
  }

  async events(endpointId: string, page: { state: OutgoingState | null; limit: number; before: { at: string; id: string } | null }): Promise<OutgoingView[]> {
    if (!(await findEndpoint(this.db, endpointId))) throw notFound('webhook_endpoint', endpointId);
    return listOutgoing(this.db, { endpointId, ...page });
  }

  /** Posts one again under its id, whether it arrived or was given up; with null everything that was given up. @returns how many */
  async redeliver(endpointId: string, id: string | null, actor: Actor): Promise<number> {
    const now = this.clock.now();
    const count = await inTransaction(this.db, async (tx) => {
      if (!(await lockEndpoint(tx, endpointId))) throw notFound('webhook_endpoint', endpointId);
      if (!(await findSubscription(tx, endpointId))) throw conflict('outgoing.not-subscribed', 'This endpoint hears no events any more. Subscribe it first.');
      const again = await requeueOutgoing(tx, endpointId, id, now);
      if (id !== null && again === 0) throw conflict('outgoing.waiting', 'This event waits already, or is forgotten.');
      await this.audit.record(tx, { actor, action: 'webhook_endpoint.redeliver', subject: `webhook_endpoint:${endpointId}`, detail: { events: again, event: id } }, now);
      return again;
    });
    this.runner.wake('delivery.outgoing');
    return count;
  }
}

const refusal = (path: string, code: string, message: string): AppError => new AppError(code, `${path}: ${message}.`, 'invalid', [{ path, code, message }]);
