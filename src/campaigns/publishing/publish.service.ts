import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { DataSource } from 'typeorm';
import type { CampaignDefinition } from '../../contract/campaign.js';
import { rungsOf } from '../../contract/campaign-steps.js';
import type { InFlightChoice } from '../../contract/live-editing.js';
import { loadContents, publishContent } from '../../delivery/content/store/content.store.js';
import { saveRate } from '../../delivery/sending/store/send-rates.store.js';
import { Clock } from '../../kernel/clock.js';
import { conflict, notFound } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { NEWS } from '../../people/store/news.store.js';
import { actorName, AuditLog } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { createOwned } from '../../segments/segment-questions.js';
import { beginTally } from '../auto/store/tally.store.js';
import { Approvals } from '../lifecycle/approvals.service.js';
import { CampaignCheck, type CheckedContent } from './check.service.js';
import { refuseErrors } from '../domain/refuse.js';
import { maintainedBefore, maintainedConditions } from '../domain/conditions.js';
import { planExperiments } from '../domain/experiments.js';
import type { Finding } from '../domain/finding.js';
import { TRANSITIONS } from '../domain/lifecycle.js';
import { normalise, type RunPlan } from '../domain/normalise.js';
import { CONTROL, pacingOf, type PublishedDefinition } from '../domain/published.js';
import { plannedRamp } from '../domain/ramp.js';
import { takesCurrent, takesFuture } from '../domain/takes.js';
import { plannedTest } from '../domain/test-then-send.js';
import { applyDraftOverrides } from '../experiments/draft-overrides.js';
import { changedSince } from './drafts.service.js';
import { chooseMigration } from './choose-migration.js';
import { refuseMissedDates } from '../engine/dates.js';
import { lockEntry } from '../engine/locks.js';
import { refuseTransition } from '../lifecycle/lifecycle.service.js';
import { changeState, findCampaign, lockCampaign, type Campaign } from '../store/campaigns.store.js';
import { holdNamedSegments } from '../store/references.store.js';
import { announceAssigned } from '../store/given-assignments.store.js';
import { insertExperiments } from '../store/experiments.store.js';
import { cancelLaunches, endDateTick, hasLaunched, insertLaunch, moveLaunches, startDateTick } from '../store/launch-plan.store.js';
import { insertVersion, loadVersion, type CampaignVersion } from '../store/versions.store.js';
import { TestPlanning, type Proposal } from '../experiments/test-plans.service.js';

export interface Published {
  campaign: Campaign;
  version: { id: string; number: number };
  warnings: Finding[];
}

type WholeCampaign = Campaign & { definition: CampaignDefinition };

interface NextVersion {
  id: string;
  number: number;
  campaign: WholeCampaign;
  plan: RunPlan;
  before: CampaignVersion | null;
  contents: CheckedContent[];
  /** People meant by now, where it is asked. */
  forecast: number | null;
  by: string;
  now: Date;
}

/** Who is asked before a draft is published. */
@Injectable()
export class PublishQuestions {
  constructor(readonly checks: CampaignCheck, readonly tests: TestPlanning, readonly approvals: Approvals) {}
}

