import { row, rows, type Db } from '../../platform/database/db.js';
import type { Statement } from '../../platform/database/in-turn.js';

/** Somebody to whom a campaign did something, or who did something with a message of it. */
export interface Engaged { personId: string; campaignId: string }

const ANNOUNCE = 'select announce_engagement($1::timestamptz, $2::uuid[], $3::uuid[]) as announced';

/**
 * Announces with one row, as `campaign` and `campaign:ID`, that a campaign's dealings with these people changed: but only when
 * somebody reads such changes, because sending makes many. Nobody is missed: a reader first leaves its row
 * ({@link readEngagement}), then waits for every writer that may not have seen it ({@link awaitEngagementWriters}), and only
 * then looks at what there is.
 *
 * @returns whether a row was written: `segments.membership` is to be woken after commit
 */
export async function announceEngagement(tx: Db, engaged: readonly Engaged[], at: Date): Promise<boolean> {
  const statement = announcing(engaged, at);
  return statement !== null && (await row<{ announced: boolean }>(tx, statement.text, statement.values))!.announced;
}

/** {@link announceEngagement} without its answer, to be run with others. */
export function announcing(engaged: readonly Engaged[], at: Date): Statement | null {
  if (engaged.length === 0) return null;
  return { text: ANNOUNCE, values: [at, engaged.map(({ personId }) => personId), [...new Set(engaged.map(({ campaignId }) => campaignId))]] };
}

/** Has every later change of this kind announced. Takes effect with the commit, and is never taken back. */
export async function readEngagement(tx: Db): Promise<void> {
  await rows(tx, `insert into change_reader (key) values ('campaign') on conflict (key) do nothing`);
}

/** Waits for every transaction that may not have seen a committed {@link readEngagement}; new ones wait until this one ends. */
export async function awaitEngagementWriters(tx: Db): Promise<void> {
  await rows(tx, 'select pg_advisory_xact_lock(7305003)');
}
