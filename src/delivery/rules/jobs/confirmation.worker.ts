import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { keyOf, newId } from '../../../kernel/ids.js';
import { localDate } from '../../../kernel/local-time.js';
import { NOTICES } from '../../../people/domain/reserved-keys.js';
import { inTransaction, row, type Db } from '../../../platform/database/db.js';
import { WorkerRunner } from '../../../platform/jobs/runner.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import { loadWorkspace, type Workspace } from '../../../platform/workspace.js';
import { compileMessage } from '../../content/compile.js';
import { publishContent } from '../../content/store/content.store.js';
import { enqueueDeliveries } from '../../sending/store/deliveries.store.js';
import { CONFIRMATION_NOTICE } from '../domain/confirmation-notice.js';
import { ruleOf } from '../domain/rule-settings.js';
import { forgetRequests, makeNoticeTopic } from '../../preferences/store/consent-requests.store.js';
import { agreedTo, CONFIRMATION_STEP as STEP, confirmSent, duePeople, keepNotices, newlyDue, newlySent, type Notice, type Term } from '../store/confirmations.store.js';

const PEOPLE = 200;
/**
 * Whoever is due and has no address stays due, and a notice that failed stays with its consent: all of them are gone through this often,
 * which is how long somebody waits whose address or long past consent comes to be known. In between, only what is new is looked for.
 */
const ALL_EVERY_MS = 10 * 60_000;
/** What is new is looked for so far back: a transaction may commit after a look that was later than its moment. */
const OVERLAP_MS = 60_000;
/** Notices belong to no campaign: their deliveries carry this place, which no campaign has. The version changes with the text. */
const PLACE = { campaignId: keyOf('danbi:notices'), versionId: keyOf(`danbi:${JSON.stringify(CONFIRMATION_NOTICE)}`), stepId: STEP, variant: 'notice', channel: 'email' as const };

/**
 * Tells people every two years what they agreed to (rule `consent_confirmation`): queues the notice through the outbox, and when it
 * has gone confirms the consents with proof. What was queued is marked in the same transaction, so nobody is told twice.
 */
@Injectable()
export class ConfirmationWorker extends Worker {
  readonly name = 'delivery.confirmation';
  /** When nothing was left to do, under which rule, and when all were last gone through. */
  private idle: { at: Date; rule: string; allAt: Date } | null = null;

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner) {
    super();
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    const workspace = await loadWorkspace(this.db);
    const { on, parameters } = ruleOf(workspace, 'consent_confirmation');
    const term = { now, ...parameters };
    const rule = JSON.stringify([on, parameters]);
    const after = this.idle && this.idle.rule === rule && now >= this.idle.at && now.getTime() < this.idle.allAt.getTime() + ALL_EVERY_MS ? this.idle : null;
    if (after && !(await this.hasNew(on ? term : null, after.at))) {
      after.at = now;
      return { done: 0 };
    }
    this.idle = null;
    await forgetRequests(this.db, now);
    const confirmed = await inTransaction(this.db, (tx) => confirmSent(tx, PEOPLE, now));
    const queued = on ? await this.queue(term, workspace) : 0;
    if (queued > 0) this.runner.wake('delivery.email');
    if (confirmed + queued === 0) this.idle = { at: now, rule, allAt: now };
    return { done: confirmed + queued };
  }

  private async hasNew(term: Term | null, idleAt: Date): Promise<boolean> {
    const since = new Date(idleAt.getTime() - OVERLAP_MS);
    return (await newlySent(this.db, PLACE.campaignId, since)) || (term !== null && (await newlyDue(this.db, term, since)));
  }

  private async queue(term: Term, workspace: Workspace): Promise<number> {
    const due = await duePeople(this.db, term, { limit: PEOPLE, after: null, reachable: true });
    if (due.length === 0) return 0;
    return inTransaction(this.db, async (tx) => {
      await makeNoticeTopic(tx, term.now);
      const contentId = (await contentOf(tx)) ?? (await publishNotice(tx, term.now));
      const notices = new Map<string, Notice>();
      for (const { personId, channel, topic, en, ko, at, zone } of await agreedTo(tx, due.map((each) => each.personId))) {
        const notice = notices.get(personId) ?? { deliveryId: newId(), runId: newId(), personId, consents: [] };
        notice.consents.push({ channel, topic, en, ko, on: localDate(at, zone ?? workspace.timeZone) });
        notices.set(personId, notice);
      }
      await keepNotices(tx, [...notices.values()], PLACE, term.now);
      await enqueueDeliveries(tx, [...notices.values()].map(({ deliveryId, runId, personId }) => ({
        ...PLACE, id: deliveryId, personId, enrollmentId: runId, contentId, experimentId: null, isControl: false, topic: NOTICES, dueAt: term.now,
      })), term.now);
      return notices.size;
    });
  }
}

async function contentOf(tx: Db): Promise<string | null> {
  return (await row<{ id: string }>(tx, 'select m.id from message_content as m where m.version_id = $1 and m.step_id = $2', [PLACE.versionId, STEP]))?.id ?? null;
}

async function publishNotice(tx: Db, now: Date): Promise<string> {
  return publishContent(tx, { ...PLACE, source: CONFIRMATION_NOTICE, compiled: await compileMessage('email', CONFIRMATION_NOTICE), now });
}
