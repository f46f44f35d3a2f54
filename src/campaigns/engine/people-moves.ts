import { cancelPending } from '../../delivery/sending/store/deliveries.store.js';
import { recordNews } from '../../people/store/news.store.js';
import type { Db } from '../../platform/database/db.js';
import type { SettledChange } from '../domain/settled.js';
import { activeRunsOf, carryConsent, forgetDetails, holdsDispatch, moveToSurvivors, postpone, runsInTheWay, type Merged } from '../store/people-moves.store.js';
import { endEarly } from './end-early.js';

/**
 * Makes the runs, assignments, deliveries, decisions and consents of merged people those of their survivors. Doing it again changes
 * nothing. While a sender holds a message of theirs the whole move waits, because the sender settles it under their old id.
 *
 * @returns false when it has to wait; the news is back in the queue then
 */
export async function followMerge(tx: Db, change: SettledChange, now: Date): Promise<boolean> {
  const into = change.mergedInto!;
  const merges: Merged[] = change.personIds.filter((id) => id !== into).map((from) => ({ from, into }));
  if (merges.length === 0) return true;
  await activeRunsOf(tx, merges.flatMap(({ from }) => [from, into]));
  // At once, even when the rest has to wait: no message may go out on a consent that was withdrawn.
  await carryConsent(tx, merges, now);
  if (await holdsDispatch(tx, merges.map(({ from }) => from))) {
    await postpone(tx, change, now);
    return false;
  }
  await endEarly(tx, await runsInTheWay(tx, merges), { state: 'cancelled', code: 'PERSON_MERGED', facts: { into } }, now);
  await moveToSurvivors(tx, merges, now);
  // Open pages of both ask anew who they are and what waits for them.
  await recordNews(tx, [into, ...merges.map(({ from }) => from)].map((personId) => ({ personId, kind: 'rules' })), now);
  return true;
}

/**
 * Ends the runs of erased people, cancels what was queued for them, and forgets what their runs and messages knew of them.
 *
 * @returns false when a sender still holds a message of theirs and will write down where it went: the news is back in the
 *   queue, and what came of that message is forgotten too
 */
export async function followErasure(tx: Db, change: SettledChange, now: Date): Promise<boolean> {
  await endEarly(tx, await activeRunsOf(tx, change.personIds), { state: 'exited', code: 'PERSON_DELETED', facts: {} }, now);
  await cancelPending(tx, { personIds: change.personIds }, 'PERSON_DELETED', now);
  await forgetDetails(tx, change.personIds, now);
  await recordNews(tx, change.personIds.map((personId) => ({ personId, kind: 'rules' })), now);
  if (!(await holdsDispatch(tx, change.personIds))) return true;
  await postpone(tx, change, now);
  return false;
}
