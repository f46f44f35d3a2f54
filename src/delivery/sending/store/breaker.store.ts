import { row, rows, type Db } from '../../../platform/database/db.js';
import { keepPlan } from '../../../platform/database/kept-plans.js';
import type { BreakerReason } from '../domain/breaker.js';

/** The breaker of the workspace: open, it holds everything but transactional campaigns. */
export interface Breaker {
  state: 'open' | 'closed';
  /** Why it is, or was last, open. */
  reason: BreakerReason | null;
  by: string;
  at: Date;
  /** It closes by itself then; null: a hand opened it, and only a hand closes it. */
  closesAt: Date | null;
  /** Times in a row that it opened by itself. */
  openedTimes: number;
}

const BREAKER = `b.state, b.reason, b.by, b.at, b.closes_at as "closesAt", b.opened_times as "openedTimes"`;
const READ = keepPlan(`select ${BREAKER} from workspace_breaker as b where b.id = 1`);
const OPEN = keepPlan(`select ${BREAKER} from workspace_breaker as b where b.id = 1 and b.state = 'open'`);

/** Null: it was never opened. */
export const readBreaker = (db: Db): Promise<Breaker | null> => row(db, READ);
/** Null: closed. */
export const openBreaker = (db: Db): Promise<Breaker | null> => row(db, OPEN);

/** Holds the breaker until commit. */
export async function lockBreaker(tx: Db, now: Date): Promise<Breaker> {
  await rows(tx, `insert into workspace_breaker (id, state, by, at) values (1, 'closed', 'setup', $1::timestamptz) on conflict do nothing`, [now]);
  return (await row<Breaker>(tx, `select ${BREAKER} from workspace_breaker as b where b.id = 1 for update`))!;
}

/** Writes what became of the locked breaker. A closed one keeps the reason it was open for. */
export async function saveBreaker(tx: Db, { state, reason, by, at, closesAt, openedTimes }: Breaker): Promise<void> {
  await rows(tx, `update workspace_breaker as b set state = $1, reason = $2::jsonb, by = $3, at = $4::timestamptz, closes_at = $5::timestamptz, opened_times = $6 where b.id = 1`,
    [state, JSON.stringify(reason), by, at, closesAt, openedTimes]);
}
