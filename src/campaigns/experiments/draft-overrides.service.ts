import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError, conflict, notFound } from '../../kernel/errors.js';
import { loadPeople } from '../../people/people.store.js';
import { actorName, AuditLog } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { comparedArms } from './draft-overrides.js';
import { TRANSITIONS } from '../domain/lifecycle.js';
import { findCampaign, lockCampaign, type Campaign } from '../store/campaigns.store.js';
import { countDraftOverrides, dropDraftOverride, listDraftOverrides, putDraftOverride, type DraftOverride } from '../store/draft-overrides.store.js';

/** Who tries something out are few. */
const MOST = 200;

/** Versions given to people by hand before there is a test: they hold from the moment the draft is published, and leave these people out of its comparison as any version by hand. */
@Injectable()
export class DraftOverrides {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog) {}

  /** All of them, by step. @throws AppError `campaign.not-found` */
  async list(campaignId: string): Promise<(DraftOverride & { fits: boolean })[]> {
    const campaign = await findCampaign(this.db, campaignId);
    if (!campaign) throw notFound('campaign', campaignId);
    const arms = comparedArms(campaign.definition);
    // While the draft has gaps nothing is said against them.
    return (await listDraftOverrides(this.db, campaignId)).map((one) => ({ ...one, fits: arms === null || (arms.get(one.stepId)?.some(({ key }) => key === one.variant) ?? false) }));
  }

  /**
   * Once the draft is published the person gets this version of the step.
   *
   * @throws AppError `campaign.not-found`, `campaign.ended`, `campaign.unfinished`, `step.not-compared`, `experiment.unknown-variant`, `experiment.too-many-overrides`, `person.not-found`
   */
  put(campaignId: string, stepId: string, personId: string, variant: string, actor: Actor): Promise<DraftOverride & { fits: boolean }> {
    const now = this.clock.now();
    return inTransaction(this.db, async (tx) => {
      const arms = comparedArms((await this.ours(tx, campaignId)).definition);
      if (!arms) throw conflict('campaign.unfinished', 'The draft has gaps. Fill them first; the check of the campaign says which.');
      const known = arms.get(stepId);
      if (!known) throw new AppError('step.not-compared', `Nothing is compared at the step “${stepId}” of this draft.`, 'not_found');
      if (!known.some(({ key }) => key === variant)) {
        const message = `There is no arm “${variant}”; there are ${known.map(({ key }) => key).join(', ')}.`;
        throw new AppError('experiment.unknown-variant', message, 'invalid', [{ path: 'variant', code: 'experiment.unknown-variant', message }]);
      }
      if ((await loadPeople(tx, [personId])).length === 0) throw notFound('person', personId);
      await putDraftOverride(tx, { campaignId, stepId, personId, variant, by: actorName(actor) }, now);
      if ((await countDraftOverrides(tx, campaignId, stepId)) > MOST) throw conflict('experiment.too-many-overrides', `${MOST} people have a version by hand here. Take one back first.`);
      await this.audit.record(tx, { actor, action: 'campaign.draft-override', subject: `campaign:${campaignId}`, detail: { stepId, personId, variant } }, now);
      return { ...(await listDraftOverrides(tx, campaignId)).find((one) => one.stepId === stepId && one.personId === personId)!, fits: true };
    });
  }

  /** Takes one back before it holds. @throws AppError `campaign.not-found`, `experiment.no-override` */
  drop(campaignId: string, stepId: string, personId: string, actor: Actor): Promise<void> {
    return inTransaction(this.db, async (tx) => {
      if (!(await lockCampaign(tx, campaignId))) throw notFound('campaign', campaignId);
      const gone = await dropDraftOverride(tx, campaignId, stepId, personId);
      if (!gone) throw conflict('experiment.no-override', 'This person has no version by hand.');
      await this.audit.record(tx, { actor, action: 'campaign.draft-unoverride', subject: `campaign:${campaignId}`, detail: { stepId, personId, ...gone } }, this.clock.now());
    });
  }

  /** Held until commit, so that publishing comes before or after. */
  private async ours(tx: Db, campaignId: string): Promise<Campaign> {
    const campaign = await lockCampaign(tx, campaignId);
    if (!campaign) throw notFound('campaign', campaignId);
    if (!TRANSITIONS.publish.from.includes(campaign.state)) throw conflict('campaign.ended', `The campaign is ${campaign.state} and can not be changed; duplicate it.`);
    return campaign;
  }
}
