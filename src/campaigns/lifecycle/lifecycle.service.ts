import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { recallInApp } from '../../delivery/inbox/store/inbox.store.js';
import { requestRelease } from '../../delivery/rules/store/rules.store.js';
import { saveRate } from '../../delivery/sending/store/send-rates.store.js';
import { cancelPending, SENDERS } from '../../delivery/sending/store/deliveries.store.js';
import { Clock } from '../../kernel/clock.js';
import { conflict, notFound } from '../../kernel/errors.js';
import { AuditLog } from '../../platform/audit.js';
import { NEWS, recordNews } from '../../people/store/news.store.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { dropBuild } from '../../segments/store/build.store.js';
import { archiveSegment, lockSegment } from '../../segments/store/segments.store.js';
import { recallClaims } from '../auto/store/claims.store.js';
import { ARCHIVED_WHEN_IDLE, TRANSITIONS, whatInstead, type Verb } from '../domain/lifecycle.js';
import { pacingOf } from '../domain/published.js';
import type { CampaignState } from '../domain/state.js';
import { refuseMissedDates } from '../engine/dates.js';
import { endEarly } from '../engine/end-early.js';
import { changeState, findCampaign, lockCampaign, type Campaign } from '../store/campaigns.store.js';
import { isIdle, setClosing, someActiveRuns } from '../store/closing.store.js';
import { cancelLaunches } from '../store/launch-plan.store.js';
import { endMigration, runningMigration } from '../store/migrations.store.js';
import { underWay } from '../store/remaining.store.js';
import { countAnew } from '../store/ramp.store.js';
import { ownedSegments } from '../store/references.store.js';
import { cancelTest } from '../store/test-then-send.store.js';
import { loadVersion } from '../store/versions.store.js';

const CHUNK = 2_000;
const REASON = 'CAMPAIGN_INACTIVE';

/** What stopping took back. */
export interface Stopped {
  campaign: Campaign;
  cancelled: { runs: number; deliveries: number; launches: number };
  /** In-app messages. */
  recalled: number;
  /** What it could not take back: with a sender at that moment, or gone. */
  handedOver: { sending: number; sent: number };
}

/** The refusal of a verb, naming the state and what can be done instead. */
export const refuseTransition = (verb: Verb, state: CampaignState) => conflict('campaign.wrong-state', `The campaign is ${state}, so "${verb}" is not possible. ${whatInstead(verb, state)}`);

