import type { DataSource } from 'typeorm';
import type { AuditLog } from '../../platform/audit.js';
import { inTransaction, rows, type Db } from '../../platform/database/db.js';
import { horizonOf, monthOf, type Kind } from './domain/kinds.js';
import { countedEvents } from './store/counted-events.store.js';
import { removeAged } from './store/aged.store.js';
import { dropMonth, eventPartitions, forgetWalk, hasCounted, loadWalk, pagesOf, removeOnPages, rowsOf, saveWalk, type Walk } from './store/events.store.js';
import { holdDays, noteRemoved, takeTurn } from './store/policy.store.js';

/** Pages of one step: 8 MB, some ten thousand events. */
const PAGES = 1_000;
/** A month that was gone through is looked at again after so long: events can come late. */
const AGAIN_MS = 24 * 3_600_000;
/** Longer nobody waits behind the drop of a month; it is tried again. */
const LOCK = '500ms';
/** Longer the second look at a month does not take with the month locked; then it is gone through instead. */
const SECOND_LOOK = '5s';

/** PostgreSQL: a lock or a statement took too long. */
const isTooLong = (error: unknown): boolean => ['55P03', '57014', '40P01'].includes((error as { code?: string }).code ?? '');

export interface Step { removed: number; more: boolean }
const NOTHING: Step = { removed: 0, more: false };

/**
 * Removes what a policy lets go, in steps of known size, each of which is a transaction: killed at any moment, it has been done or not, and
 * the next process goes on from the rows. Nobody who writes waits for longer than {@link LOCK}.
 */
export class Remover {
  constructor(private readonly db: DataSource, private readonly audit: AuditLog) {}

  /** One step of a kind. */
  async step(kind: Kind, days: number, now: Date): Promise<Step> {
    if (kind === 'events') return this.events(horizonOf(kind, days, now), now);
    return this.inTurn(kind, now, async (tx, horizon) => {
      const removed = await removeAged(tx, kind, horizon);
      if (removed > 0) await noteRemoved(tx, kind, removed, horizon, now);
      return { removed, more: removed > 0 };
    });
  }

  private async events(before: Date, now: Date): Promise<Step> {
    const goals = JSON.stringify(await countedEvents(this.db));
    for (const part of await eventPartitions(this.db)) {
      const month = monthOf(part);
      if (month && month.to > before) continue;
      const walk = await loadWalk(this.db, part);
      if (walk?.doneAt && now.getTime() - walk.doneAt.getTime() < AGAIN_MS) continue;
      const step = (month && (walk === null || walk.doneAt !== null) ? await this.drop(part, goals, now) : null) ?? (await this.walk(part, goals, now));
      if (step.more) return step;
    }
    return NOTHING;
  }

  /** @returns null when the month is to be gone through: results are counted from it, or it is in use just now */
  private async drop(part: string, goals: string, now: Date): Promise<Step | null> {
    if (await hasCounted(this.db, part, goals)) return null;
    const removed = await rowsOf(this.db, part);
    try {
      return await this.inTurn('events', now, async (tx, before) => {
        if (monthOf(part)!.to > before) return NOTHING;
        await rows(tx, `select set_config('lock_timeout', $1, true), set_config('statement_timeout', $2, true)`, [LOCK, SECOND_LOOK]);
        if (!(await dropMonth(tx, part, goals))) return null;
        await forgetWalk(tx, part);
        await this.note(tx, { part, removed, how: 'dropped' }, before, now);
        return { removed, more: true };
      });
    } catch (error) {
      if (isTooLong(error)) return null;
      throw error;
    }
  }

  private async walk(part: string, goals: string, now: Date): Promise<Step> {
    const walked = await this.inTurn<{ step: Step; done: boolean }>('events', now, async (tx, before) => {
      const month = monthOf(part);
      if (month && month.to > before) return { step: NOTHING, done: false };
      const kept = await loadWalk(tx, part);
      const walk: Walk = kept && kept.doneAt === null ? { ...kept, pages: Math.max(kept.pages, await pagesOf(tx, part)) } : { page: 0, pages: await pagesOf(tx, part), removed: 0, beganAt: now, doneAt: null };
      const to = walk.page + PAGES;
      const removed = await removeOnPages(tx, part, { page: walk.page, to, before, goals });
      const isDone = to >= walk.pages;
      const after = { ...walk, page: to, removed: walk.removed + removed, doneAt: isDone ? now : null };
      await saveWalk(tx, part, after);
      if (isDone && after.removed > 0) await this.note(tx, { part, removed: after.removed, how: 'thinned' }, before, now);
      return { step: { removed, more: true }, done: isDone && after.removed > 0 };
    });
    if ('done' in walked && walked.done && monthOf(part)) await this.giveBack(part);
    return 'step' in walked ? walked.step : walked;
  }

  private async note(tx: Db, { part, removed, how }: { part: string; removed: number; how: 'dropped' | 'thinned' }, before: Date, now: Date): Promise<void> {
    await noteRemoved(tx, 'events', removed, before, now);
    await this.audit.record(tx, { actor: 'system', action: 'retention.remove', subject: `retention:${part}`, detail: { rows: removed, how, before: before.toISOString() } }, now);
  }

  /** Gives the room of an old month back: nothing new comes to fill it. What stays is little, and only that month is locked while it is written. */
  private async giveBack(part: string): Promise<void> {
    const runner = this.db.createQueryRunner();
    try {
      await runner.query(`set lock_timeout = '${LOCK}'`);
      await runner.query(`vacuum (full, analyze) ${part}`);
    } catch (error) {
      if (!isTooLong(error)) throw error;
    } finally {
      await runner.query('reset lock_timeout');
      await runner.release();
    }
  }

  /**
   * `NOTHING` while another process is at it. The horizon is that of the policy as it is now and stays until commit: whoever lengthened it since
   * the step was chosen loses nothing that the new one keeps.
   */
  private inTurn<T>(kind: Kind, now: Date, work: (tx: Db, before: Date) => Promise<T>): Promise<T | Step> {
    return inTransaction(this.db, async (tx) => {
      const days = (await takeTurn(tx)) ? await holdDays(tx, kind) : null;
      return days === null ? NOTHING : work(tx, horizonOf(kind, days, now));
    });
  }
}
