import { BUCKETS } from '../../kernel/bucket.js';
import type { AuditLog } from '../../platform/audit.js';
import type { Db } from '../../platform/database/db.js';
import { endChoice, findExperiment, insertChoice } from '../store/choices.store.js';
import { isToLeave, winnerToAdopt } from '../store/verdicts.store.js';

/** Who chose, where it was the verdict itself. */
const BY = 'verdict';

/** Gives new people the winner of one experiment, if that is still to be done. @returns whether it did */
export async function adoptWinner(tx: Db, audit: AuditLog, experimentId: string, now: Date): Promise<boolean> {
  const experiment = await findExperiment(tx, experimentId, true);
  // Asked again now that nobody else can choose.
  const found = await winnerToAdopt(tx, experimentId);
  if (!experiment || !found) return false;
  const keep = Math.round(found.keep * BUCKETS);
  await insertChoice(tx, { experimentId, campaignId: experiment.campaignId, variant: found.variant, keep, claim: 'winner', chosenBy: BY }, now);
  await audit.record(tx, { actor: 'system', action: 'experiment.choose', subject: `experiment:${experimentId}`, detail: { campaignId: experiment.campaignId, variant: found.variant, keep, claim: 'winner', because: 'verdict' } }, now);
  return true;
}

/** New people are split again, because the adopted winner does harm. @returns whether it was still to be done */
export async function leaveWinner(tx: Db, audit: AuditLog, experimentId: string, now: Date): Promise<boolean> {
  await findExperiment(tx, experimentId, true);
  if (!(await isToLeave(tx, experimentId))) return false;
  const ended = (await endChoice(tx, experimentId, { by: BY, reason: 'guardrail' }, now))!;
  await audit.record(tx, { actor: 'system', action: 'experiment.unchoose', subject: `experiment:${experimentId}`, detail: { variant: ended.variant, because: 'guardrail' } }, now);
  return true;
}