/** Pause, resume, drain, stop and archive. */
@Injectable()
export class Lifecycle {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly runner: WorkerRunner) {}

  /** Pauses (nothing enters, moves or is sent), resumes, or drains (nobody enters). */
  async move(verb: 'pause' | 'resume' | 'drain', id: string, actor: Actor): Promise<Campaign> {
    const campaign = await inTransaction(this.db, async (tx) => {
      if (verb === 'resume') await refuseMissedDates(tx, id, { now: this.clock.now(), zone: (await loadWorkspace(tx)).timeZone });
      await this.transition(tx, verb, id, actor);
      if (verb === 'resume') await countAnew(tx, id, this.clock.now());
      return (await findCampaign(tx, id))!;
    });
    for (const worker of ['campaigns.launch', 'campaigns.ramps', 'campaigns.dates', 'campaigns.migration', 'campaigns.advance', 'delivery.release', NEWS, ...SENDERS]) this.runner.wake(worker);
    return campaign;
  }

  /** Ends the campaign for good: cancels its runs and what is queued, takes in-app messages back. */
  async stop(id: string, actor: Actor): Promise<Stopped> {
    const now = this.clock.now();
    const launches = await inTransaction(this.db, async (tx) => {
      await this.transition(tx, 'stop', id, actor);
      await setClosing(tx, id, true);
      await cancelTest(tx, id, now);
      const migration = await runningMigration(tx, id);
      if (migration) await endMigration(tx, migration.id, 'cancelled', now);
      await saveRate(tx, id, null, now);
      return cancelLaunches(tx, id, ['waiting', 'running'], now);
    });
    const { runs, deliveries, recalled } = await this.close(id);
    const { sending, sent } = await underWay(this.db, id, now);
    return { campaign: (await findCampaign(this.db, id))!, cancelled: { runs, deliveries, launches }, recalled, handedOver: { sending, sent } };
  }

  /**
   * Takes back what a stopped campaign still has under way, in bounded transactions: from the moment it is stopped nothing
   * of it moves or is sent, so this may take its time, be interrupted, and be done again.
   */
  async close(id: string): Promise<{ runs: number; deliveries: number; recalled: number }> {
    const now = this.clock.now();
    let runs = 0;
    let deliveries = 0;
    let recalled = 0;
    for (let ended = CHUNK; ended === CHUNK; runs += ended) {
      ended = await inTransaction(this.db, async (tx) => {
        const enrollmentIds = await someActiveRuns(tx, id, CHUNK);
        deliveries += await cancelPending(tx, { enrollmentIds }, REASON, now);
        recalled += (await recallInApp(tx, { enrollmentIds, unseenOnly: true }, REASON, now)).recalled;
        return endEarly(tx, enrollmentIds, { state: 'cancelled', code: REASON, facts: { stopped: true } }, now);
      });
    }
    const closed = await inTransaction(this.db, async (tx) => {
      deliveries += await cancelPending(tx, { campaignId: id }, REASON, now);
      recalled += (await recallInApp(tx, { campaignId: id }, null, now)).recalled;
      await recordNews(tx, (await recallClaims(tx, { campaignId: id })).map((each) => ({ ...each, kind: 'gone' })), now);
      await setClosing(tx, id, false);
      return { runs, deliveries, recalled };
    });
    for (const worker of [NEWS, 'delivery.release']) this.runner.wake(worker);
    return closed;
  }

  /** Puts a campaign away: a draft, a stopped one, or one that has nothing left to do. */
  archive(id: string, actor: Actor): Promise<Campaign> {
    return inTransaction(this.db, (tx) => this.archiveIn(tx, id, actor));
  }

  /** {@link archive} in a transaction of the caller. */
  async archiveIn(tx: Db, id: string, actor: Actor): Promise<Campaign> {
    const campaign = await lockCampaign(tx, id);
    if (!campaign) throw notFound('campaign', id);
    if (ARCHIVED_WHEN_IDLE.includes(campaign.state) && !(await hasNothingToDo(tx, campaign))) {
      throw conflict('campaign.busy', `The campaign is ${campaign.state} and still has something to do. Stop it first, or drain it and wait until everybody is through.`);
    }
    await this.transition(tx, 'archive', id, actor);
    await cancelLaunches(tx, id, ['waiting', 'running'], this.clock.now());
    await saveRate(tx, id, null, this.clock.now());
    await this.retireConditions(tx, id);
    return (await findCampaign(tx, id))!;
  }

  /** The conditions of an archived campaign are not kept up any more; what they found stays on record for its results. */
  private async retireConditions(tx: Db, id: string): Promise<void> {
    for (const segmentId of await ownedSegments(tx, id)) {
      await lockSegment(tx, segmentId);
      await dropBuild(tx, segmentId);
      await archiveSegment(tx, segmentId, this.clock.now());
    }
  }

  private async transition(tx: Db, verb: Verb, id: string, actor: Actor): Promise<void> {
    const now = this.clock.now();
    if (!(await changeState(tx, { id, ...TRANSITIONS[verb], now }))) {
      const campaign = await findCampaign(tx, id);
      throw campaign ? refuseTransition(verb, campaign.state) : notFound('campaign', id);
    }
    await this.audit.record(tx, { actor, action: `campaign.${verb}`, subject: `campaign:${id}` }, now);
    // Places that were kept for it are free (or kept again): who waits for one is asked anew.
    if (await keepsPlaces(tx, id)) await requestRelease(tx, 'CAP_DEFERRED', now);
  }
}

/** Whether others wait for messages of this campaign that are still to come. */
async function keepsPlaces(tx: Db, id: string): Promise<boolean> {
  const versionId = (await findCampaign(tx, id))?.currentVersion?.id;
  return versionId !== undefined && pacingOf((await loadVersion(tx, versionId)).published).class !== 'standard';
}

/** An active series always waits for more people; a draining one and a broadcast come to an end. */
async function hasNothingToDo(tx: Db, campaign: Campaign): Promise<boolean> {
  const draining = campaign.state === 'draining';
  const { entry } = (await loadVersion(tx, campaign.currentVersion!.id)).published;
  if (!draining && entry.type !== 'launch' && entry.type !== 'external') return false;
  return isIdle(tx, campaign.id, !draining);
}
