import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError, conflict, notFound } from '../../kernel/errors.js';
import { loadPeople } from '../../people/people.store.js';
import { announceEngagement } from '../../people/store/change.store.js';
import { actorName, AuditLog } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { giveByHand } from './give-by-hand.js';
import { currentArms } from '../store/assignments.store.js';
import { findExperiment, type SteeredExperiment } from '../store/choices.store.js';
import { countOverrides, endOverride, forgetUnused, listOverrides, lockAssigned, openOverride, storeApart, type Override } from '../store/overrides.store.js';

/** Who tries something out are few; more would be a test of their own. */
const MOST = 200;

/**
 * Arms given to people by hand, to try a test out. Such an assignment is stored as `override` and is in no comparison, for good: whoever saw an arm that was not drawn for them
 * compares with nobody, also after the override is taken back.
 */
@Injectable()
export class Overrides {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog) {}

  /** @throws AppError `experiment.not-found` */
  async list(experimentId: string, query: { open: boolean; before: string | null; limit: number }): Promise<Override[]> {
    if (!(await findExperiment(this.db, experimentId))) throw notFound('experiment', experimentId);
    return listOverrides(this.db, { experimentId, ...query });
  }

  /**
   * From now on the person gets this arm of the experiment, whatever they had.
   *
   * @throws AppError `experiment.not-found`, `experiment.external`, `experiment.unknown-variant`, `experiment.too-many-overrides`, `person.not-found`
   */
  set(experimentId: string, personId: string, variant: string, actor: Actor): Promise<Override> {
    const now = this.clock.now();
    return inTransaction(this.db, async (tx) => {
      const experiment = await this.ours(tx, experimentId);
      const arm = experiment.arms.find(({ key }) => key === variant);
      if (!arm) throw unknownVariant(variant, experiment);
      if ((await loadPeople(tx, [personId])).length === 0) throw notFound('person', personId);
      const open = await openOverride(tx, experimentId, personId);
      if (!open && (await countOverrides(tx, experimentId)) >= MOST) throw conflict('experiment.too-many-overrides', `${MOST} people have a version by hand here. Take one back first.`);
      await giveByHand(tx, { experimentId, campaignId: experiment.campaignId, personId, variant, isControl: arm.isControl, by: actorName(actor) }, now);
      await this.audit.record(tx, { actor, action: 'experiment.override', subject: `experiment:${experimentId}`, detail: { campaignId: experiment.campaignId, personId, variant } }, now);
      return (await openOverride(tx, experimentId, personId))!;
    });
  }

  /**
   * The person gets again what they had, or what is drawn for them. Who came to the step meanwhile stays out of comparisons.
   *
   * @throws AppError `experiment.not-found`, `experiment.no-override`
   */
  undo(experimentId: string, personId: string, actor: Actor): Promise<Override> {
    const now = this.clock.now();
    return inTransaction(this.db, async (tx) => {
      const experiment = await this.ours(tx, experimentId);
      const open = await openOverride(tx, experimentId, personId);
      if (!open) throw conflict('experiment.no-override', 'This person has no version by hand.');
      await lockAssigned(tx, experimentId, personId);
      await endOverride(tx, open.id, actorName(actor), now);
      if (open.beforeVariant !== null || !(await forgetUnused(tx, { ...experiment, experimentId, personId }))) {
        const variant = open.beforeVariant ?? (await currentArms(tx, { experimentId, salt: experiment.salt, arms: experiment.arms, ...(experiment.account === null ? {} : { account: experiment.account }) }, [personId]))(personId).variant;
        await storeApart(tx, { experimentId, campaignId: experiment.campaignId, personId, variant, isControl: experiment.arms.find(({ key }) => key === variant)!.isControl }, now);
      }
      await announceEngagement(tx, [{ personId, campaignId: experiment.campaignId }], now);
      await this.audit.record(tx, { actor, action: 'experiment.unoverride', subject: `experiment:${experimentId}`, detail: { campaignId: experiment.campaignId, personId, variant: open.variant } }, now);
      return { ...open, endedBy: actorName(actor), endedAt: now };
    });
  }

  private async ours(tx: Db, id: string): Promise<SteeredExperiment> {
    const experiment = await findExperiment(tx, id, true);
    if (!experiment) throw notFound('experiment', id);
    if (experiment.origin === 'external') throw conflict('experiment.external', 'People are assigned elsewhere; nothing can be decided about them here.');
    return experiment;
  }
}

function unknownVariant(variant: string, { arms }: SteeredExperiment): AppError {
  const message = `There is no arm “${variant}”; there are ${arms.map(({ key }) => key).join(', ')}.`;
  return new AppError('experiment.unknown-variant', message, 'invalid', [{ path: 'variant', code: 'experiment.unknown-variant', message }]);
}
