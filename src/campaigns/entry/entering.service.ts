import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { EnterRow, type EnterSummary } from '../../contract/campaign-enter.js';
import { Clock } from '../../kernel/clock.js';
import { conflict, notFound } from '../../kernel/errors.js';
import { AuditLog } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { loadWorkspace } from '../../platform/workspace.js';
import type { Moment } from '../engine/conditions.js';
import { enterPeople, type Candidate } from '../engine/enter.js';
import { lockEntry } from '../engine/locks.js';
import { countUntold } from '../features/store/askers.store.js';
import { findCampaign } from '../store/campaigns.store.js';
import { namedPeople, noteRequests, requestKey } from '../store/entry-requests.store.js';
import { loadVersion, type CampaignVersion } from '../store/versions.store.js';

type Row = EnterRow & { index: number };
type Rejection = EnterSummary['rejected'][number];

/** Lets people in whom another system or a colleague names, through the gates of entry like everybody else. */
@Injectable()
export class Entering {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly runner: WorkerRunner) {}

  /**
   * All rows in one transaction: after a lost answer the same request may be sent again, and lets in nobody twice when its rows
   * have ids. Throws `campaign.not-found`, `campaign.not-published`, `campaign.not-running`, `campaign.no-api-entry`.
   *
   * @param request stands for ids that rows do not have: each is this and its index
   */
  async enter(campaignId: string, given: readonly unknown[], request: string | undefined, actor: Actor): Promise<EnterSummary> {
    const { readable, rejected } = readRows(given, request);
    const moment = { now: this.clock.now(), zone: (await loadWorkspace(this.db)).timeZone };
    const answer = await inTransaction(this.db, async (tx) => {
      await lockEntry(tx);
      const entrance = await entranceOf(tx, campaignId);
      const counted = await enterRows(tx, entrance, readable, moment);
      const summary: EnterSummary = { received: given.length, entered: counted.entered, repeated: counted.repeated, refused: counted.refused, rejected: [...rejected, ...counted.rejected].toSorted((a, b) => a.index - b.index) };
      await this.audit.record(tx, { actor, action: 'campaign.enter', subject: `campaign:${campaignId}`, detail: { received: summary.received, entered: summary.entered, repeated: summary.repeated, refused: summary.refused.length, rejected: summary.rejected.length } }, moment.now);
      return summary;
    });
    this.runner.wake('campaigns.advance');
    return answer;
  }
}

/** What is entered. Needs the entry lock, so that the version stays the current one of whoever enters. */
export async function entranceOf(tx: Db, campaignId: string): Promise<{ version: CampaignVersion; state: string }> {
  const campaign = await findCampaign(tx, campaignId);
  if (!campaign) throw notFound('campaign', campaignId);
  if (!campaign.currentVersion) throw conflict('campaign.not-published', 'Publish the campaign first; nobody enters a draft.');
  if (campaign.state === 'stopped' || campaign.state === 'archived') throw conflict('campaign.not-running', `The campaign is ${campaign.state}: nobody enters it any more.`);
  const version = await loadVersion(tx, campaign.currentVersion.id);
  if (version.published.entry.type !== 'api') throw conflict('campaign.no-api-entry', 'People enter this campaign by themselves. Give it the entry "api" to let them in by name.');
  if ((await countUntold(tx, campaignId)) !== null) throw conflict('campaign.feature-entry', 'This campaign tells of a feature: whoever asks for the feature enters by that. Record a request instead.');
  return { version, state: campaign.state };
}

/** Lets rows in through the gates; each is accounted for. */
export async function enterRows(tx: Db, entrance: { version: CampaignVersion; state: string }, given: readonly Row[], moment: Moment): Promise<Pick<EnterSummary, 'entered' | 'repeated' | 'refused' | 'rejected'>> {
  const people = await namedPeople(tx, given);
  const known = given.flatMap((row) => (people.has(row.index) ? [{ ...row, personId: people.get(row.index)! }] : []));
  const fresh = await noteRequests(tx, entrance.version.campaignId, known.flatMap(({ personId, requestId }) => (requestId === undefined ? [] : [{ personId, requestId }])), moment.now);
  const asked = new Map<Candidate, number>();
  for (const { index, personId, key, properties, requestId } of known) {
    // Of rows of one request with the same id only the first is new.
    if (requestId !== undefined && !fresh.delete(requestKey({ personId, requestId }))) continue;
    asked.set({ personId, entry: { kind: 'api', at: moment.now.toISOString(), ...(key === undefined ? {} : { key }), ...(properties === undefined ? {} : { properties }) } }, index);
  }
  const outcomes = await enterPeople(tx, entrance, [...asked.keys()], moment);
  const found = [...asked].map(([candidate, index]) => ({ index, code: outcomes.get(candidate) }));
  const gone = [...given.filter(({ index }) => !people.has(index)), ...found.filter(({ code }) => code === undefined)].map(({ index }): Rejection => ({ index, code: 'enter.unknown-person', message: 'There is no such person.' }));
  return {
    entered: found.filter(({ code }) => code === null).length, repeated: known.length - asked.size,
    refused: found.flatMap(({ index, code }) => (code ? [{ index, code }] : [])), rejected: gone,
  };
}

/** Which rows can be read, and what is wrong with the others. */
export function readRows(given: readonly unknown[], request: string | undefined): { readable: Row[]; rejected: Rejection[] } {
  const readable: Row[] = [];
  const rejected: Rejection[] = [];
  for (const [index, value] of given.entries()) {
    const read = EnterRow.safeParse(value);
    if (read.success) readable.push({ ...read.data, ...(read.data.requestId === undefined && request !== undefined ? { requestId: `${request}:${index}` } : {}), index });
    else {
      const { path, message } = read.error.issues[0]!;
      rejected.push({ index, code: 'enter.invalid', message: path.length > 0 ? `${path.join('.')}: ${message}` : message });
    }
  }
  return { readable, rejected };
}
