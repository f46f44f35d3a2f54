import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { hostOf } from '../../../platform/network/judged-host.js';
import { AppError, conflict, notFound } from '../../../kernel/errors.js';
import { newId } from '../../../kernel/ids.js';
import { AuditLog } from '../../../platform/audit.js';
import { inTransaction } from '../../../platform/database/db.js';
import type { Actor } from '../../../platform/http/access.js';
import { WorkerRunner } from '../../../platform/jobs/runner.js';
import { loadSource, lockSource } from '../store/sources.store.js';
import { deletePull, findPull, insertPull, pullNow, type Pull } from './pulls.store.js';
import { Reach } from './reach.js';

export interface PullRequest { kind: 'csv' | 'postgres'; address?: string; query?: string; cursorColumn?: string; everyMinutes: number }

/** Sources that are asked on a schedule. */
@Injectable()
export class Pulls {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly runner: WorkerRunner, private readonly reach: Reach) {}

  /** @throws source.not-found */
  async get(sourceId: string): Promise<Pull | null> {
    if (!(await loadSource(this.db, sourceId))) throw notFound('source', sourceId);
    return findPull(this.db, sourceId);
  }

  /**
   * Asks an address from now on, in place of one before. With the same address and cursor column it goes on where it was.
   *
   * @throws pull.*
   */
  async put(sourceId: string, { kind, address, query, cursorColumn, everyMinutes }: PullRequest, actor: Actor): Promise<Pull> {
    const now = this.clock.now();
    const url = urlOf(kind, address);
    await this.reach.to(hostOf(url)).catch((error: unknown) => { throw error instanceof AppError && error.code === 'pull.refused' ? refusal('address', error.message) : error; });
    if (kind === 'postgres' && (query === undefined || cursorColumn === undefined)) throw refusal(query === undefined ? 'query' : 'cursorColumn', 'A query of PostgreSQL needs the query and the column that grows.');
    await inTransaction(this.db, async (tx) => {
      const source = await lockSource(tx, sourceId);
      if (!source) throw notFound('source', sourceId);
      if (source.kind !== 'json') throw conflict('pull.kind', 'Shopify and Stripe send by themselves; only a source of kind "json" is asked on a schedule.');
      const before = await findPull(tx, sourceId);
      const goesOn = before?.kind === kind && before.shown === shownOf(url) && before.cursorColumn === (cursorColumn ?? null);
      await insertPull(tx, { id: newId(), sourceId, kind, address: url.href, shown: shownOf(url), query: kind === 'postgres' ? query! : null, cursorColumn: kind === 'postgres' ? cursorColumn! : null, everyMinutes }, goesOn ? before.cursor : null, now);
      await this.audit.record(tx, { actor, action: 'source.pull', subject: `source:${sourceId}`, detail: { kind, address: shownOf(url), query: query ?? null, cursorColumn: cursorColumn ?? null, everyMinutes } }, now);
    });
    this.runner.wake('people.pulls');
    return (await findPull(this.db, sourceId))!;
  }

  async remove(sourceId: string, actor: Actor): Promise<void> {
    await inTransaction(this.db, async (tx) => {
      if (!(await lockSource(tx, sourceId))) throw notFound('source', sourceId);
      if (await deletePull(tx, sourceId)) await this.audit.record(tx, { actor, action: 'source.pull-end', subject: `source:${sourceId}`, detail: {} }, this.clock.now());
    });
  }

  /** Asks now rather than at its time. */
  async now(sourceId: string): Promise<Pull> {
    if (!(await pullNow(this.db, sourceId, this.clock.now()))) throw notFound('source_pull', sourceId);
    this.runner.wake('people.pulls');
    return (await findPull(this.db, sourceId))!;
  }
}

const SCHEMES: Record<PullRequest['kind'], readonly string[]> = { csv: ['https:', 'http:'], postgres: ['postgres:', 'postgresql:'] };

function urlOf(kind: PullRequest['kind'], address = ''): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url || !SCHEMES[kind].includes(url.protocol) || url.hostname === '') throw refusal('address', kind === 'csv' ? 'This must be an address such as https://example.com/people.csv.' : 'This must be an address such as postgres://user:password@host:5432/database.');
  return url;
}

/** Without name, password and what stands after the question mark, which is often a key. */
const shownOf = (url: URL): string => `${url.protocol}//${url.host}${url.pathname}`;
const refusal = (path: string, message: string): AppError => new AppError('pull.address', message, 'invalid', [{ path, code: 'pull.address', message }]);
