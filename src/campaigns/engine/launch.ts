import type { EntityManager } from 'typeorm';
import type { SegmentNode } from '../../contract/segment.js';
import { addDuration } from '../../kernel/local-time.js';
import { isLastStage } from '../domain/ramp.js';
import { isInShare } from '../domain/steering.js';
import { unitsOf } from '../store/assignments.store.js';
import { testThenSendOf } from '../domain/test-then-send.js';
import { recordDecisions } from '../store/decisions.store.js';
import { freezePeople, launchPage, startLaunch, survivorsOf, type LaunchPage } from '../store/launch-audience.store.js';
import { endLaunch, endStage, moveLaunch, takeLaunch, type Launch } from '../store/launches.store.js';
import { beginTest, findTest, freezeRest } from '../store/test-then-send.store.js';
import { loadVersion, type CampaignVersion } from '../store/versions.store.js';
import { whoMeets, type Moment } from './conditions.js';
import { startMoving } from './advance.js';
import { isApproved } from './approval.js';
import type { BatchContext } from './batch.js';
import { judgeEntry, oncePerPerson, type Candidate } from './enter.js';
import { lockEntry } from './locks.js';
import { freezeLookedBack, lookedBackCandidates, lookedBackFor } from './looking-back.js';

/**
 * Takes one page of a launch through the gates of entry and as far through the steps as people get now, in the caller's
 * transaction: after a crash it goes on behind the last page that was committed. A campaign that drains, has stopped or is archived cancels what is left.
 * A launch that needs a second person waits before it starts; one in stages waits before each of them until `campaigns.ramps` opens it.
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
    if (!(await isApproved(tx, { launch, version }, moment.now))) return 1;
    await begin(tx, { launch, version }, moment);
    if (launch.ramp) return 1;
  }
  // Another process may have come to the end of the stage since it was found due.
  if (launch.resumeAt !== null) return 0;
  return takePage(tx, { launch, version }, limit, moment);
}

interface Taking { launch: Launch & { campaignState: string }; version: CampaignVersion }

async function begin(tx: EntityManager, { launch, version }: Taking, { now, zone }: Moment): Promise<void> {
  const entry = lookedBackFor(version);
  if (entry) await freezeLookedBack(tx, { launch: { ...launch, startedAt: now }, entry }, zone);
  launch.copied = entry !== null;
  await startLaunch(tx, launch, now);
  const test = launch.part === 'test' ? testThenSendOf(version.published) : null;
  if (test) await beginTest(tx, { ...test, experimentId: test.experiment.experimentId, campaignId: launch.campaignId, launchId: launch.id }, now);
  launch.startedAt = now;
}

async function takePage(tx: EntityManager, { launch, version }: Taking, limit: number, moment: Moment): Promise<number> {
  // Whoever has to wait for a later stage is judged by the audience of the start: nothing but a look now can tell.
  const looking = lookedBackFor(version);
  const copies = launch.ramp !== null && !looking && launch.stage === 1 && version.published.audience !== undefined && !rechecks(version);
  const page = await launchPage(tx, launch, limit, copies);
  if (copies) await freezePeople(tx, launch.id, [...(await whoMeets(tx, version.published.audience!, page.later, moment))]);
  const people = await survivorsOf(tx, launch.campaignId, page.people);
  const entry = { kind: 'launch' as const, at: launch.startedAt!.toISOString(), launchId: launch.id, ...(launch.segmentId ? { segmentId: launch.segmentId } : {}) };
  // Taking the launch has locked the campaign as it is: it stays active until commit.
  const entrance = { version, state: launch.campaignState, within: stillMeant(launch, version), frozen: launch.copied && !looking };
  const candidates = looking ? await lookedBackCandidates(tx, { launch, entry: looking }, people, moment) : people.map((personId) => ({ personId, entry }));
  const context: BatchContext = { tx, ...moment, launchedAt: metFrom(launch, moment.now), decisions: [], scheduled: [], deliveries: [], engaged: [], unreachable: new Map() };
  for (const round of oncePerPerson(candidates)) {
    const { entering, refused } = await judgeEntry(tx, entrance, round, moment);
    context.decisions.push(...refused);
    await startMoving(context, version, launch.part === 'test' ? await keepShare(tx, version, entering) : entering);
  }
  await recordDecisions(tx, context.decisions, moment.now);
  await moveOn(tx, { launch, page, copies }, moment);
  return Math.max(1, page.people.length);
}

/** A local time that was less than an hour ago is still met: by a page that is looked at late, after a short pause, or when a second person says yes. */
const STILL_MET_MS = 3_600_000;
const metFrom = ({ dueAt, stage }: Launch, now: Date): Date => (stage > 1 ? now : new Date(Math.max(dueAt.getTime(), now.getTime() - STILL_MET_MS)));

/** Notes how far it came; at the end of a stage its wait begins, at the end of the last one the launch is over. */
async function moveOn(tx: EntityManager, { launch, page, copies }: { launch: Launch; page: LaunchPage; copies: boolean }, { now, zone }: Moment): Promise<void> {
  if (page.cursor !== null) await moveLaunch(tx, launch.id, page.cursor, page.people.length);
  if (!page.ended) return;
  if (!launch.ramp || isLastStage(launch.ramp, launch.stage)) return endLaunch(tx, launch.id, 'done', now);
  await endStage(tx, launch.id, { resumeAt: addDuration(now, launch.ramp[launch.stage - 1]!.wait, zone), copied: copies || launch.copied });
}

const rechecks = ({ published: { definition } }: CampaignVersion): boolean => definition.type === 'broadcast' && definition.recheckAudience === true;

/** The rest of a test was frozen a while ago: who has left the segment since is no longer meant. So it is where the campaign says so. */
function stillMeant({ part, segmentId }: Launch, version: CampaignVersion): SegmentNode | undefined {
  return (part === 'rest' || rechecks(version)) && segmentId !== null ? { type: 'segment', op: 'in', segmentId } : undefined;
}

/** Those of the test's share enter now; everybody else who passed the gates is frozen for the rest, in the same transaction. */
async function keepShare(tx: EntityManager, version: CampaignVersion, entering: readonly Candidate[]): Promise<Candidate[]> {
  const test = (await findTest(tx, { campaignId: version.campaignId }))!;
  const experiment = testThenSendOf(version.published)!.experiment;
  const unit = await unitsOf(tx, experiment, entering.map(({ personId }) => personId));
  const inTest = entering.filter(({ personId }) => isInShare(experiment, test.share, unit(personId)));
  const taken = new Set(inTest);
  await freezeRest(tx, test, { inTest: inTest.length, rest: entering.filter((candidate) => !taken.has(candidate)).map(({ personId }) => personId) });
  return inTest;
}
