import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../kernel/clock.js';
import { row, type Db } from '../platform/database/db.js';
import { judgeStatus, worst, type Finding, type Level } from './domain/status.js';
import { backlogs, latencies, refusals, sumsSince, upkeep, type Backlog, type Day, type Leg, type Spans, type Upkeep } from './store/queues.read.js';

/** Asked more often than this, the answer is the last one: a scrape, a page and an alarm cost one look. */
const KEPT_MS = 5_000;
const HOUR_MS = 3_600_000;
/** A look that takes longer gives up: it must not add to what ails the database. */
const MOST_MS = 5_000;

export interface Status {
  at: Date;
  level: Level;
  findings: Finding[];
  backlogs: Backlog[];
  latencies: Record<Leg, Spans>;
  day: Day;
  refusals: { code: string; count: number }[];
  upkeep: Upkeep;
}

/** What the whole installation does at the moment, whichever process is asked: all of it is read from the database. */
@Injectable()
export class StatusReader {
  private last: { at: number; status: Promise<Status> } | null = null;

  constructor(private readonly db: DataSource, private readonly clock: Clock) {}

  read(): Promise<Status> {
    const now = this.clock.now();
    if (this.last && Math.abs(now.getTime() - this.last.at) < KEPT_MS) return this.last.status;
    const status = this.look(now);
    this.last = { at: now.getTime(), status };
    status.catch(() => { this.last = null; });
    return status;
  }

  private look(now: Date): Promise<Status> {
    return this.db.transaction('REPEATABLE READ', async (tx) => {
      await row(tx, `select set_config('statement_timeout', $1, true), set_config('transaction_read_only', 'on', true)`, [String(MOST_MS)]);
      return statusOf(tx, now);
    });
  }
}

async function statusOf(tx: Db, now: Date): Promise<Status> {
  const waiting = await backlogs(tx, now);
  const spans = await latencies(tx, new Date(now.getTime() - HOUR_MS));
  const day = await sumsSince(tx, new Date(now.getTime() - 24 * HOUR_MS));
  const kept = await upkeep(tx, now);
  const findings = judgeStatus({ now, backlogs: waiting, day, spans, resultsPending: kept.resultsPending, leasesOver: kept.leasesOver, connections: kept.connections });
  return { at: now, level: worst(findings), findings, backlogs: waiting, latencies: spans, day, refusals: await refusals(tx), upkeep: kept };
}
