import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SIMULATION_DAYS, type NewSimulation } from '../../contract/simulation.js';
import { Clock } from '../../kernel/clock.js';
import { AppError, conflict, notFound } from '../../kernel/errors.js';
import { keyOf, newId } from '../../kernel/ids.js';
import { actorName, AuditLog } from '../../platform/audit.js';
import { inTransaction } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { CampaignCheck, type CheckedContent } from '../publishing/check.service.js';
import { draftByHand, type DraftByHand } from '../experiments/draft-overrides.js';
import { planExperiments } from '../domain/experiments.js';
import { normalise } from '../domain/normalise.js';
import { CONTROL, type PublishedDefinition } from '../domain/published.js';
import { rungIds } from '../publishing/publish.service.js';
import { findCampaign, type Campaign } from '../store/campaigns.store.js';
import { findVersion, loadVersion } from '../store/versions.store.js';
import { cancelSimulation, countOpen, deleteSimulation, findSimulation, insertSimulation, listSimulations, recordingSince, simulationPeople, type NewRow } from './store/simulations.store.js';

const DAY_MS = 86_400_000;
/** Waiting and running ones of an installation. */
const MOST_OPEN = 10;

/** A draft as it would be published, with its messages: nothing of it is stored anywhere else. */
export interface DraftSubject { published: PublishedDefinition; contents: [string, CheckedContent['compiled']][]; /** It has tests that publishing would begin. */ newTests: boolean; /** What is given by hand on it, as publishing would make it hold; absent in what was asked before there was any. */ byHand?: DraftByHand[] }

