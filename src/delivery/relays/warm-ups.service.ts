import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import { localDate } from '../../kernel/local-time.js';
import { AuditLog } from '../../platform/audit.js';
import { inTransaction } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { allowanceOn } from './domain/warm-up.js';
import { ENVIRONMENT } from './relay-settings.js';
import { findRelay } from './store/relays.store.js';
import { deleteWarmUp, findWarmUp, listWarmUps, putWarmUp, usedOn, type WarmUp, type WarmUpKey } from './store/warm-up.store.js';

/** A plan and how far its day has come. `allowance` is null when the plan is over. */
export interface WarmUpView extends WarmUp { today: { date: string; allowance: number | null; used: number } }

/** `startedOn` absent: today, or what it was. */
export type WarmUpFields = Omit<WarmUp, 'scope' | 'key' | 'startedOn'> & { startedOn?: string };

/** How the volume of new relays and sending domains grows, day by day in the zone of the workspace. */
@Injectable()
export class WarmUps {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly runner: WorkerRunner) {}

  async list(): Promise<WarmUpView[]> {
    const date = await this.today();
    const used = new Map((await usedOn(this.db, date)).map(({ scope, key, used: count }) => [`${scope} ${key}`, count]));
    return (await listWarmUps(this.db)).map((plan) => ({ ...plan, today: { date, allowance: allowanceOn(plan, date), used: used.get(`${plan.scope} ${plan.key}`) ?? 0 } }));
  }

  async put(key: WarmUpKey, fields: WarmUpFields, actor: Actor): Promise<WarmUpView> {
    const date = await this.today();
    if (fields.lastDay < fields.firstDay) throw invalid('lastDay', 'The last day can not have fewer messages than the first.');
    if (fields.startedOn && fields.startedOn > date) throw invalid('startedOn', `A plan begins today (${date}) or has begun before.`);
    if (key.scope === 'relay' && key.key !== ENVIRONMENT && !(await this.relayExists(key.key))) throw new AppError('relay.not-found', `There is no relay with id ${key.key}.`, 'not_found');
    await inTransaction(this.db, async (tx) => {
      const startedOn = fields.startedOn ?? (await findWarmUp(tx, key))?.startedOn ?? date;
      await putWarmUp(tx, { ...key, ...fields, startedOn });
      await this.audit.record(tx, { actor, action: 'warm_up.put', subject: `${key.scope}:${key.key}`, detail: { ...fields, startedOn } }, this.clock.now());
    });
    this.runner.wake('delivery.email');
    return (await this.list()).find(({ scope, key: name }) => scope === key.scope && name === key.key)!;
  }

  /** Removes the plan: no limit from now on. What waits for tomorrow still does. */
  async remove(key: WarmUpKey, actor: Actor): Promise<void> {
    await inTransaction(this.db, async (tx) => {
      if (!(await deleteWarmUp(tx, key))) throw new AppError('warm-up.not-found', `There is no warm-up plan for ${key.scope} ${key.key}.`, 'not_found');
      await this.audit.record(tx, { actor, action: 'warm_up.remove', subject: `${key.scope}:${key.key}` }, this.clock.now());
    });
  }

  private async today(): Promise<string> {
    return localDate(this.clock.now(), (await loadWorkspace(this.db)).timeZone);
  }

  private async relayExists(id: string): Promise<boolean> {
    return /^[0-9a-f-]{36}$/.test(id) && (await findRelay(this.db, id)) !== null;
  }
}

const invalid = (path: string, message: string) => new AppError('warm-up.invalid', message, 'invalid', [{ path, code: 'warm-up.invalid', message }]);
