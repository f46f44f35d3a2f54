import type { DataSource } from 'typeorm';
import { inTransaction } from '../../platform/database/db.js';
import type { Log } from '../../platform/logging.js';
import { expireLeases, holdsLease, replayClaims } from './store/recovery.store.js';
import { loadSendingSettings } from './store/sending-settings.store.js';
import { foreignJournals, removeJournal, type ForeignJournal } from './journal.js';

/** After a refusal whose answer was not stored: the first step of the retry schedule. */
const RETRY_MS = 5 * 60_000;

export interface RecoveryScope { db: DataSource; folder: string; worker: string; log: Log }

/**
 * Finishes what dead workers left: their journals first, which know every message that may have left; then claims that ran
 * out with no journal at hand (another machine's), which become `uncertain`. Safe to run in every process at any time.
 */
export async function recover(scope: RecoveryScope, now: Date): Promise<void> {
  const spare = [scope.worker];
  for (const journal of foreignJournals(scope.folder, scope.worker)) {
    if (!(await isOver(scope.db, journal, now))) {
      spare.push(journal.worker);
      continue;
    }
    const moved = await replay(scope, journal, now);
    removeJournal(journal);
    scope.log.warn({ worker: journal.worker, moved: Object.fromEntries(moved) }, 'finished what a stopped sender left behind');
  }
  const expired = await expireLeases(scope.db, spare, now);
  if (expired > 0) scope.log.warn({ expired }, 'deliveries of a vanished sender are uncertain');
}

/** A worker of which nothing can be known from here counts as ended when its claims have run out. */
async function isOver(db: DataSource, journal: ForeignJournal, now: Date): Promise<boolean> {
  if (journal.liveness === 'unknown') return !(await holdsLease(db, journal.worker, now));
  return journal.liveness === 'dead';
}

async function replay({ db }: RecoveryScope, { worker, entries, liveness }: ForeignJournal, now: Date): Promise<Map<string, number>> {
  const { resendUncertain: resend } = await loadSendingSettings(db);
  const of = (word: string) => entries.filter((entry) => entry.word === word);
  // A journal from before a restart of the machine may have lost its end, so what it does not mention is not known.
  const unmentioned = liveness === 'dead' ? 'queued' : 'uncertain';
  return inTransaction(db, (tx) => replayClaims(tx, { worker, accepted: of('accepted'), begun: of('begun'), refused: of('refused'), unmentioned, resend, retryAt: new Date(now.getTime() + RETRY_MS), now }));
}
