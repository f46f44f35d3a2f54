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
import { openOrNull } from '../../../platform/secrets/vault.js';
import { loadSource, lockSource } from '../store/sources.store.js';
import { fetchCsv } from './fetch-csv.js';
import { addressOf, deletePull, findPull, insertPull, listRuns, pullNow, type Pull, type PullRun } from './pulls.store.js';
import { Reach } from './reach.js';
import { readPostgres } from './read-postgres.js';

interface Asked { kind: 'csv' | 'postgres'; address?: string | undefined; query?: string | undefined; cursorColumn?: string | undefined }
export interface PullRequest extends Asked { everyMinutes: number }

/** So many rows are shown before anything is kept. */
const TRIED = 20;

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
  async put(sourceId: string, { everyMinutes, ...asked }: PullRequest, actor: Actor): Promise<Pull> {
    const now = this.clock.now();
    const { kind, url, query, cursorColumn } = await this.place(sourceId, asked);
    await inTransaction(this.db, async (tx) => {
      const source = await lockSource(tx, sourceId);
      if (!source) throw notFound('source', sourceId);
      if (source.kind !== 'json') throw conflict('pull.kind', 'Shopify and Stripe send by themselves; only a source of kind "json" is asked on a schedule.');
      const before = await findPull(tx, sourceId);
      const goesOn = before?.kind === kind && before.shown === shownOf(url) && before.cursorColumn === cursorColumn;
      await insertPull(tx, { id: newId(), sourceId, kind, address: url.href, shown: shownOf(url), query, cursorColumn, everyMinutes }, goesOn ? before.cursor : null, now);
      await this.audit.record(tx, { actor, action: 'source.pull', subject: `source:${sourceId}`, detail: { kind, address: shownOf(url), query, cursorColumn, everyMinutes } }, now);
    });
    this.runner.wake('people.pulls');
    return (await findPull(this.db, sourceId))!;
  }

  /**
   * What would come first, as it is at the moment; nothing is kept, and the cursor stays where it is.
   *
   * @throws pull.*
   */
  async try(sourceId: string, asked: Asked): Promise<{ rows: Record<string, unknown>[]; found: number | null }> {
    const { kind, url, query, cursorColumn } = await this.place(sourceId, asked);
    if (kind === 'csv') {
      const answer = await fetchCsv(this.reach, url.href, { etag: null, modified: null });
      const rows = answer.kind === 'rows' ? answer.rows : [];
      return { rows: rows.slice(0, TRIED), found: rows.length };
    }
    const { rows } = await readPostgres(this.reach, url.href, { query: query!, cursorColumn: cursorColumn!, cursor: null, limit: TRIED });
    return { rows: rows.slice(0, TRIED), found: null };
  }

  /** The latest looks first. */
  async runs(sourceId: string, page: { before: string | null; limit: number }): Promise<PullRun[]> {
    if (!(await loadSource(this.db, sourceId))) throw notFound('source', sourceId);
    return listRuns(this.db, sourceId, page);
  }

  /** Whether its address can not be opened any more. */
  isLost(pull: Pull): boolean {
    return openOrNull(() => addressOf(this.db, pull)) === null;
  }

  /** Where it is asked and for what, judged. Without an address the one that is known is meant, which nobody has to type again. */
  private async place(sourceId: string, { kind, address, query, cursorColumn }: Asked): Promise<{ kind: Pull['kind']; url: URL; query: string | null; cursorColumn: string | null }> {
    const known = address === undefined ? await findPull(this.db, sourceId) : null;
    if (address === undefined && known?.kind !== kind) throw refusal('address', 'An address is needed.');
    const url = urlOf(kind, address ?? addressOf(this.db, known!));
    await this.reach.to(hostOf(url)).catch((error: unknown) => { throw error instanceof AppError && error.code === 'pull.refused' ? refusal('address', error.message) : error; });
    if (kind === 'csv') return { kind, url, query: null, cursorColumn: null };
    if (query === undefined || cursorColumn === undefined) throw refusal(query === undefined ? 'query' : 'cursorColumn', 'A query of PostgreSQL needs the query and the column that grows.');
    return { kind, url, query, cursorColumn };
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

function urlOf(kind: PullRequest['kind'], address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url || !SCHEMES[kind].includes(url.protocol) || url.hostname === '') throw refusal('address', kind === 'csv' ? 'This must be an address such as https://example.com/people.csv.' : 'This must be an address such as postgres://user:password@host:5432/database.');
  return url;
}

/** Without name, password and what stands after the question mark, which is often a key. */
const shownOf = (url: URL): string => `${url.protocol}//${url.host}${url.pathname}`;
const refusal = (path: string, message: string): AppError => new AppError('pull.address', message, 'invalid', [{ path, code: 'pull.address', message }]);
