import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError, conflict, notFound } from '../../kernel/errors.js';
import { loadPeople } from '../../people/people.store.js';
import { actorName, AuditLog } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import type { Log } from '../../platform/logging.js';
import { LOG } from '../../platform/tokens.js';
import { isSame, noteFor, type CanaryAnswer, type Expectation } from '../domain/canary.js';
import type { Sentence } from '../domain/sentences.js';
import { Explain } from '../explain/explain.service.js';
import { findCampaign } from '../store/campaigns.store.js';
import { acknowledgeNote, closeNote, deleteCanary, insertCanary, insertNote, keepAnswer, listCanaries, listChecks, lockCheck, openNoteOf, setExpectation, updateNote, type Canary, type CanaryCheck, type ChecksQuery, type DueCheck } from './store/canaries.store.js';

/** Each of them is asked about in each live campaign, again and again. */
export const MOST_CANARIES = 50;

/** People of the team who tell whether campaigns do what they should: what explain says of them is kept, and a change is told. */
@Injectable()
export class Canaries {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly explanations: Explain, private readonly runner: WorkerRunner, @Inject(LOG) private readonly log: Log) {}

  async list(): Promise<{ items: Canary[]; most: number }> {
    return { items: await listCanaries(this.db), most: MOST_CANARIES };
  }

  checks(query: ChecksQuery): Promise<CanaryCheck[]> {
    return listChecks(this.db, query);
  }

  /** From now on they are asked about; arms that tests assign to them from now on are in no comparison. @throws AppError `person.not-found`, `canary.too-many` */
  async add(personId: string, actor: Actor): Promise<{ items: Canary[]; most: number }> {
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      if ((await loadPeople(tx, [personId])).length === 0) throw notFound('person', personId);
      const what = await insertCanary(tx, personId, actorName(actor), { now, most: MOST_CANARIES });
      if (what === 'too-many') throw conflict('canary.too-many', `There are ${MOST_CANARIES} canary people. Take one off the list first.`);
      if (what === 'added') await this.audit.record(tx, { actor, action: 'canary.add', subject: `person:${personId}` }, now);
    });
    this.runner.wake('campaigns.canaries');
    return this.list();
  }

  /** @throws AppError `canary.not-found` */
  async remove(personId: string, actor: Actor): Promise<{ items: Canary[]; most: number }> {
    await inTransaction(this.db, async (tx) => {
      if (!(await deleteCanary(tx, personId))) throw notCanary();
      await this.audit.record(tx, { actor, action: 'canary.remove', subject: `person:${personId}` }, this.clock.now());
    });
    return this.list();
  }

  /** Says what a canary must or must not get; what is known already is judged by it at once. @throws AppError `canary.not-found`, `campaign.not-found` */
  async expect(campaignId: string, personId: string, expected: Expectation, actor: Actor): Promise<CanaryCheck> {
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      if (!(await findCampaign(tx, campaignId))) throw notFound('campaign', campaignId);
      const state = await lockCheck(tx, { campaignId, personId });
      if (!state) throw notCanary();
      await setExpectation(tx, { campaignId, personId, expected, by: actorName(actor) });
      const is = state.verdict ? { verdict: state.verdict, code: state.code } : null;
      if (is && expected !== state.expected) await this.tell(tx, { campaignId, personId, expected, was: is, is }, now);
      await this.audit.record(tx, { actor, action: 'canary.expect', subject: `campaign:${campaignId}`, detail: { personId, expected } }, now);
    });
    const [check] = await this.checks({ campaignId, personId, noted: false, after: null, limit: 1 });
    if (!check) throw conflict('canary.not-live', 'The campaign is not live: canary people are asked about in live campaigns.');
    return check;
  }

  /** @throws AppError `canary.no-note` */
  async acknowledge(noteId: string, actor: Actor): Promise<CanaryCheck> {
    const now = this.clock.now();
    const note = await inTransaction(this.db, async (tx) => {
      const seen = await acknowledgeNote(tx, noteId, actorName(actor), now);
      if (!seen) throw conflict('canary.no-note', 'There is no open note with this id: it may be over.');
      await this.audit.record(tx, { actor, action: 'canary.acknowledge', subject: `campaign:${seen.campaignId}`, detail: { personId: seen.personId, kind: seen.kind } }, now);
      return seen;
    });
    return (await this.checks({ ...note, noted: false, after: null, limit: 1 }))[0]!;
  }

  /** Asks explain about one of them and keeps what it says, unless another process did meanwhile. @throws what explain throws; the next turn comes then too */
  async check(due: DueCheck): Promise<void> {
    const asked = await this.ask(due);
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      const state = await lockCheck(tx, due);
      if (!state || state.checkedAt?.getTime() !== due.checkedAt?.getTime()) return;
      if ('failure' in asked) return keepAnswer(tx, due, null, now);
      const was: CanaryAnswer | null = state.verdict ? { verdict: state.verdict, code: state.code } : null;
      const isNews = was === null || !isSame(was, asked.is);
      await keepAnswer(tx, due, { ...asked.is, said: asked.said, isNews }, now);
      await this.tell(tx, { ...due, expected: state.expected, was, is: asked.is }, now);
    });
    if ('failure' in asked) throw asked.failure;
  }

  private async ask({ campaignId, personId }: DueCheck): Promise<{ is: CanaryAnswer; said: Sentence } | { failure: unknown }> {
    try {
      const { verdict, code, answer } = await this.explanations.answer(campaignId, personId);
      return { is: { verdict, code }, said: answer };
    } catch (failure) {
      // Somebody erased a moment ago is forgotten with the news of it.
      if (failure instanceof AppError && failure.code === 'person.not-found') return { is: { verdict: 'no', code: 'PERSON_DELETED' }, said: { en: 'This person does not exist any more.', ko: '더 이상 존재하지 않는 고객입니다.' } };
      return { failure };
    }
  }

  /** Opens, goes on with or closes the note of one of them. */
  private async tell(tx: Db, { campaignId, personId, expected, was, is }: { campaignId: string; personId: string; expected: Expectation; was: CanaryAnswer | null; is: CanaryAnswer }, now: Date): Promise<void> {
    const open = await openNoteOf(tx, campaignId, personId);
    // Of a person who is observed the answer before the first change is what the next ones are compared with.
    const compared = open?.kind === 'changed' && open.wasVerdict ? { verdict: open.wasVerdict, code: open.wasCode } : was;
    const kind = noteFor(expected, compared, is);
    if (open && kind === open.kind) await updateNote(tx, open.id, is);
    if (open && kind !== open.kind) await closeNote(tx, open.id, now);
    if (kind === null || open?.kind === kind) return;
    await insertNote(tx, { campaignId, personId, kind, expected, was, is }, now);
    this.log.warn({ personId, campaignId, kind, expected, was, is }, 'a canary person gets something else than expected or than before');
  }
}

const notCanary = () => new AppError('canary.not-found', 'This person is not a canary.', 'not_found');
