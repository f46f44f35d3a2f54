import type { EntityManager } from 'typeorm';
import { recordDecisions } from '../store/decisions.store.js';
import { endLaunch, launchPage, moveLaunch, startLaunch, takeLaunch } from '../store/launches.store.js';
import { loadVersion } from '../store/versions.store.js';
import type { Moment } from './conditions.js';
import { startMoving } from './advance.js';
import type { BatchContext } from './batch.js';
import { judgeEntry } from './enter.js';
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
  if (launch.startedAt === null) {
    await startLaunch(tx, launch, moment.now);
    launch.startedAt = moment.now;
  }
  const people = await launchPage(tx, launch, limit);
  const version = await loadVersion(tx, launch.versionId);
  const entry = { kind: 'launch' as const, at: launch.startedAt.toISOString(), launchId: launch.id, ...(launch.segmentId ? { segmentId: launch.segmentId } : {}) };
  // Taking the launch has locked the campaign as it is: it stays active until commit.
  const { entering, refused } = await judgeEntry(tx, { version, state: launch.campaignState }, people.map((personId) => ({ personId, entry })), moment);
  const context: BatchContext = { tx, ...moment, decisions: refused, scheduled: [] };
  await startMoving(context, version, entering);
  await recordDecisions(tx, context.decisions, moment.now);
  if (people.length > 0) await moveLaunch(tx, launch.id, people.at(-1)!, people.length);
  if (people.length < limit) await endLaunch(tx, launch.id, 'done', moment.now);
  return Math.max(1, people.length);
}
