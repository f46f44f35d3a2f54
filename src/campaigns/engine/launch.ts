import type { EntityManager } from 'typeorm';
import type { SegmentNode } from '../../contract/segment.js';
import { isInShare } from '../domain/steering.js';
import { testThenSendOf } from '../domain/test-then-send.js';
import { recordDecisions } from '../store/decisions.store.js';
import { endLaunch, launchPage, moveLaunch, startLaunch, takeLaunch, type Launch } from '../store/launches.store.js';
import { beginTest, findTest, freezeRest } from '../store/test-then-send.store.js';
import { loadVersion, type CampaignVersion } from '../store/versions.store.js';
import type { Moment } from './conditions.js';
import { startMoving } from './advance.js';
import type { BatchContext } from './batch.js';
import { judgeEntry, type Candidate } from './enter.js';
import { lockEntry } from './locks.js';

/**
 * Takes one page of a launch through the gates of entry and as far through the steps as people get now, in the caller's
 * transaction: after a crash it goes on behind the last page that was committed. A campaign that drains, has stopped or is archived cancels what is left.
 *
 * @returns how many people were looked at, at least 1 while there is more to do
 */
export async function launchNext(tx: EntityManager, launchId: string, limit: number, moment: Moment): Promise<number> {
  await lockEntry(tx);
  const launch = await takeLaunch(tx, launchId);
  if (!launch || launch.campaignState === 'paused') return 0;
  if (launch.campaignState !== 'active') {
    await endLaunch(tx, launch.id, 'cancelled', moment.now);
    return 1;
  }
  const version = await loadVersion(tx, launch.versionId);
  if (launch.startedAt === null) {
    await startLaunch(tx, launch, moment.now);
    const test = launch.part === 'test' ? testThenSendOf(version.published) : null;
    if (test) await beginTest(tx, { ...test, experimentId: test.experiment.experimentId, campaignId: launch.campaignId, launchId: launch.id }, moment.now);
    launch.startedAt = moment.now;
  }
  const people = await launchPage(tx, launch, limit);
  const entry = { kind: 'launch' as const, at: launch.startedAt.toISOString(), launchId: launch.id, ...(launch.segmentId ? { segmentId: launch.segmentId } : {}) };
  // Taking the launch has locked the campaign as it is: it stays active until commit.
  const { entering, refused } = await judgeEntry(tx, { version, state: launch.campaignState, within: stillMeant(launch) }, people.map((personId) => ({ personId, entry })), moment);
  const context: BatchContext = { tx, ...moment, decisions: refused, scheduled: [] };
  await startMoving(context, version, launch.part === 'test' ? await keepShare(tx, version, entering) : entering);
  await recordDecisions(tx, context.decisions, moment.now);
  if (people.length > 0) await moveLaunch(tx, launch.id, people.at(-1)!, people.length);
  if (people.length < limit) await endLaunch(tx, launch.id, 'done', moment.now);
  return Math.max(1, people.length);
}

/** The rest of a test was frozen a while ago: who has left the segment since is no longer meant. */
function stillMeant({ part, segmentId }: Launch): SegmentNode | undefined {
  return part === 'rest' && segmentId !== null ? { type: 'segment', op: 'in', segmentId } : undefined;
}

/** Those of the test's share enter now; everybody else who passed the gates is frozen for the rest, in the same transaction. */
async function keepShare(tx: EntityManager, version: CampaignVersion, entering: readonly Candidate[]): Promise<Candidate[]> {
  const test = (await findTest(tx, { campaignId: version.campaignId }))!;
  const experiment = testThenSendOf(version.published)!.experiment;
  const inTest = entering.filter(({ personId }) => isInShare(experiment, test.share, personId));
  const taken = new Set(inTest);
  await freezeRest(tx, test, { inTest: inTest.length, rest: entering.filter((candidate) => !taken.has(candidate)).map(({ personId }) => personId) });
  return inTest;
}
