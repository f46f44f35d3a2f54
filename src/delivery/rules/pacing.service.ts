import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PacingSettings } from '../../contract/pacing.js';
import { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import { AuditLog } from '../../platform/audit.js';
import { inTransaction, rows, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { pacingSettingsOf } from './domain/pacing-settings.js';
import { lockSettings, requestRelease } from './store/rules.store.js';

/** Frequency caps and quiet hours of the workspace. */
@Injectable()
export class Pacing {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly runner: WorkerRunner) {}

  async read(): Promise<PacingSettings> {
    return pacingSettingsOf(await loadWorkspace(this.db));
  }

  /**
   * Replaces them; what waits for a cap or an hour is judged anew at once.
   *
   * @throws AppError `pacing.unknown-topic` with the place of every topic that is none
   */
  async put(settings: PacingSettings, actor: Actor): Promise<PacingSettings> {
    await inTransaction(this.db, (tx) => this.putIn(tx, settings, actor));
    this.wake();
    return this.read();
  }

  /** {@link put} in a transaction of the caller, who wakes after the commit. */
  async putIn(tx: Db, settings: PacingSettings, actor: Actor): Promise<void> {
    const now = this.clock.now();
    const named = settings.caps.flatMap(({ topics }) => topics);
    const known = new Set((await rows<{ key: string }>(tx, 'select t.key from topic as t where t.key = any($1::text[])', [named])).map(({ key }) => key));
    const wrong = settings.caps.flatMap(({ topics }, cap) => topics.flatMap((topic, index) => (known.has(topic) ? [] : [{ path: `caps.${cap}.topics.${index}`, code: 'pacing.unknown-topic', message: `There is no topic "${topic}".` }])));
    if (wrong.length > 0) throw new AppError('pacing.unknown-topic', `${wrong[0]!.path}: ${wrong[0]!.message}`, 'invalid', wrong);
    await lockSettings(tx, now);
    const was = pacingSettingsOf(await loadWorkspace(tx));
    await rows(tx, `update workspace as w set settings = jsonb_set(w.settings, '{pacing}', $1::jsonb) where w.id = 1`, [JSON.stringify(settings)]);
    await this.audit.record(tx, { actor, action: 'pacing.change', subject: 'workspace', detail: { was, is: settings } }, now);
    for (const reason of ['QUIET_HOURS_DEFERRED', 'CAP_DEFERRED']) await requestRelease(tx, reason, now);
  }

  wake(): void {
    this.runner.wake('delivery.release');
  }
}
