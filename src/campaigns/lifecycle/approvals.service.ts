import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ApprovalView } from '../../contract/campaign-launch.js';
import { readDraft } from '../../contract/campaign-draft.js';
import type { CampaignDefinition } from '../../contract/campaign.js';
import { safetyOf } from '../../delivery/sending/domain/safety-settings.js';
import { Clock } from '../../kernel/clock.js';
import { AppError, conflict, notFound } from '../../kernel/errors.js';
import { actorName, AuditLog } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { approvalState, covers, needsApproval } from '../domain/approval.js';
import { plannedRamp } from '../domain/ramp.js';
import { countUntold } from '../features/store/askers.store.js';
import { countMeant, meantBy } from '../engine/meant.js';
import { approvalFor, approvalsOf, authorsOf, decideRequest, heldLaunch, insertRequest, namesOfActors, othersWhoMayLaunch, releaseLaunches, type Approval } from '../store/approvals.store.js';
import { findCampaign, lockCampaign, type Campaign } from '../store/campaigns.store.js';

const HISTORY = 20;

interface Asking { id: string; definition: CampaignDefinition }
/** What is asked about: the draft, or the version whose launch is held. */
interface Subject { revision: number; people: number | null; needed: boolean; held: boolean }

/** A launch to many people needs a second person: who asks, who answers, and what publishing demands. */
@Injectable()
export class Approvals {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly runner: WorkerRunner) {}

  /** How many people publishing would launch to now; null when nobody can say, when it launches to nobody, or when nothing asks. */
  async forecast({ id, definition }: Asking): Promise<number | null> {
    const meant = meantBy(definition);
    if (plannedRamp(definition) === null && (await this.above(this.db)) === null) return null;
    return meant ? countMeant(this.db, meant, this.clock.now()) : countUntold(this.db, id);
  }

  /** Throws `campaign.approval-missing` when the draft may not be published as it is. */
  async demand(tx: Db, campaign: Asking & Pick<Campaign, 'revision'>, people: number | null): Promise<void> {
    const above = await this.above(tx);
    if (!(await this.launches(tx, campaign)) || !needsApproval(above, people)) return;
    const given = await approvalFor(tx, campaign.id, campaign.revision);
    if (given?.state === 'approved' && covers(given.people, people)) return;
    throw conflict('campaign.approval-missing', `A launch to more than ${above!} people needs the approval of a second person.`);
  }

  async view(id: string, actor: Actor): Promise<ApprovalView> {
    const campaign = await this.find(id);
    const above = await this.above(this.db);
    const subject = await this.subject(this.db, campaign, above);
    const history = await approvalsOf(this.db, id, HISTORY);
    const last = history.find(({ revision }) => revision === subject.revision) ?? history[0] ?? null;
    const state = approvalState(last, subject);
    const names = await namesOfActors(this.db, history.flatMap(({ requestedBy, decidedBy }) => (decidedBy ? [requestedBy, decidedBy] : [requestedBy])));
    const told = ({ authors: _authors, isAlone, ...one }: Approval) => ({ ...one, alone: isAlone, requestedByName: names.get(one.requestedBy) ?? null, decidedByName: one.decidedBy ? names.get(one.decidedBy) ?? null : null });
    const refusal = last && state === 'requested' ? await this.refusalOf(this.db, last, actor) : null;
    return { above, ...subject, state, mayDecide: state === 'requested' && refusal === null, because: refusal?.because ?? null, history: history.map(told) };
  }

  /** Asks colleagues for an approval of the draft as it is, or of a launch that is held. */
  async request(id: string, note: string, actor: Actor): Promise<ApprovalView> {
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      const campaign = await this.lock(tx, id);
      const subject = await this.subject(tx, campaign, await this.above(tx));
      if (!subject.needed) throw conflict('campaign.approval-not-needed', 'This launch needs no approval.');
      const by = actorName(actor);
      const authors = [...new Set([...(await authorsOf(tx, id)), by])];
      await insertRequest(tx, { campaignId: id, revision: subject.revision, people: subject.people, authors, by, note, now });
      await this.audit.record(tx, { actor, action: 'campaign.request-approval', subject: `campaign:${id}`, detail: { revision: subject.revision, people: subject.people } }, now);
    });
    return this.view(id, actor);
  }

  /** Approves or rejects what was asked for. A second person does: none of those who wrote it or asked, unless there is nobody else. */
  async decide(id: string, state: 'approved' | 'rejected', note: string, actor: Actor): Promise<ApprovalView> {
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      const campaign = await this.lock(tx, id);
      const subject = await this.subject(tx, campaign, await this.above(tx));
      const asked = await approvalFor(tx, id, subject.revision);
      if (asked?.state !== 'requested') throw conflict('campaign.approval-not-asked', 'Nobody asks for an approval of the draft as it is now. Ask for it first.');
      const refusal = await this.refusalOf(tx, asked, actor);
      // Taking a request back is no approval: its author may.
      if (refusal && !(state === 'rejected' && refusal.because === 'author')) throw new AppError('campaign.approval-refused', refusal.message, 'forbidden');
      const isAlone = refusal === null && asked.authors.includes(actorName(actor));
      await decideRequest(tx, { id: asked.id, state, people: subject.people, by: actorName(actor), note, isAlone, now });
      if (state === 'approved') await releaseLaunches(tx, id);
      await this.audit.record(tx, { actor, action: state === 'approved' ? 'campaign.approve' : 'campaign.reject', subject: `campaign:${id}`, detail: { revision: subject.revision, people: subject.people, alone: isAlone } }, now);
    });
    this.runner.wake('campaigns.launch');
    return this.view(id, actor);
  }

  private async refusalOf(db: Db, { authors }: Pick<Approval, 'authors'>, actor: Actor): Promise<{ because: 'author' | 'role' | 'key'; message: string } | null> {
    if (actor.kind !== 'user') return { because: 'key', message: 'A second person approves: a key is nobody.' };
    if (actor.role === 'analyst') return { because: 'role', message: 'Who approves must be allowed to launch.' };
    if (!authors.includes(actorName(actor))) return null;
    // An owner who is alone has nobody to ask; it is written down that it was so.
    if (actor.role === 'owner' && (await othersWhoMayLaunch(db, authors)) === 0) return null;
    return { because: 'author', message: 'Whoever wrote it or asked can not approve it.' };
  }

  private async subject(db: Db, campaign: Campaign, above: number | null): Promise<Subject> {
    const held = await heldLaunch(db, campaign.id);
    const { definition } = readDraft(campaign.definition);
    const meant = definition && meantBy(definition);
    const untold = above === null || meant ? null : await countUntold(db, campaign.id);
    const people = held ? held.people : meant && above !== null ? await countMeant(db, meant, this.clock.now()) : untold;
    return { revision: held?.revision ?? campaign.revision, people, needed: held !== null || ((meant !== null || untold !== null) && needsApproval(above, people)), held: held !== null };
  }

  /** Whether publishing reaches many at once: by a launch, or as the telling of a feature. */
  private async launches(db: Db, { id, definition }: Asking): Promise<boolean> {
    return meantBy(definition) !== null || (await countUntold(db, id)) !== null;
  }

  private async above(db: Db): Promise<number | null> {
    return safetyOf(await loadWorkspace(db)).approval.above;
  }

  private async find(id: string): Promise<Campaign> {
    const campaign = await findCampaign(this.db, id);
    if (!campaign) throw notFound('campaign', id);
    return campaign;
  }

  private async lock(tx: Db, id: string): Promise<Campaign> {
    const campaign = await lockCampaign(tx, id);
    if (!campaign) throw notFound('campaign', id);
    return campaign;
  }
}
