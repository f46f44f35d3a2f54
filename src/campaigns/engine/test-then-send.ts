import { leaderOf } from '../../analytics/domain/statistics/leader.js';
import { addDuration } from '../../kernel/local-time.js';
import type { AuditLog } from '../../platform/audit.js';
import type { Db } from '../../platform/database/db.js';
import type { ObservedCounts } from '../../platform/observed-counts.js';
import { remainingArms } from '../domain/steering.js';
import { dropsOf, findExperiment, insertChoice, type Claim, type SteeredExperiment } from '../store/choices.store.js';
import { lockCampaign } from '../store/enrollments.store.js';
import { beginWait, cancelTest, holdRest, sendRest, takeTest, testProgress, type TestThenSend } from '../store/test-then-send.store.js';
import { verdictOf } from '../store/verdicts.store.js';
import type { Moment } from './conditions.js';

export interface Ports { audit: AuditLog; observed: ObservedCounts }

/**
 * Takes one test-then-send a step on, in the caller's transaction: the wait begins when the last message of the test has left, and at
 * its end the rest is launched. Nothing happens while the campaign is paused; one that has ended gives the rest up.
 *
 * @returns whether something was done
 */
export async function stepTest(tx: Db, { experimentId, campaignId }: Pick<TestThenSend, 'experimentId' | 'campaignId'>, ports: Ports, moment: Moment): Promise<boolean> {
  const state = await lockCampaign(tx, campaignId);
  if (state === 'paused') return false;
  const test = await takeTest(tx, experimentId);
  if (!test || test.state === 'held') return false;
  const experiment = (await findExperiment(tx, experimentId))!;
  if (test.state === 'testing') return watchSending(tx, test, experiment, moment);
  if (test.decideAt! > moment.now) return false;
  if (state === 'active') await decide(tx, test, experiment, { ...ports, now: moment.now });
  else await cancelTest(tx, campaignId, moment.now);
  return true;
}

async function watchSending(tx: Db, test: TestThenSend, experiment: SteeredExperiment, { now, zone }: Moment): Promise<boolean> {
  const { launchState, isSending, sentAt } = await testProgress(tx, test, experiment.stepId);
  if (launchState === 'cancelled') {
    await cancelTest(tx, test.campaignId, now);
    return true;
  }
  if (launchState !== 'done' || isSending) return false;
  await beginWait(tx, test.experimentId, { sentAt, decideAt: addDuration(sentAt, test.wait, zone) });
  return true;
}

/**
 * The rest gets the winner when the verdict names one, else the arm with the best observed outcome: the right action when any may be
 * sent, and no claim. Equal ones and no outcomes: the first. An arm that does harm is not sent.
 */
async function decide(tx: Db, test: TestThenSend, experiment: SteeredExperiment, { audit, observed, now }: Ports & { now: Date }): Promise<void> {
  const { experimentId, campaignId } = test;
  const verdict = await verdictOf(tx, experimentId);
  const dropped = (await dropsOf(tx, experimentId)).map(({ variant }) => variant);
  const arms = remainingArms(experiment.arms, dropped);
  const winner = verdict?.state === 'winner' ? arms.find(({ key }) => key === verdict.winner) : undefined;
  const sendable = arms.filter(({ key, isControl }) => !isControl && !verdict?.harmed.includes(key));
  const because = winner?.isControl ? 'control' : sendable.length === 0 ? 'guardrail' : null;
  if (because) {
    await holdRest(tx, experimentId, because);
    await audit.record(tx, { actor: 'system', action: 'experiment.hold', subject: `experiment:${experimentId}`, detail: { campaignId, because, people: test.restPeople } }, now);
    return;
  }
  const proven = sendable.find(({ key }) => key === winner?.key)?.key;
  const variant = proven ?? (await inFront(tx, experimentId, sendable.map(({ key }) => key), { observed, now }));
  const claim: Claim = proven ? 'winner' : 'leader';
  await insertChoice(tx, { experimentId, campaignId, variant, keep: 0, claim, chosenBy: 'wait' }, now);
  await sendRest(tx, test, now);
  await audit.record(tx, { actor: 'system', action: 'experiment.choose', subject: `experiment:${experimentId}`, detail: { campaignId, variant, keep: 0, claim, because: 'wait', people: test.restPeople } }, now);
}

async function inFront(tx: Db, experimentId: string, keys: readonly string[], { observed, now }: { observed: ObservedCounts; now: Date }): Promise<string> {
  const seen = await observed.observe(tx, experimentId, now);
  if (!seen) return keys[0]!;
  // In the order of the arms, so that the first of equals is theirs.
  const arms = keys.map((key) => ({ key, outcome: outcomeOf(seen.arms.find((arm) => arm.key === key)) }));
  return leaderOf(arms, seen.direction) ?? keys[0]!;
}

/** Only the mean is asked for here. */
const outcomeOf = (arm: { people: number; total: number } | undefined) => ({ n: arm?.people ?? 0, sum: arm?.total ?? 0, sumSq: 0 });
