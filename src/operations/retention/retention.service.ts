import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError, conflict, type Problem } from '../../kernel/errors.js';
import { actorName, AuditLog } from '../../platform/audit.js';
import { inTransaction, rows, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { lookBack } from '../../segments/domain/look-back.js';
import { BOUNDS, horizonOf, KINDS, monthOf, type Kind } from './domain/kinds.js';
import { agedSize } from './store/aged.store.js';
import { countedEvents } from './store/counted-events.store.js';
import { eventPartitions, partSize } from './store/events.store.js';
import { holdPolicy, loadPolicy, loadReaders, loadWork, savePolicy, type Policy, type Reader, type Work } from './store/policy.store.js';

/** A preview reads much; it gives up after so long. */
const PREVIEW = '60s';
/** So much more than was agreed to may go: events go on coming while somebody reads. */
const MARGIN = 0.01;

/** What of one kind would go. `kept`: old events that results are counted from, which stay. */
export interface Going { kind: Kind; days: number; rows: number; bytes: number; from: Date | null; to: Date | null; kept: number; isExact: boolean }
/** Segments and campaigns whose conditions look further back than events are kept. `days` null: to the first event. */
export interface ShortReader { id: string; kind: Reader['kind']; name: string; days: number | null }
export interface Preview { going: Going[]; rows: number; bytes: number; readers: ShortReader[] }
export interface Agreed { rows: number; readers: boolean }

/** How long what is kept: the policy, what it would remove, and who needs what it removes. */
@Injectable()
export class Retention {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog) {}

  async read(): Promise<{ policy: Policy; work: Work[]; readers: ShortReader[] }> {
    const policy = await loadPolicy(this.db);
    return { policy, work: await loadWork(this.db), readers: await this.shortReaders(this.db, policy, this.clock.now()) };
  }

  /** What would go at once if this were the policy, counted; large months by their statistics. */
  preview(policy: Policy): Promise<Preview> {
    refuseFaults(policy);
    return inTransaction(this.db, (tx) => this.look(tx, policy));
  }

  /**
   * Makes it the policy. What would go at once has to be agreed to by its number of rows, and so have segments and campaigns that would no longer see what they
   * ask for.
   *
   * @throws AppError `retention.not-agreed`, `retention.readers`, `retention.invalid`
   */
  async save(policy: Policy, agreed: Agreed, actor: Actor): Promise<void> {
    refuseFaults(policy);
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      await holdPolicy(tx);
      const before = await loadPolicy(tx);
      const shortened = KINDS.filter((kind) => (policy[kind] ?? Infinity) < (before[kind] ?? Infinity));
      const { rows: going, readers } = await this.look(tx, Object.fromEntries(shortened.map((kind) => [kind, policy[kind]])));
      if (going > Math.ceil(agreed.rows * (1 + MARGIN))) throw conflict('retention.not-agreed', `${going} rows would go for good, and ${agreed.rows} were agreed to. Look at the preview again.`);
      if (readers.length > 0 && !agreed.readers) throw conflict('retention.readers', `${readers.length} segments or campaigns look further back than events would be kept. Change them, or agree to it.`);
      await savePolicy(tx, policy, actorName(actor), now);
      await this.audit.record(tx, { actor, action: 'retention.change', subject: 'workspace', detail: { before, after: policy, rows: going } }, now);
    });
  }

  private async look(tx: Db, policy: Policy): Promise<Preview> {
    await rows(tx, `select set_config('statement_timeout', $1, true)`, [PREVIEW]);
    const now = this.clock.now();
    const going: Going[] = [];
    for (const kind of KINDS) {
      const days = policy[kind];
      if (days === undefined) continue;
      const before = horizonOf(kind, days, now);
      going.push({ kind, days, ...(kind === 'events' ? await eventsGoing(tx, before) : { ...(await agedSize(tx, kind, before)), kept: 0, isExact: true }) });
    }
    return { going, rows: going.reduce((sum, one) => sum + one.rows, 0), bytes: Math.round(going.reduce((sum, one) => sum + one.bytes, 0)), readers: await this.shortReaders(tx, policy, now) };
  }

  private async shortReaders(db: Db, policy: Policy, now: Date): Promise<ShortReader[]> {
    if (policy.events === undefined) return [];
    const kept = policy.events * 86_400_000;
    const worst = new Map<string, ShortReader>();
    for (const { id, kind, name, definition } of await loadReaders(db)) {
      const back = lookBack(definition, now);
      if (back <= kept) continue;
      const days = back === Infinity ? null : Math.ceil(back / 86_400_000);
      const known = worst.get(id);
      if (!known || days === null || (known.days !== null && known.days < days)) worst.set(id, { id, kind, name, days });
    }
    return [...worst.values()];
  }
}

async function eventsGoing(tx: Db, before: Date): Promise<Omit<Going, 'kind' | 'days'>> {
  const goals = JSON.stringify(await countedEvents(tx));
  const going: Omit<Going, 'kind' | 'days'> = { rows: 0, bytes: 0, from: null, to: null, kept: 0, isExact: true };
  for (const part of await eventPartitions(tx)) {
    const month = monthOf(part);
    if (month && month.to > before) continue;
    const size = await partSize(tx, part, before, goals);
    const from = size.from ?? (size.rows > 0 ? month!.from : null);
    going.rows += size.rows;
    going.bytes += size.bytes;
    going.kept += size.counted;
    going.isExact &&= size.isExact;
    if (from && (!going.from || from < going.from)) going.from = from;
  }
  return { ...going, to: going.from && before };
}

function refuseFaults(policy: Policy): void {
  const problems = KINDS.flatMap((kind): Problem[] => {
    const days = policy[kind];
    const { least, most } = BOUNDS[kind];
    return days === undefined || (days >= least && days <= most) ? [] : [{ path: `policy.${kind}`, code: 'retention.days', message: `must be from ${least} to ${most} days` }];
  });
  if (problems.length > 0) throw new AppError('retention.invalid', `${problems[0]!.path} ${problems[0]!.message}.`, 'invalid', problems);
}
