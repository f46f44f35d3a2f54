import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AssignmentRow, type AssignmentSummary } from '../../contract/campaign-api.js';
import { Clock } from '../../kernel/clock.js';
import { AppError, conflict, notFound } from '../../kernel/errors.js';
import { AuditLog } from '../../platform/audit.js';
import { inTransaction } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import type { PublishedExperiment } from '../domain/published.js';
import type { GivenRow } from '../domain/given-row.js';
import { findCampaign } from '../store/campaigns.store.js';
import { listAssignments, storeGiven, type AssignmentListQuery, type GivenAssignment, type GivenOutcome } from '../store/given-assignments.store.js';
import { loadVersion } from '../store/versions.store.js';

const BATCH = 5_000;
/** As many rejected rows are listed; all are counted. */
const LISTED = 10_000;
/** Clocks of others may be ahead of ours by this much. */
const AHEAD_MS = 5 * 60_000;

type Rejection = AssignmentSummary['rejected'][number];

/** Assignments made outside Danbi: a past or foreign experiment, or people put into an arm by hand. */
@Injectable()
export class Assignments {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly runner: WorkerRunner) {}

  /**
   * Stores them in batches of {@link BATCH}; bad rows are refused one by one and listed. May be sent again: what is stored
   * already counts as unchanged. Throws `campaign.not-published` and `assignment.unknown-experiment`.
   *
   * @param experiment step of the experiment; not needed when there is only one
   */
  async give(campaignId: string, experiment: string | undefined, given: AsyncIterable<GivenRow> | Iterable<GivenRow>, actor: Actor): Promise<AssignmentSummary> {
    const target = await this.experiment(campaignId, experiment);
    const summary: AssignmentSummary = { received: 0, assigned: 0, unchanged: 0, rejectedTotal: 0, rejected: [] };
    let batch: GivenRow[] = [];
    for await (const one of given) {
      batch.push(one);
      if (batch.length < BATCH) continue;
      await this.giveBatch(campaignId, target, batch, summary);
      batch = [];
    }
    await this.giveBatch(campaignId, target, batch, summary);
    const { rejected: _, ...detail } = summary;
    await this.audit.record(this.db, { actor, action: 'campaign.assign', subject: `campaign:${campaignId}`, detail }, this.clock.now());
    return summary;
  }

  async list(query: AssignmentListQuery) {
    if (!(await findCampaign(this.db, query.campaignId))) throw notFound('campaign', query.campaignId);
    return listAssignments(this.db, query);
  }

  private async experiment(campaignId: string, stepId: string | undefined): Promise<PublishedExperiment> {
    const campaign = await findCampaign(this.db, campaignId);
    if (!campaign) throw notFound('campaign', campaignId);
    if (!campaign.currentVersion) throw conflict('campaign.not-published', 'Publish the campaign first; its experiments begin then.');
    const { experiments } = (await loadVersion(this.db, campaign.currentVersion.id)).published;
    const steps = Object.keys(experiments);
    const chosen = stepId ?? (steps.length === 1 ? steps[0]! : '');
    if (!Object.hasOwn(experiments, chosen)) {
      const asked = stepId === undefined ? 'Say which experiment is meant' : `There is no experiment "${stepId}"`;
      throw new AppError('assignment.unknown-experiment', `${asked}; this campaign has ${steps.length > 0 ? steps.join(', ') : 'none'}.`, 'invalid', [{ path: 'experiment', code: 'assignment.unknown-experiment', message: 'must be a message or split step of the campaign' }]);
    }
    return experiments[chosen]!;
  }

  private async giveBatch(campaignId: string, experiment: PublishedExperiment, batch: readonly GivenRow[], summary: AssignmentSummary): Promise<void> {
    const { readable, rejected } = this.read(batch, experiment, summary.received);
    let waiting = readable;
    let assigned = 0;
    while (waiting.length > 0) {
      const { outcomes, announced } = await inTransaction(this.db, (tx) => storeGiven(tx, { experimentId: experiment.experimentId, campaignId, given: waiting }, this.clock.now()));
      if (announced) this.runner.wake('segments.membership');
      const byIndex = new Map(outcomes.map((outcome) => [outcome.index, outcome]));
      assigned += outcomes.filter(({ stored }) => stored).length;
      rejected.push(...waiting.flatMap((one) => refusalOf(one, byIndex.get(one.index)!)));
      // Somebody else stored these at the same moment; the next look sees what.
      waiting = waiting.filter((one) => isRaced(byIndex.get(one.index)!));
    }
    summary.received += batch.length;
    summary.assigned += assigned;
    summary.rejectedTotal += rejected.length;
    summary.unchanged += batch.length - assigned - rejected.length;
    summary.rejected.push(...rejected.toSorted((a, b) => a.index - b.index).slice(0, LISTED - summary.rejected.length));
  }

  private read(batch: readonly GivenRow[], experiment: PublishedExperiment, from: number): { readable: GivenAssignment[]; rejected: Rejection[] } {
    const arms = new Map(experiment.arms.map((arm) => [arm.key, arm]));
    const now = this.clock.now();
    const readable: GivenAssignment[] = [];
    const rejected: Rejection[] = [];
    for (const [offset, row] of batch.entries()) {
      const index = from + offset;
      const parsed = 'value' in row ? AssignmentRow.safeParse(row.value) : null;
      if (!parsed?.success) {
        rejected.push({ index, code: 'assignment.invalid', message: parsed ? issueText(parsed.error.issues[0]!) : (row as { unreadable: string }).unreadable });
        continue;
      }
      const { personId = null, externalId = null, variant } = parsed.data;
      const arm = arms.get(variant);
      const at = parsed.data.at === undefined ? now : new Date(parsed.data.at);
      if (!arm) rejected.push({ index, code: 'assignment.unknown-variant', message: `There is no variant "${variant}"; there are ${[...arms.keys()].join(', ')}.` });
      else if (at.getTime() > now.getTime() + AHEAD_MS) rejected.push({ index, code: 'assignment.in-future', message: 'at: lies in the future.' });
      else readable.push({ index, personId: personId?.toLowerCase() ?? null, externalId, variant, isControl: arm.isControl, at });
    }
    return { readable, rejected };
  }
}

const issueText = ({ path, message }: { path: PropertyKey[]; message: string }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message);
const isRaced = ({ personId, has }: GivenOutcome) => personId !== null && has === null;

function refusalOf(given: GivenAssignment, { index, personId, has }: GivenOutcome): Rejection[] {
  if (personId === null) return [{ index, code: 'assignment.unknown-person', message: given.externalId === null ? `There is no person with the id ${given.personId}.` : `There is no person with the external id "${given.externalId}".` }];
  if (has === null || has === given.variant) return [];
  return [{ index, code: 'assignment.already-assigned', message: `This person has the variant "${has}"; a first assignment stays.` }];
}
