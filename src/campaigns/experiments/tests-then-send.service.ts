import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CampaignDefinition } from '../../contract/campaign.js';
import type { TestThenSendPreview } from '../../contract/experiment-choice.js';
import type { SegmentNode } from '../../contract/segment.js';
import { BUCKETS } from '../../kernel/bucket.js';
import { Clock } from '../../kernel/clock.js';
import { AppError, notFound } from '../../kernel/errors.js';
import { addDuration } from '../../kernel/local-time.js';
import type { Db } from '../../platform/database/db.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { SegmentInsight } from '../../segments/insight.service.js';
import { previewSentence, testSentence } from '../domain/choice-sentences.js';
import { spoken } from '../domain/sentences.js';
import { plannedTest } from '../domain/test-then-send.js';
import { findCampaign } from '../store/campaigns.store.js';
import { activeChoice } from '../store/choices.store.js';
import { countFrozen, findTest } from '../store/test-then-send.store.js';

/** Tells what a test-then-send would do, and where one stands. */
@Injectable()
export class TestsThenSend {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly insight: SegmentInsight) {}

  /** Where it stands. @throws AppError `test-then-send.not-found` before the launch and for campaigns without one */
  async view(campaignId: string) {
    const found = await this.find(campaignId, null, this.db);
    if (!found) throw notFound('test-then-send', campaignId);
    return found;
  }

  /** @param experimentId only of this experiment; of any when null */
  async find(campaignId: string, experimentId: string | null, db: Db) {
    const test = await findTest(db, { campaignId });
    const campaign = await findCampaign(db, campaignId);
    if (!test || !campaign || (experimentId !== null && test.experimentId !== experimentId)) return null;
    const { testLaunchId: _test, restLaunchId, decideAt: restAt, share, ...known } = test;
    const choice = test.state === 'decided' ? await activeChoice(db, test.experimentId) : null;
    const isPaused = campaign.state === 'paused' && test.state !== 'cancelled';
    const because = isPaused ? (campaign.pauseReason ? 'error_budget' as const : 'paused' as const) : test.because;
    const sent = choice && { variant: choice.variant, claim: choice.claim };
    const { timeZone } = await loadWorkspace(db);
    const sentence = testSentence({ ...known, because, sent, restAt: restAt && spoken(restAt.toISOString(), timeZone) });
    return { ...known, because, share: share / BUCKETS, restAt, restLeft: await countFrozen(db, restLaunchId), sent, sentence };
  }

  /** What publishing the draft now would do; null when it has none. */
  async preview(definition: CampaignDefinition): Promise<TestThenSendPreview | null> {
    const planned = plannedTest(definition);
    if (!planned || definition.type !== 'broadcast') return null;
    const now = this.clock.now();
    const { timeZone } = await loadWorkspace(this.db);
    const from = definition.launchAt && new Date(definition.launchAt) > now ? new Date(definition.launchAt) : now;
    const restAt = addDuration(from, planned.wait, timeZone);
    const meant = meantBy(definition);
    const { count, exact } = meant ? await this.estimate(meant) : UNKNOWN;
    const test = count === null ? null : Math.round((count * planned.share) / BUCKETS);
    const told = { people: count, test, rest: count === null ? null : count - test! };
    return { ...told, exact: exact === true, restAt, sentence: previewSentence({ ...told, restAt: spoken(restAt.toISOString(), timeZone) }) };
  }

  /** What takes too long is not known; the draft is checked all the same. */
  private async estimate(meant: SegmentNode): Promise<{ count: number | null; exact: boolean | null }> {
    try {
      return await this.insight.estimate(meant);
    } catch (error) {
      if (error instanceof AppError && (error.code === 'segment.too-slow' || error.code === 'segment.too-complex')) return UNKNOWN;
      throw error;
    }
  }
}

const UNKNOWN = { count: null, exact: null };

function meantBy({ segmentId, audience }: Extract<CampaignDefinition, { type: 'broadcast' }>): SegmentNode | null {
  const segment: SegmentNode | null = segmentId ? { type: 'segment', op: 'in', segmentId } : null;
  return segment && audience ? { type: 'all', of: [segment, audience] } : segment ?? audience ?? null;
}
