import type { ReasonCode } from '../../kernel/reason-codes.js';
import type { Db } from '../../platform/database/db.js';
import { engageByGoal, recallInApp } from '../../delivery/inbox/store/inbox.store.js';
import { cancelPending } from '../../delivery/sending/store/deliveries.store.js';
import { firstRefusal, GATE_OF } from '../../kernel/gates.js';
import { groupedBy } from '../domain/grouped.js';
import { recordDecisions } from '../store/decisions.store.js';
import { endRuns } from '../store/enrollments.store.js';
import type { Endings } from './endings.js';

export interface Ending {
  state: 'exited' | 'cancelled';
  code: ReasonCode;
  /** What ended it: the goal or rule, the event. */
  facts: Record<string, unknown>;
}

/** What the run put into the inbox is pending until somebody sees it; whoever saw it and reached the goal did what it asked. */
async function clearInbox(tx: Db, enrollmentIds: readonly string[], code: ReasonCode, now: Date): Promise<void> {
  await recallInApp(tx, { enrollmentIds, unseenOnly: true }, code, now);
  if (code === 'GOAL_REACHED') await engageByGoal(tx, enrollmentIds, now);
}

/** Ends runs at once by the exiting goals and exit rules that were found for them. @returns how many ended */
export async function endByFound(tx: Db, found: ReadonlyMap<string, Endings>, now: Date): Promise<number> {
  let ended = 0;
  for (const alike of groupedBy([...found], ([, endings]) => JSON.stringify(endings)).values()) {
    const refusal = firstRefusal({ now, exit: alike[0]![1] });
    if (refusal) ended += await endEarly(tx, alike.map(([id]) => id), { state: 'exited', code: refusal.code, facts: refusal.facts }, now);
  }
  return ended;
}

/**
 * Ends runs at once: the run, what of it was still queued or unseen, and the ledger, in the caller's transaction. Runs that are over
 * already are left as they are.
 *
 * @returns how many ended
 */
export async function endEarly(tx: Db, runIds: readonly string[], ending: Ending, now: Date): Promise<number> {
  const ended = await endRuns(tx, runIds, { state: ending.state, code: ending.code, now });
  if (ended.length === 0) return 0;
  await cancelPending(tx, { enrollmentIds: ended.map((run) => run.id) }, ending.code, now);
  if (ending.state === 'exited') await clearInbox(tx, ended.map((run) => run.id), ending.code, now);
  await recordDecisions(tx, ended.map((run) => ({
    personId: run.personId, campaignId: run.campaignId, versionId: run.versionId, stepId: run.stepId, enrollmentId: run.id, variant: null,
    stage: 'exit' as const, code: ending.code, facts: { ...ending.facts, gate: GATE_OF[ending.code] }, nextCheckAt: null,
  })), now);
  return ended.length;
}
