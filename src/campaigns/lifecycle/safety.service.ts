import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { SafetySettings } from '../../contract/safety.js';
import { lockSettings } from '../../delivery/rules/store/rules.store.js';
import { byHand } from '../../delivery/sending/domain/breaker.js';
import { safetyOf } from '../../delivery/sending/domain/safety-settings.js';
import { lockBreaker, readBreaker, saveBreaker, type Breaker } from '../../delivery/sending/store/breaker.store.js';
import { SENDERS } from '../../delivery/sending/store/deliveries.store.js';
import { saveRate, WORKSPACE } from '../../delivery/sending/store/send-rates.store.js';
import { Clock } from '../../kernel/clock.js';
import { actorName, AuditLog } from '../../platform/audit.js';
import { inTransaction, rows, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { namesOfActors, releaseLaunches } from '../store/approvals.store.js';

/** Limits of the workspace on how fast and how many at once, and its breaker. */
@Injectable()
export class Safety {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly runner: WorkerRunner) {}

  async read(): Promise<SafetySettings> {
    return safetyOf(await loadWorkspace(this.db));
  }

  /** Replaces them. Launches that waited for a second person are asked anew. */
  async put(settings: SafetySettings, actor: Actor): Promise<SafetySettings> {
    await inTransaction(this.db, (tx) => this.putIn(tx, settings, actor));
    this.wake();
    return this.read();
  }

  /** {@link put} in a transaction of the caller, who wakes after the commit. */
  async putIn(tx: Db, settings: SafetySettings, actor: Actor): Promise<void> {
    const now = this.clock.now();
    await lockSettings(tx, now);
    const was = safetyOf(await loadWorkspace(tx));
    await rows(tx, `update workspace as w set settings = jsonb_set(w.settings, '{safety}', $1::jsonb) where w.id = 1`, [JSON.stringify(settings)]);
    await saveRate(tx, WORKSPACE, settings.sendRate, now);
    await releaseLaunches(tx, null);
    await this.audit.record(tx, { actor, action: 'safety.change', subject: 'workspace', detail: { was, is: settings } }, now);
  }

  wake(): void {
    for (const worker of ['campaigns.launch', ...SENDERS]) this.runner.wake(worker);
  }

  async breaker() {
    const found = await readBreaker(this.db);
    if (!found) return { state: 'closed' as const, reason: null, by: null, byName: null, at: null, closesAt: null };
    const { openedTimes: _times, ...told } = found;
    return { ...told, byName: (await namesOfActors(this.db, [found.by])).get(found.by) ?? null };
  }

  /** Holds everything but transactional campaigns until somebody closes it. One that opened by itself is held by hand from then on. */
  async open(note: string, actor: Actor) {
    const now = this.clock.now();
    await this.change(actor, now, () => ({ state: 'open', reason: byHand(note), by: actorName(actor), at: now, closesAt: null, openedTimes: 0 }), { note });
    return this.breaker();
  }

  /** Lets messages go again; what was sent before counts no more. One that is closed stays as it is. */
  async close(actor: Actor) {
    const now = this.clock.now();
    await this.change(actor, now, (breaker) => (breaker.state === 'open' ? { ...breaker, state: 'closed', by: actorName(actor), at: now, closesAt: null, openedTimes: 0 } : null));
    for (const worker of SENDERS) this.runner.wake(worker);
    return this.breaker();
  }

  private async change(actor: Actor, now: Date, become: (breaker: Breaker) => Breaker | null, detail: Record<string, unknown> = {}): Promise<void> {
    await inTransaction(this.db, async (tx) => {
      const next = become(await lockBreaker(tx, now));
      if (!next) return;
      await saveBreaker(tx, next);
      await this.audit.record(tx, { actor, action: next.state === 'open' ? 'breaker.open' : 'breaker.close', subject: 'workspace', detail }, now);
    });
  }
}
