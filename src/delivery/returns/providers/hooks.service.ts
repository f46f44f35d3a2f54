import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { notFound } from '../../../kernel/errors.js';
import { AuditLog } from '../../../platform/audit.js';
import { inTransaction } from '../../../platform/database/db.js';
import { WorkerRunner } from '../../../platform/jobs/runner.js';
import type { Log } from '../../../platform/logging.js';
import { LOG } from '../../../platform/tokens.js';
import { fileInboundBatch } from '../store/inbound-events.store.js';
import { parseBounded } from '../../../kernel/bounded-json.js';
import { filingsOf, type Filing } from './domain/filings.js';
import { isInside } from './domain/networks.js';
import type { Refusal } from './domain/provider.js';
import { FailedTries } from '../../../platform/http/failed-tries.js';
import { HookRefused, type HookRequest } from './hook-request.js';
import { Proofs, type Proven } from './proofs.js';
import { loadConnection, noteHeard, noteRefused, type Connection } from './store/connections.store.js';
import { useToken } from './store/tokens.store.js';

/**
 * Takes what providers report: believed, kept as it came, answered. What it means is read later by the worker
 * `delivery.returns`, so that no report is lost to a fault in reading it, and no provider waits or repeats for one.
 */
@Injectable()
export class ProviderHooks {
  private readonly failed = new FailedTries();

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner, private readonly proofs: Proofs, private readonly audit: AuditLog, @Inject(LOG) private readonly log: Log) {}

  /**
   * @returns how many reports were new
   * @throws HookRefused when the request is not the provider's; provider-connection.not-found
   */
  async take(request: HookRequest): Promise<number> {
    const now = this.clock.now();
    const connection = await loadConnection(this.db, request.connectionId);
    if (!connection?.enabled || connection.provider !== request.provider) throw notFound('provider-connection', request.connectionId);
    if (this.failed.isExhausted(connection.id, request.ip, now)) throw new HookRefused('too_many', 'too_many', 'Too many requests were refused; wait a minute.');
    if (connection.networks.length > 0 && !isInside(request.ip, connection.networks)) {
      return this.refuse(connection, request, { reason: 'network', kind: 'forbidden', message: 'Requests from this network are not taken.' }, now);
    }
    const json = parseBounded(request.body);
    const proven = await this.proofs.check(connection, request, json, now);
    if ('reason' in proven) return this.refuse(connection, request, proven, now);
    const filed = await this.keep(connection, filingsOf(connection.provider, request.body, json), { proven, contentType: request.contentType, now });
    if (filed > 0) this.runner.wake('delivery.returns');
    await noteHeard(this.db, connection, now);
    return filed;
  }

  private keep(connection: Connection, filings: readonly Filing[], { proven, contentType, now }: { proven: Proven; contentType: string; now: Date }): Promise<number> {
    return inTransaction(this.db, async (tx) => {
      if (proven.onceToken !== null && !(await useToken(tx, connection.id, proven.onceToken, now))) {
        await noteRefused(tx, connection.id, 'replayed', now);
        return 0;
      }
      const filed = await fileInboundBatch(tx, { source: connection.provider, contentType, receivedAt: now }, filings.map(({ key, body }) => ({ dedupeKey: `${connection.id}:${key}`, body })));
      if (proven.confirmed !== null && filed > 0) {
        await this.audit.record(tx, { actor: 'system', action: 'provider-connection.confirm', subject: `provider-connection:${connection.id}`, detail: { topicArn: proven.confirmed } }, now);
      }
      return filed;
    });
  }

  private async refuse(connection: Connection, { ip }: HookRequest, { reason, kind, message }: Refusal, now: Date): Promise<never> {
    // Amazon not answering us is nobody's wrong try.
    if (kind !== 'unavailable') this.failed.count(connection.id, ip, now);
    await noteRefused(this.db, connection.id, reason, now);
    this.log.warn({ connection: connection.id, provider: connection.provider, reason }, 'a report of a provider was refused');
    throw new HookRefused(reason, kind, message);
  }
}
