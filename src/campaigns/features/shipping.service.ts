import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { DataSource } from 'typeorm';
import type { DraftDefinition } from '../../contract/campaign-draft.js';
import { Clock } from '../../kernel/clock.js';
import { conflict } from '../../kernel/errors.js';
import { actorName, AuditLog } from '../../platform/audit.js';
import { inTransaction } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { findCampaign, insertDraft, type Campaign } from '../store/campaigns.store.js';
import { loadVersion } from '../store/versions.store.js';
import { goalsWith, messageDraft } from './domain/message-draft.js';
import { FeatureCampaigns } from './feature-campaigns.js';
import { missing } from './features.service.js';
import { freeUnreached, untoldBySpeaker } from './store/askers.store.js';
import { findFeature, lockFeature, markShipped, markUnshipped, setCampaign, stillClosing, type Feature } from './store/features.store.js';

const NAME_LENGTH = 200;

/** Shipping a feature, which tells everybody who asked for it, once; and taking that back. */
@Injectable()
export class FeatureShipping {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly runner: WorkerRunner, private readonly campaigns: FeatureCampaigns) {}

  /** The campaign that is to tell: the draft there is, or a new one; after a shipping that was taken back, with what that said. */
  async writeMessage(key: string, language: string | undefined, actor: Actor): Promise<Feature> {
    const content = await this.campaigns.starter(language ?? (await loadWorkspace(this.db)).language);
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      const feature = (await lockFeature(tx, key)) ?? missing(key);
      if (feature.message && !isOver(feature.message.state)) return;
      const before = feature.message && (await findCampaign(tx, feature.message.campaignId));
      const definition = before ? withGoal(before.definition, feature) : messageDraft(feature, content);
      const campaignId = await insertDraft(tx, { name: feature.name.slice(0, NAME_LENGTH), definition, by: actorName(actor), now });
      await setCampaign(tx, feature.id, campaignId, now);
      await this.audit.record(tx, { actor, action: 'campaign.create', subject: `campaign:${campaignId}`, detail: { name: feature.name, feature: feature.key } }, now);
    });
    return (await findFeature(this.db, key)) ?? missing(key);
  }

  /**
   * Marks a feature as shipped. With `tell` its campaign is published first, with everything publishing asks (approval, rules of
   * sending); what dies between the two has told nobody, and is asked for again.
   *
   * @throws feature.shipped, feature.no-message, feature.nobody-speaks, feature.still-closing, and what publishing throws
   */
  async ship(key: string, { tell }: { tell: boolean }, actor: Actor): Promise<void> {
    const seen = (await findFeature(this.db, key)) ?? missing(key);
    if (seen.state === 'shipped') throw conflict('feature.shipped', 'The feature is shipped already.');
    if (await stillClosing(this.db, seen.id)) throw conflict('feature.still-closing', 'What was taken back is still being cancelled. Try again in a minute.');
    if (tell) await this.publish(seen, actor);
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      const feature = (await lockFeature(tx, key)) ?? missing(key);
      if (!(await markShipped(tx, feature.id, actorName(actor), now))) throw conflict('feature.shipped', 'The feature is shipped already.');
      if (tell) await freeUnreached(tx, feature.id);
      await this.audit.record(tx, { actor, action: 'feature.ship', subject: `feature:${feature.id}`, detail: { tell, campaign: tell ? feature.message?.campaignId : undefined } }, now);
    });
    this.runner.wake('campaigns.features');
  }

  /**
   * Takes shipping back: nobody is told any more, and what has not left is cancelled. Whoever was not reached is told by the next
   * shipping, whoever was is not. Asked again after a kill it goes on.
   */
  async unship(key: string, actor: Actor): Promise<{ takenBack: number; gone: number }> {
    const feature = (await findFeature(this.db, key)) ?? missing(key);
    if (feature.state !== 'shipped') throw conflict('feature.not-shipped', 'The feature is not shipped.');
    const stopped = feature.message && ['active', 'paused', 'draining'].includes(feature.message.state) ? await this.campaigns.lifecycle.stop(feature.message.campaignId, actor) : null;
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      if (!(await markUnshipped(tx, feature.id, now))) throw conflict('feature.not-shipped', 'The feature is not shipped.');
      await this.audit.record(tx, { actor, action: 'feature.unship', subject: `feature:${feature.id}`, detail: { takenBack: stopped?.cancelled.runs ?? 0 } }, now);
    });
    return { takenBack: stopped ? Math.max(stopped.cancelled.runs, stopped.cancelled.deliveries) : 0, gone: stopped ? stopped.handedOver.sent + stopped.handedOver.sending : 0 };
  }

  private async publish(feature: Feature, actor: Actor): Promise<void> {
    if (!feature.message || isOver(feature.message.state)) throw conflict('feature.no-message', 'Write the message first that tells people, or ship without telling them.');
    const nobody = (await untoldBySpeaker(this.db, feature.id)).find(({ speaker }) => speaker === null);
    if (feature.owner === null) throw conflict('feature.nobody-speaks', `The feature has no owner who speaks to those nobody took (${nobody?.people ?? 0}), and to whoever asks later. Name one first.`);
    const draft = await this.campaigns.drafts.get(feature.message.campaignId);
    const definition = withGoal(draft.definition, feature);
    const current = isDeepStrictEqual(definition, draft.definition) ? draft : await this.campaigns.drafts.replace(draft.id, { revision: draft.revision, name: draft.name, definition, unfinished: true }, actor);
    if (await this.isPublished(current)) return;
    await this.campaigns.publishing.publish(current.id, { revision: current.revision }, actor);
  }

  /** Published as it is and running: by the same request before it died, or by a colleague. */
  private async isPublished({ state, currentVersion, definition }: Campaign): Promise<boolean> {
    return state === 'active' && currentVersion !== null && isDeepStrictEqual((await loadVersion(this.db, currentVersion.id)).published.definition, definition);
  }
}

/** Nothing more comes of it: the next shipping has a campaign of its own. */
export const isOver = (state: string): boolean => state === 'stopped' || state === 'archived';

/** The goal of a draft as its feature says it now. */
function withGoal(definition: DraftDefinition, feature: Feature): DraftDefinition {
  const goals = Array.isArray(definition.goals) ? (definition.goals as object[]) : [];
  return { ...definition, goals: goalsWith(feature, goals) };
}
