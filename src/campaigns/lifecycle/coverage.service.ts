import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { coverPeople } from '../../delivery/content/coverage.js';
import { UNSIGNED } from '../../delivery/content/preview.service.js';
import { Clock } from '../../kernel/clock.js';
import { conflict, notFound } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { actorName, AuditLog } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { isLive, membersAmong, membersPage } from '../../segments/segment-questions.js';
import { CampaignCheck } from '../publishing/check.service.js';
import { referencesOf } from '../domain/references.js';
import { Drafts } from '../publishing/drafts.service.js';
import { lockCampaign } from '../store/campaigns.store.js';
import { knownTopics } from '../store/references.store.js';
import { beginRun, cancelRun, countSource, coveredPeople, everybodyPage, groupsOf, hasRun, lastRun, peopleOf, planOf, recordPage, takeRun, type CountedGroup, type CoveragePlan, type CoverageRun } from '../store/coverage.store.js';

export type CoverageReport = CoverageRun & { groups: CountedGroup[] };

const PAGE = 500;

/** Makes every message of a draft for its whole audience before it is published, in the background, page by page. */
@Injectable()
export class Coverage {
  /** The plan of the run under way, which holds whole messages. */
  private readonly plan: { runId: string; plan: CoveragePlan } = { runId: '', plan: { messages: [], segmentId: null, audience: null, event: null, subjectLength: 0 } };

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly drafts: Drafts, private readonly checks: CampaignCheck, private readonly audit: AuditLog, private readonly runner: WorkerRunner) {}

  /** Begins; the last run of the campaign is forgotten. @throws campaign.invalid with everything that publishing would refuse */
  async start(campaignId: string, subjectLength: number, actor: Actor): Promise<CoverageReport> {
    const { definition: draft, revision } = await this.drafts.get(campaignId);
    const { definition, contents } = await this.checks.sound(draft);
    const written = referencesOf(definition);
    const segmentId = written.segments[0]?.segmentId ?? null;
    if (segmentId !== null && !(await isLive(this.db, [segmentId]))) throw conflict('coverage.segment-not-live', 'The segment of this campaign is not built yet. Try again when it is.');
    const topics = await knownTopics(this.db, contents.map(({ topic }) => topic));
    const plan: CoveragePlan = {
      messages: contents.flatMap(({ stepId, variant, topic, compiled }) => (compiled.kind === 'email' || compiled.kind === 'in_app' ? [{ stepId, variant, transactional: topics.get(topic)?.transactional ?? false, compiled }] : [])),
      segmentId, audience: definition.audience ?? null, event: definition.type === 'series' && definition.entry.type === 'event' ? definition.entry.event : null, subjectLength,
    };
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      // Of two that begin at once the later takes the place of the earlier.
      await lockCampaign(tx, campaignId);
      await beginRun(tx, { id: newId(), campaignId, revision, plan, total: await countSource(tx, segmentId), by: actorName(actor), now });
      await this.audit.record(tx, { actor, action: 'campaign.coverage', subject: `campaign:${campaignId}`, detail: { revision } }, now);
    });
    this.runner.wake('campaigns.coverage');
    return this.report(campaignId);
  }

  async report(campaignId: string): Promise<CoverageReport> {
    const run = await lastRun(this.db, campaignId);
    if (!run) throw notFound('coverage', campaignId);
    return { ...run, groups: await groupsOf(this.db, run.id) };
  }

  async cancel(campaignId: string, actor: Actor): Promise<CoverageReport> {
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      if (!(await cancelRun(tx, campaignId, now))) throw conflict('coverage.not-running', 'Nothing is being looked at for this campaign now.');
      await this.audit.record(tx, { actor, action: 'campaign.coverage-cancel', subject: `campaign:${campaignId}` }, now);
    });
    return this.report(campaignId);
  }

  people(campaignId: string, groupId: string, after: string | null, limit: number) {
    return peopleOf(this.db, campaignId, groupId, after, limit);
  }

  /** Looks at one page of people; what it found and the place it came to are one transaction. Zero when nothing runs. */
  async advance(): Promise<number> {
    if (!(await hasRun(this.db))) return 0;
    return inTransaction(this.db, async (tx) => {
      const run = await takeRun(tx);
      if (!run) return 0;
      const plan = await this.planFor(tx, run.id);
      const now = this.clock.now();
      const page = plan.segmentId === null ? await everybodyPage(tx, run.cursor, PAGE) : await membersPage(tx, plan.segmentId, run.cursor, PAGE);
      const meant = plan.audience === null ? page : [...(await membersAmong(tx, plan.audience, page, now))];
      const people = await coveredPeople(tx, meant, plan.event);
      const groups = await coverPeople(plan.messages, people, { workspace: await loadWorkspace(tx), links: UNSIGNED, subjectLength: plan.subjectLength });
      await recordPage(tx, run.id, { groups, scanned: page.length, people: people.length, cursor: page.at(-1) ?? null, isLast: page.length < PAGE, now });
      return 1;
    });
  }

  private async planFor(tx: Db, runId: string): Promise<CoveragePlan> {
    if (this.plan.runId !== runId) Object.assign(this.plan, { runId, plan: await planOf(tx, runId) });
    return this.plan.plan;
  }
}