/** Turns a draft into the next immutable version and lets it run. People in flight stay on the version they are on unless the publisher chooses otherwise. */
@Injectable()
export class Publishing {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly ask: PublishQuestions, private readonly audit: AuditLog, private readonly runner: WorkerRunner) {}

  /**
   * All or nothing. Throws `campaign.invalid` with every fault, `campaign.changed` when the draft or the version is not the
   * one seen (of several publishers at once exactly one succeeds), `campaign.nothing-new`, `campaign.already-launched`,
   * `campaign.approval-missing` when so many people need a second person.
   *
   * @param revision the draft the publisher saw; any when absent
   * @param inFlight what becomes of people on earlier versions
   */
  async publish(id: string, { revision, inFlight = KEEP }: { revision?: number; inFlight?: InFlightChoice }, actor: Actor): Promise<Published> {
    const seen = await findCampaign(this.db, id);
    if (!seen) throw notFound('campaign', id);
    if (revision !== undefined && revision !== seen.revision) throw await changedSince(this.audit, this.db, id, seen.revision);
    if (!TRANSITIONS.publish.from.includes(seen.state)) throw refuseTransition('publish', seen.state);
    // Compiling takes long, so it is done before the campaign is locked; the lock then proves that nothing has changed.
    const { definition, findings, contents } = await this.ask.checks.sound(seen.definition);
    const proposal = await this.ask.tests.propose({ ...seen, definition });
    const forecast = await this.ask.approvals.forecast({ id, definition });
    const warnings = [...findings, ...refuseErrors(proposal.findings)];
    await inTransaction(this.db, async (tx) => refuseMissedDates(tx, id, { now: this.clock.now(), zone: (await loadWorkspace(tx)).timeZone }));
    const version = await inTransaction(this.db, async (tx) => {
      // Taken before the campaign, as by everybody who takes both; whoever is let in from now on comes to the new version.
      if (inFlight !== KEEP) await lockEntry(tx);
      const campaign = await lockCampaign(tx, id);
      if (!campaign) throw notFound('campaign', id);
      if (campaign.revision !== seen.revision || campaign.currentVersion?.id !== seen.currentVersion?.id) throw await changedSince(this.audit, tx, id, campaign.revision);
      await this.ask.approvals.demand(tx, { ...campaign, definition }, forecast);
      return this.write(tx, { ...campaign, definition }, { contents, proposal, forecast, inFlight }, actor);
    });
    for (const worker of ['segments.build', 'segments.membership', 'campaigns.launch', 'campaigns.dates', 'campaigns.entry', 'campaigns.migration', 'campaigns.advance', NEWS]) this.runner.wake(worker);
    return { campaign: (await findCampaign(this.db, id))!, version, warnings };
  }

  private async write(tx: Db, campaign: WholeCampaign, { contents, proposal, forecast, inFlight }: { contents: CheckedContent[]; proposal: Proposal; forecast: number | null; inFlight: InFlightChoice }, actor: Actor): Promise<{ id: string; number: number }> {
    const now = this.clock.now();
    const before = campaign.currentVersion && (await loadVersion(tx, campaign.currentVersion.id));
    if (before && campaign.state === 'active' && isDeepStrictEqual(before.published.definition, campaign.definition) && (await saysTheSame(tx, before, contents))) throw conflict('campaign.nothing-new', `Version ${before.number} already says exactly this.`);
    const next: NextVersion = { id: newId(), number: (before?.number ?? 0) + 1, campaign, plan: normalise(campaign.definition), before, contents, forecast, by: actorName(actor), now };
    const published = await assemble(tx, next);
    await this.ask.tests.store(tx, campaign.id, proposal, published);
    const byHand = await applyDraftOverrides(tx, { campaignId: campaign.id, published }, now);
    await insertVersion(tx, { id: next.id, campaignId: campaign.id, number: next.number, published, by: next.by, now });
    const archived = await holdNamedSegments(tx, next.id);
    if (archived.length > 0) throw conflict('campaign.changed', `The segment “${archived[0]!}” was archived meanwhile. Check the campaign again.`);
    const [lost] = await this.ask.checks.holdSenders(tx, contents);
    if (lost !== undefined) throw conflict('campaign.changed', `The sending domain ${lost} was deleted meanwhile. Check the campaign again.`);
    await planEntry(tx, next);
    await saveRate(tx, campaign.id, pacingOf(published).sendRate ?? null, now);
    await planCap(tx, next);
    // Their cohort is everybody assigned; that of any other version begins empty, with those who come to its messages.
    if (before && next.plan.entry.type === 'external') await announceAssigned(tx, campaign.id, now);
    if (!(await changeState(tx, { id: campaign.id, ...TRANSITIONS.publish, now }))) throw refuseTransition('publish', campaign.state);
    const chosen = await chooseMigration(tx, { campaignId: campaign.id, versionId: next.id, definition: campaign.definition }, inFlight, { name: next.by, now });
    await this.audit.record(tx, { actor, action: 'campaign.publish', subject: `campaign:${campaign.id}`, detail: { version: next.number, revision: campaign.revision, ...(byHand > 0 ? { overrides: byHand } : {}), ...(chosen ? { inFlight: { ...chosen, move: inFlight.move, exceptions: inFlight.steps.length } } : {}) } }, now);
    return { id: next.id, number: next.number };
  }
}

/** What is chosen for people in flight by who says nothing about them. */
const KEEP: InFlightChoice = { move: 'keep', steps: [] };

/** Whether the messages of the version are what these would be: a snippet or a layout may have changed since. */
async function saysTheSame(tx: Db, before: CampaignVersion, contents: readonly CheckedContent[]): Promise<boolean> {
  const idOf = ({ stepId, variant }: CheckedContent) => before.published.contents[stepId]?.[variant] ?? '';
  const stored = await loadContents(tx, contents.map(idOf));
  return contents.every((content) => isDeepStrictEqual(stored.get(idOf(content))?.compiled, JSON.parse(JSON.stringify(content.compiled))));
}

