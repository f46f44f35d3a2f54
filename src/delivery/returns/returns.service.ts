import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError, conflict, notFound } from '../../kernel/errors.js';
import { AuditLog } from '../../platform/audit.js';
import { inTransaction } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { koreanOf } from '../../platform/korean/korean-of.js';
import { applyNotices } from './apply-notices.js';
import { fileMail } from './intake/file-mail.js';
import type { ReturnNotice } from './notice.js';
import { findReturn, listReturns, lockReturn, reopenReturn, returnRates, type ReturnListed, type ReturnRate, type ReturnsFilter, type StoredNotice } from './store/returns-reads.store.js';
import { overruleInbound } from './store/inbound-events.store.js';

/** So much of a report is shown. */
const SHOWN_BYTES = 256 * 1024;

export interface Decision { as: 'hard' | 'soft' | 'ignore'; deliveryId?: string }

/** What came back, for the people who look at what no rule understood. */
@Injectable()
export class Returns {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner, private readonly audit: AuditLog) {}

  /** Files a raw mail that somebody hands us; null when it is there already. */
  async file(raw: Buffer): Promise<string | null> {
    const id = await fileMail(this.db, { raw, envelope: null, receivedAt: this.clock.now() });
    this.runner.wake('delivery.returns');
    return id;
  }

  async list(filter: ReturnsFilter): Promise<ReturnListed[]> {
    return (await listReturns(this.db, filter)).map(saidTwice);
  }

  /** One report with its raw text, of which bytes that are no text are replaced. */
  async one(id: string): Promise<ReturnListed & { raw: string }> {
    const found = await findReturn(this.db, id, SHOWN_BYTES);
    if (!found) throw notFound('return', id);
    const { body, ...listed } = found;
    return { ...saidTwice(listed), raw: body.toString('utf8').replaceAll('\0', '�') };
  }

  /** A person says what a report means; only where the rules gave up. */
  async classify(id: string, decision: Decision, actor: Actor): Promise<void> {
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      const report = await this.open(tx, id);
      const deliveryId = decision.deliveryId ?? namedBy(report.notices);
      if (decision.as !== 'ignore') await this.apply(tx, decision.as, deliveryId, now);
      await overruleInbound(tx, { id, state: decision.as === 'ignore' ? 'ignored' : 'applied', detail: `Decided by a person: ${decision.as}.`, now });
      await this.audit.record(tx, { actor, action: 'return.classify', subject: `return:${id}`, detail: { as: decision.as, deliveryId } }, now);
    });
    this.runner.wake('segments.membership');
  }

  /** Has a report read once more, for instance after an update of Danbi. */
  async retry(id: string, actor: Actor): Promise<void> {
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      await this.open(tx, id);
      await reopenReturn(tx, id, now);
      await this.audit.record(tx, { actor, action: 'return.retry', subject: `return:${id}` }, now);
    });
    this.runner.wake('delivery.returns');
  }

  rates(period: { from: Date; to: Date; campaignId: string | null; limit: number }): Promise<ReturnRate[]> {
    if (period.from >= period.to) throw new AppError('returns.period', '"from" must be before "to".', 'invalid', [{ path: 'from', code: 'returns.period', message: 'must be before "to"' }]);
    return returnRates(this.db, period);
  }

  private async open(tx: Parameters<typeof lockReturn>[0], id: string) {
    const report = await lockReturn(tx, id);
    if (!report) throw notFound('return', id);
    if (report.state !== 'review' && report.state !== 'failed') throw conflict('return.settled', `This report is ${report.state}; only one that waits for a person can be decided.`);
    return report;
  }

  private async apply(tx: Parameters<typeof applyNotices>[0], kind: 'hard' | 'soft', deliveryId: string | null, now: Date): Promise<void> {
    if (deliveryId === null) throw new AppError('return.delivery-needed', 'The report names no message of ours: say which delivery it is about.', 'invalid', [{ path: 'deliveryId', code: 'return.delivery-needed', message: 'is needed here' }]);
    const notice: ReturnNotice = { kind, category: 'other', status: null, diagnostic: 'decided by a person', recipient: null, deliveryId, messageId: null, at: now };
    const [applied] = await applyNotices(tx, [notice], now);
    if (applied!.outcome === 'unknown_message') throw notFound('delivery', deliveryId);
    if (applied!.outcome === 'too_early') throw conflict('return.too-early', 'This message is still being sent.');
  }
}

/** Why it stands where it stands in Korean too, where it is a sentence of ours. */
function saidTwice<R extends { detail: string }>(report: R): R & { detailKo?: string } {
  const detailKo = koreanOf(report.detail);
  return detailKo === null ? report : { ...report, detailKo };
}

/** The one delivery that the notices of a report name. */
function namedBy(notices: readonly StoredNotice[]): string | null {
  const named = new Set(notices.map(({ deliveryId }) => deliveryId).filter((id) => id !== null));
  return named.size === 1 ? [...named][0]! : null;
}
