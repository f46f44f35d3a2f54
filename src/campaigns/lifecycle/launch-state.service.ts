import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { LaunchView } from '../../contract/campaign-launch.js';
import { nextAt, refilled, room } from '../../delivery/sending/domain/send-rate.js';
import { safetyOf } from '../../delivery/sending/domain/safety-settings.js';
import { openBreaker } from '../../delivery/sending/store/breaker.store.js';
import { countDue, readRate } from '../../delivery/sending/store/send-rates.store.js';
import { Clock } from '../../kernel/clock.js';
import { notFound } from '../../kernel/errors.js';
import type { Db } from '../../platform/database/db.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { bucketsOf, isLastStage, measuresOf } from '../domain/ramp.js';
import { CampaignDispatchGate } from '../engine/dispatch-gate.js';
import { findCampaign, type Campaign } from '../store/campaigns.store.js';
import { lastLaunch, type ToldLaunch } from '../store/launches.store.js';
import { hasUnsent, rampCounts } from '../store/ramp.store.js';

/** Of messages that wait so many are counted. */
const MOST_WAITING = 10_000;
const gate = new CampaignDispatchGate();

/** Where a launch stands, beside the numbers that would halt it. */
@Injectable()
export class LaunchState {
  constructor(private readonly db: DataSource, private readonly clock: Clock) {}

  async view(id: string): Promise<LaunchView> {
    const campaign = await findCampaign(this.db, id);
    if (!campaign) throw notFound('campaign', id);
    const now = this.clock.now();
    const launch = await lastLaunch(this.db, id);
    return { launch: launch && (await this.told(this.db, launch, now)), sendRate: await rateOf(this.db, id, now), breaker: await breakerOf(this.db, campaign) };
  }

  private async told(db: Db, launch: ToldLaunch, now: Date): Promise<NonNullable<LaunchView['launch']>> {
    const { state, dueAt, startedAt, finishedAt, total, done, forecast, unapproved } = launch;
    return { state, dueAt, startedAt, finishedAt, people: total, taken: done, forecast, held: unapproved, ramp: launch.ramp && (await rampOf(db, { ...launch, ramp: launch.ramp }, now)) };
  }
}

async function rampOf(db: Db, launch: ToldLaunch & { ramp: NonNullable<ToldLaunch['ramp']> }, now: Date): Promise<NonNullable<NonNullable<LaunchView['launch']>['ramp']>> {
  const { ramp: limits } = safetyOf(await loadWorkspace(db));
  const since = launch.countedFrom;
  const counts = since ? await rampCounts(db, launch.campaignId, since) : { messages: 0, hard: 0, complaints: 0, blocked: 0, unsubscribed: 0, unrendered: 0 };
  const waits = launch.state === 'running' && launch.stage > 0 && !isLastStage(launch.ramp, launch.stage);
  return {
    stages: launch.ramp.map(({ basisPoints, wait }) => ({ percent: basisPoints / 100, wait })), stage: launch.stage,
    percent: launch.stage === 0 ? 0 : bucketsOf(launch.ramp, launch.stage).to / 100, nextAt: waits ? launch.resumeAt : null, unsent: waits && (await hasUnsent(db, launch.campaignId, now)),
    since, messages: counts.messages, atLeast: limits.atLeast, measures: measuresOf(counts, limits).map(({ measure, count, percent, limit }) => ({ measure, count, percent, limit })),
  };
}

async function rateOf(db: Db, id: string, now: Date): Promise<LaunchView['sendRate']> {
  const found = await readRate(db, id);
  if (!found) return null;
  const bucket = refilled(found, now);
  const waiting = await countDue(db, id, now, MOST_WAITING);
  return { messages: bucket.messages, per: bucket.per, nextAt: room(bucket) > 0 ? null : nextAt(bucket), waiting };
}

async function breakerOf(db: Db, { id, state, stateAt, pauseReason }: Campaign): Promise<LaunchView['breaker']> {
  if (state === 'paused') return pauseReason && { scope: 'campaign', at: stateAt, closesAt: null, text: pauseReason.text };
  const open = await openBreaker(db);
  return open?.reason && (await gate.limitedCampaigns(db)).includes(id) ? { scope: 'workspace', at: open.at, closesAt: open.closesAt, text: open.reason.text } : null;
}