/** Writes what the version points to, and answers the version. */
async function assemble(tx: Db, next: NextVersion): Promise<PublishedDefinition> {
  const { id: versionId, campaign, plan, before, now } = next;
  const experiments = planExperiments(plan, before?.published ?? null, next.number, newId);
  const origin = plan.entry.type === 'external' ? 'external' : 'danbi';
  await insertExperiments(tx, { campaignId: campaign.id, versionId, origin, experiments: experiments.filter(({ isNew }) => isNew), now });
  return {
    ...plan,
    contents: await storeContents(tx, next),
    experiments: Object.fromEntries(experiments.flatMap(({ stepId, experiment }) => [stepId, ...rungIds(plan.steps[stepId])].map((id) => [id, experiment]))),
    conditions: await maintainConditions(tx, next),
  };
}

/** Steps under which what follows a message is counted. */
export const rungIds = (step: RunPlan['steps'][string] | undefined): string[] => (step?.type === 'message' ? rungsOf(step).map(({ stepId }) => stepId) : []);

async function storeContents(tx: Db, { id: versionId, campaign, plan, contents, now }: NextVersion): Promise<PublishedDefinition['contents']> {
  const stored: PublishedDefinition['contents'] = {};
  for (const { stepId, variant, channel, content, compiled } of contents) {
    const id = await publishContent(tx, { campaignId: campaign.id, versionId, stepId, variant, channel, source: content, compiled, now });
    const step = plan.steps[stepId];
    const withControl = step?.type === 'message' && step.control !== undefined;
    // The first variant comes first: it also stands for control.
    stored[stepId] ??= withControl ? { [CONTROL]: id } : {};
    stored[stepId][variant] = id;
  }
  return stored;
}

async function maintainConditions(tx: Db, { campaign, plan, before, by, now }: NextVersion): Promise<PublishedDefinition['conditions']> {
  const maintained: PublishedDefinition['conditions'] = {};
  for (const placed of maintainedConditions(plan)) {
    maintained[placed.place] = maintainedBefore(placed, before?.published ?? null)
      ?? (await createOwned(tx, { ownerId: campaign.id, name: `${campaign.name} / ${placed.place}`, definition: placed.condition, createdBy: by, now }));
  }
  return maintained;
}

/** An auto message that gets a cap begins to count with what there is. */
async function planCap(tx: Db, { campaign, plan, before }: NextVersion): Promise<void> {
  const capOf = ({ definition }: Pick<RunPlan, 'definition'>) => (definition.type === 'auto_message' ? definition.display.cap : undefined);
  if (capOf(plan) !== undefined && (!before || capOf(before.published) === undefined)) await beginTally(tx, campaign.id);
}

/**
 * Says who the version takes in. With the entry unchanged the version just takes over where the one before is, so that an
 * edit neither launches again nor forgets anybody; another entry starts anew.
 */
async function planEntry(tx: Db, { id: versionId, campaign, plan, before, forecast, now }: NextVersion): Promise<void> {
  const { entry, definition } = plan;
  if (entry.type === 'external' || entry.type === 'display') return;
  const launched = { campaignId: campaign.id, versionId, ramp: plannedRamp(definition), forecast, revision: campaign.revision };
  if (definition.type === 'broadcast') {
    await cancelLaunches(tx, campaign.id, ['waiting'], now);
    if (await hasLaunched(tx, campaign.id)) throw conflict('campaign.already-launched', 'This broadcast has been launched and can not be taken back or changed; duplicate it to send another.');
    const dueAt = definition.launchAt ? new Date(definition.launchAt) : now;
    return insertLaunch(tx, { ...launched, segmentId: entry.type === 'launch' ? entry.segmentId : null, dueAt: dueAt > now ? dueAt : now, part: plannedTest(definition) ? 'test' : 'all' });
  }
  const continues = before !== null && isDeepStrictEqual(before.published.entry, entry);
  if (entry.type === 'date' && takesFuture(entry)) await startDateTick(tx, versionId, continues ? before.id : null, now);
  if (before) await endDateTick(tx, before.id);
  if (continues) return moveLaunches(tx, campaign.id, versionId);
  await cancelLaunches(tx, campaign.id, ['waiting', 'running'], now);
  if (takesCurrent(entry)) await insertLaunch(tx, { ...launched, segmentId: entry.type === 'segment' ? entry.segmentId : null, dueAt: now });
}