/** Takes versions and drafts through the recorded past; what it finds is kept for a while. */
@Injectable()
export class Simulations {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly checks: CampaignCheck, private readonly audit: AuditLog, private readonly runner: WorkerRunner) {}

  /**
   * Asks for a simulation; the worker runs it. Throws `campaign.not-found`, `version.not-found`, `campaign.invalid` with everything
   * that publishing the draft would refuse, `simulation.*` for what cannot be simulated.
   */
  async create(campaignId: string, asked: NewSimulation, actor: Actor) {
    const campaign = await findCampaign(this.db, campaignId);
    if (!campaign) throw notFound('campaign', campaignId);
    const now = this.clock.now();
    const span = await this.span(asked, now);
    const subject = asked.version === undefined ? await this.draft(campaign) : await this.version(campaign, asked.version);
    const current = campaign.currentVersion;
    if (asked.compare && !current) throw conflict('simulation.nothing-to-compare', 'The campaign has no published version to compare with. Leave "compare" out.');
    if (asked.compare && current!.id === subject.versionId) throw conflict('simulation.nothing-to-compare', 'This is the running version: simulate the draft or another version to compare it.');
    const created: NewRow = { id: newId(), campaignId, ...subject, comparedId: asked.compare ? current!.id : null, ...span, reactions: asked.reactions, createdBy: actorName(actor) };
    await inTransaction(this.db, async (tx) => {
      if ((await countOpen(tx)) >= MOST_OPEN) throw conflict('simulation.too-many', `${MOST_OPEN} simulations are waiting or running. Wait for one to end, or stop one.`);
      await insertSimulation(tx, created, now);
      await this.audit.record(tx, { actor, action: 'campaign.simulate', subject: `campaign:${campaignId}`, detail: { simulation: created.id, version: asked.version ?? null, from: span.from.toISOString(), to: span.to.toISOString(), reactions: asked.reactions, compare: asked.compare } }, now);
    });
    this.runner.wake('campaigns.simulations');
    return this.get(campaignId, created.id);
  }

  async get(campaignId: string, id: string) {
    const found = await findSimulation(this.db, campaignId, id);
    if (!found) throw notFound('simulation', id);
    return found;
  }

  list(campaignId: string, page: { limit: number; after: { at: string; id: string } | null }) {
    return listSimulations(this.db, campaignId, page);
  }

  async people(campaignId: string, id: string, asked: Parameters<typeof simulationPeople>[2]) {
    await this.get(campaignId, id);
    return simulationPeople(this.db, id, asked);
  }

  /** Stops one that is not over; forgets one that is. */
  async remove(campaignId: string, id: string, actor: Actor): Promise<void> {
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      const isStopped = await cancelSimulation(tx, campaignId, id, now);
      if (!isStopped && !(await deleteSimulation(tx, campaignId, id))) throw notFound('simulation', id);
      await this.audit.record(tx, { actor, action: isStopped ? 'campaign.simulate-cancel' : 'campaign.simulate-delete', subject: `campaign:${campaignId}`, detail: { simulation: id } }, now);
    });
  }

  private async span(asked: NewSimulation, now: Date): Promise<{ from: Date; to: Date }> {
    const [from, to] = [new Date(asked.from), new Date(asked.to)];
    const refuse = (path: string, code: string, message: string): AppError => new AppError(code, message, 'invalid', [{ path, code, message }]);
    if (to > now) throw refuse('to', 'simulation.future', `The period ends in the future. Only what was recorded can be simulated: choose an end up to ${now.toISOString()}.`);
    if (from >= to) throw refuse('from', 'simulation.empty-period', 'The period must begin before it ends.');
    if (to.getTime() - from.getTime() > SIMULATION_DAYS * DAY_MS) throw refuse('from', 'simulation.too-long', `A period may have ${SIMULATION_DAYS} days at most. Choose a later beginning.`);
    const since = await recordingSince(this.db);
    if (!since || since >= to) throw refuse('to', 'simulation.no-history', since ? `Nothing was recorded before ${since.toISOString()}. Choose a later period.` : 'There are no people yet, so nothing was recorded.');
    return { from, to };
  }

  private async version(campaign: Campaign, number: number) {
    const found = await findVersion(this.db, campaign.id, number);
    if (!found) throw notFound('version', String(number));
    refuseKinds((await loadVersion(this.db, found.id)).published);
    return { versionId: found.id, revision: null, draft: null };
  }

  /** The draft as publishing would make it; a test that is new gets arms by an id of its own. */
  private async draft(campaign: Campaign) {
    const { definition, contents } = await this.checks.sound(campaign.definition);
    const plan = normalise(definition);
    const before = campaign.currentVersion && (await loadVersion(this.db, campaign.currentVersion.id)).published;
    let named = 0;
    const experiments = planExperiments(plan, before, (campaign.currentVersion?.number ?? 0) + 1, () => keyOf(`simulate:${campaign.id}:${named += 1}`));
    const published: PublishedDefinition = {
      ...plan, contents: {}, conditions: {},
      experiments: Object.fromEntries(experiments.flatMap(({ stepId, experiment }) => [stepId, ...rungIds(plan.steps[stepId])].map((id) => [id, experiment]))),
    };
    refuseKinds(published);
    for (const { stepId, variant } of contents) {
      const id = `${stepId} ${variant}`;
      const step = plan.steps[stepId];
      published.contents[stepId] ??= step?.type === 'message' && step.control !== undefined ? { [CONTROL]: id } : {};
      published.contents[stepId][variant] = id;
    }
    const draft: DraftSubject = { published, contents: contents.map(({ stepId, variant, compiled }) => [`${stepId} ${variant}`, compiled]), newTests: experiments.some(({ isNew, experiment }) => isNew && experiment.arms.length > 1), byHand: await draftByHand(this.db, campaign.id, published) };
    return { versionId: null, revision: campaign.revision, draft };
  }
}

/** What browsers ask for, and what is never sent, has no history to be taken through. */
function refuseKinds({ entry }: PublishedDefinition): void {
  if (entry.type === 'display') throw conflict('simulation.auto-message', 'An auto message is asked for by a browser while somebody looks at a page, which is not recorded. Only series and broadcasts can be simulated.');
  if (entry.type === 'external') throw conflict('simulation.external', 'An external broadcast sends nothing, so there is nothing to simulate.');
}
