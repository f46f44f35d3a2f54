import type { RampLimits } from '../../contract/safety.js';
import type { CampaignBrake } from '../../delivery/sending/campaign-brake.js';
import { windowMillis } from '../../kernel/local-time.js';
import type { Db } from '../../platform/database/db.js';
import { haltOf, volumeHalt } from '../domain/ramp.js';
import { takeLaunch, type Launch } from '../store/launches.store.js';
import { acceptVolume, hasUnsent, mostGoneAt, openStage, rampCounts, waitOn } from '../store/ramp.store.js';
import { loadVersion } from '../store/versions.store.js';
import { countMeant, meantByLaunch } from './meant.js';

/** What a step of a ramp came to. */
export type RampStep = 'halted' | 'opened' | 'none';

/**
 * Looks at what a ramp has led to, in the caller's transaction: halts it (its campaign is paused, with the numbers) or opens the next stage
 * when its time has come and nothing of the one before is left to send. No stage is opened without a look at most of what goes within a day. After a
 * resume only what follows counts.
 */
export async function stepRamp(tx: Db, launchId: string, { limits, brake }: { limits: RampLimits; brake: CampaignBrake }, now: Date): Promise<RampStep> {
  const launch = await takeLaunch(tx, launchId);
  if (!launch?.ramp || launch.state !== 'running' || launch.campaignState !== 'active') return 'none';
  const isFirst = launch.stage === 0;
  const why = isFirst ? await volumeOf(tx, launch, limits, now) : haltOf(await rampCounts(tx, launch.campaignId, launch.countedFrom!), limits, now);
  if (why) {
    // Whoever resumes it has read how many there are now.
    if (isFirst) await acceptVolume(tx, launch.id);
    return (await brake.pause(tx, launch.campaignId, why, now)) ? 'halted' : 'none';
  }
  if (launch.resumeAt === null || launch.resumeAt > now || (!isFirst && (await hasUnsent(tx, launch.campaignId, now)))) return 'none';
  if (!isFirst && (await waitsForHours(tx, launch, now))) return 'none';
  return (await openStage(tx, launch.id)) ? 'opened' : 'none';
}

/** A stage of which most waits for its hour was not looked at yet: its wait begins when half of it has gone. */
async function waitsForHours(tx: Db, launch: Launch, now: Date): Promise<boolean> {
  const version = await loadVersion(tx, launch.versionId);
  const from = await mostGoneAt(tx, { campaignId: launch.campaignId, arriving: version.published.definition.type === 'broadcast' }, now);
  if (from) await waitOn(tx, launch.id, new Date(from.getTime() + windowMillis(launch.ramp![launch.stage - 1]!.wait)));
  return from !== null;
}

/** An audience beside the segment is counted by itself: the launch has counted the segment. */
async function volumeOf(tx: Db, launch: NonNullable<Awaited<ReturnType<typeof takeLaunch>>>, limits: RampLimits, now: Date) {
  if (launch.forecast === null || launch.forecast === launch.total) return null;
  const version = await loadVersion(tx, launch.versionId);
  const people = version.published.audience ? await countMeant(tx, meantByLaunch(launch, version), now) : launch.total;
  return people === null ? null : volumeHalt({ people, forecast: launch.forecast }, limits, now);
}
