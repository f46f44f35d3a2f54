import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { HoldoutChange, HoldoutPlan, HoldoutQuestion, HoldoutView, NewHoldout } from '../../contract/holdout.js';
import { Clock } from '../../kernel/clock.js';
import { AppError, conflict, notFound, type Problem } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { actorName, AuditLog } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { personIdOf } from '../../people/person-handle.js';
import { planHoldout } from '../domain/holdout-plan.js';
import { holdoutHistory } from '../store/holdout-history.store.js';
import { activeHoldouts, changeHoldout, endHoldout, holdoutPeople, insertHoldout, isHoldout, listHoldouts, lockHoldout, overrideSide, unknownCampaigns, type HoldoutRow } from '../store/holdouts.store.js';

/** Each is asked of every person who enters a campaign. */
const MOST = 10;

/** Holdouts over many campaigns: people who get nothing, so that what messages do can be told. */
@Injectable()
export class Holdouts {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog) {}

  /** All of them, with how many people were considered and kept out. */
  list(): Promise<HoldoutView[]> {
    return listHoldouts(this.db);
  }

  /** @throws AppError `holdout.not-found` */
  async view(id: string, db: Db = this.db): Promise<HoldoutView> {
    const [found] = await listHoldouts(db, id);
    if (!found) throw notFound('holdout', id);
    return found;
  }

  /** How many people it would concern and what it could find, by what came in the last 28 days. */
  async plan({ percent, goal, ...scope }: HoldoutQuestion): Promise<HoldoutPlan> {
    await this.checkCampaigns(this.db, scope);
    return planHoldout(await holdoutHistory(this.db, scope, goal, { now: this.clock.now(), zone: (await loadWorkspace(this.db)).timeZone }), percent);
  }

  /**
   * Begins a holdout: from now on a share of the people who would enter a campaign of it are kept out. Nobody on the way is taken out.
   *
   * @throws AppError `holdout.unknown-campaign`, `holdout.too-many`
   */
  begin(given: NewHoldout, actor: Actor): Promise<HoldoutView> {
    return inTransaction(this.db, (tx) => this.beginIn(tx, newId(), given, actor));
  }

  /** {@link begin} in a transaction of the caller, under an id of theirs. */
  async beginIn(tx: Db, id: string, given: NewHoldout, actor: Actor): Promise<HoldoutView> {
    const now = this.clock.now();
    await this.checkCampaigns(tx, given);
    if ((await activeHoldouts(tx)).length >= MOST) throw conflict('holdout.too-many', `There are ${MOST} holdouts under way. End one first.`);
    await insertHoldout(tx, { ...given, id, since: now, createdBy: actorName(actor) });
    await this.audit.record(tx, { actor, action: 'holdout.begin', subject: `holdout:${id}`, detail: { name: given.name, percent: given.percent, campaignIds: given.campaignIds, exceptCampaignIds: given.exceptCampaignIds, event: given.goal.event.name } }, now);
    return this.view(id, tx);
  }

  /** @throws AppError `holdout.not-found`, `holdout.over`, `holdout.unknown-campaign` */
  change(id: string, change: HoldoutChange, actor: Actor): Promise<HoldoutView> {
    return inTransaction(this.db, (tx) => this.changeIn(tx, id, change, actor));
  }

  /** {@link change} in a transaction of the caller. */
  changeIn(db: Db, id: string, change: HoldoutChange, actor: Actor): Promise<HoldoutView> {
    return this.withActive(db, id, async (tx, before, now) => {
      await this.checkCampaigns(tx, { campaignIds: null, exceptCampaignIds: change.exceptCampaignIds ?? [] });
      await changeHoldout(tx, id, change);
      await this.audit.record(tx, { actor, action: 'holdout.change', subject: `holdout:${id}`, detail: { before: { name: before.name, exceptCampaignIds: before.exceptCampaignIds }, after: change } }, now);
    });
  }

  /** Ends it for good: whoever was kept out may enter from now on. What was found stays. @throws AppError `holdout.not-found`, `holdout.over` */
  end(id: string, actor: Actor): Promise<HoldoutView> {
    return inTransaction(this.db, (tx) => this.endIn(tx, id, actor));
  }

  /** {@link end} in a transaction of the caller. */
  endIn(db: Db, id: string, actor: Actor): Promise<HoldoutView> {
    return this.withActive(db, id, async (tx, before, now) => {
      await endHoldout(tx, id, actorName(actor), now);
      await this.audit.record(tx, { actor, action: 'holdout.end', subject: `holdout:${id}`, detail: { name: before.name } }, now);
    });
  }

  /** Who was considered, by id. @throws AppError `holdout.not-found` */
  async people(id: string, asked: { held?: boolean; after: string | null; limit: number }) {
    if (!(await isHoldout(this.db, id))) throw notFound('holdout', id);
    return holdoutPeople(this.db, id, asked);
  }

  /** Puts a person on a side by hand; they leave the numbers for good. @throws AppError `holdout.not-found`, `holdout.over`, `person.not-found` */
  override(id: string, person: string, held: boolean, actor: Actor): Promise<HoldoutView> {
    return inTransaction(this.db, (db) => this.withActive(db, id, async (tx, _before, now) => {
      const personId = await personIdOf(tx, person);
      await overrideSide(tx, { holdoutId: id, personId, held }, now);
      await this.audit.record(tx, { actor, action: 'holdout.override', subject: `holdout:${id}`, detail: { personId, held } }, now);
    }));
  }

  private async withActive(tx: Db, id: string, work: (tx: Db, before: HoldoutRow, now: Date) => Promise<void>): Promise<HoldoutView> {
    const before = await lockHoldout(tx, id);
    if (!before) throw notFound('holdout', id);
    if (before.endedAt) throw conflict('holdout.over', 'This holdout has ended. Begin a new one.');
    await work(tx, before, this.clock.now());
    return this.view(id, tx);
  }

  private async checkCampaigns(db: Db, { campaignIds, exceptCampaignIds }: { campaignIds: string[] | null; exceptCampaignIds: string[] }): Promise<void> {
    const unknown = new Set(await unknownCampaigns(db, [...(campaignIds ?? []), ...exceptCampaignIds]));
    const problems = Object.entries({ campaignIds: campaignIds ?? [], exceptCampaignIds }).flatMap(([field, ids]) =>
      ids.flatMap((id, index): Problem[] => (unknown.has(id) ? [{ path: `${field}.${index}`, code: 'holdout.unknown-campaign', message: 'there is no campaign with this id' }] : [])));
    if (problems.length > 0) throw new AppError('holdout.unknown-campaign', 'A campaign named does not exist.', 'invalid', problems);
  }
}
