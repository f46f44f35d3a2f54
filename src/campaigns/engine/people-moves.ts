import { cancelPending } from '../../delivery/sending/store/deliveries.store.js';
import { recordNews } from '../../people/store/news.store.js';
import type { Db } from '../../platform/database/db.js';
import type { SettledChange } from '../domain/settled.js';
import { groupedBy } from '../domain/grouped.js';
import { activeRunsOf, carryConsent, forgetDetails, heldByDispatch, moveToSurvivors, postpone, runsInTheWay, type Merged } from '../store/people-moves.store.js';
import { endEarly } from './end-early.js';

/**
 * Makes the runs, assignments, deliveries, decisions and consents of merged people those of their survivors; nobody is named by two of
 * the changes. Doing it again changes nothing. While a sender holds a message of somebody their whole move waits, because the sender settles it under
 * their old id.
 *
 * @returns how many have to wait; their news is back in the queue then
 */
export async function followMerges(tx: Db, changes: readonly SettledChange[], now: Date): Promise<number> {
  const mergesOf = ({ personIds, mergedInto }: SettledChange): Merged[] => personIds.filter((id) => id !== mergedInto).map((from) => ({ from, into: mergedInto! }));
  const all = changes.flatMap(mergesOf);
  if (all.length === 0) return 0;
  await activeRunsOf(tx, all.flatMap(({ from, into }) => [from, into]));
  // At once, even when the rest has to wait: no message may go out on a consent that was withdrawn.
  await carryConsent(tx, all, now);
  const held = await heldByDispatch(tx, all.map(({ from }) => from));
  const waiting = changes.filter((change) => mergesOf(change).some(({ from }) => held.has(from)));
  for (const change of waiting) await postpone(tx, change, now);
  const merges = changes.filter((change) => !waiting.includes(change)).flatMap(mergesOf);
  if (merges.length === 0) return waiting.length;
  for (const [into, runs] of groupedBy(await runsInTheWay(tx, merges), (run) => run.into)) await endEarly(tx, runs.map(({ id }) => id), { state: 'cancelled', code: 'PERSON_MERGED', facts: { into } }, now);
  await moveToSurvivors(tx, merges, now);
  // Open pages of both ask anew who they are and what waits for them.
  await recordNews(tx, [...new Set(merges.flatMap(({ from, into }) => [into, from]))].map((personId) => ({ personId, kind: 'rules' })), now);
  return waiting.length;
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
  if ((await heldByDispatch(tx, change.personIds)).size === 0) return true;
  await postpone(tx, change, now);
  return false;
}
