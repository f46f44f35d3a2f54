import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError, notFound } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { AuditLog } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { insertDeliveryEvents } from '../tracking/store/delivery-events.store.js';
import { networkOf } from '../../kernel/network.js';
import { NIGHT, type ConsentGiven, type ConsentState, type NewConsent } from './domain/consent.js';
import { DoubleOptIn } from './double-opt-in.service.js';
import { listRequests, type ConsentRequest } from './store/consent-requests.store.js';
import { listProof, type ConsentProof, type ProofQuery } from './store/consent-proof.store.js';
import { listConsents, listTopics, loadRecipient, lockPerson, personExists, putConsents, type Consent, type Recipient, type Topic, type TopicChange } from './store/preferences.store.js';
import { addTopic, changeTopic } from './write-topic.js';

/** The pages and buttons by which a person chooses for themselves. */
export type OwnChoice = 'one_click' | 'unsubscribe_page' | 'preference_page';

/** What a request tells of who sent it; only the network of the address is kept. */
export interface RequestSigns { ip?: string; userAgent?: string }

/** What a person said, and what they have yet to confirm. */
export interface Choices { items: Consent[]; pending: ConsentRequest[] }

/** Topics, and what people said about them: through the API, the unsubscribe page or one click of their mail program. */
@Injectable()
export class Preferences {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner, private readonly doubled: DoubleOptIn, private readonly audit: AuditLog) {}

  topics(): Promise<Topic[]> {
    return listTopics(this.db);
  }

  /** @throws AppError `topic.reason-missing` when a transactional topic does not say why it is no advertising */
  addTopic(topic: Omit<Topic, 'createdAt'>, actor: Actor): Promise<Topic> {
    return inTransaction(this.db, (tx) => addTopic(tx, topic, { audit: this.audit, actor, now: this.clock.now() }));
  }

  async changeTopic(key: string, change: TopicChange, actor: Actor): Promise<Topic> {
    const changed = await inTransaction(this.db, (tx) => changeTopic(tx, key, change, { audit: this.audit, actor, now: this.clock.now() }));
    this.wake();
    return changed;
  }

  async consents(personId: string): Promise<Choices> {
    if (!(await personExists(this.db, personId))) throw notFound('person', personId);
    return choicesOf(this.db, personId, this.clock.now());
  }

  /** What was said when, how we know, and who told us: of one person or of everybody, newest first. */
  async proof(query: ProofQuery): Promise<ConsentProof[]> {
    if (query.personId !== undefined && !(await personExists(this.db, query.personId))) throw notFound('person', query.personId);
    return listProof(this.db, query);
  }

  /** Records choices reported by the customer's own system, and their proof; those the person has to confirm wait. All or nothing. */
  async putConsents(personId: string, consents: readonly NewConsent[], given: Omit<ConsentGiven, 'now'>): Promise<Choices> {
    const now = this.clock.now();
    if (given.saidAt && given.saidAt > now) throw new AppError('consent.future', 'saidAt: nobody can have said it later than now.', 'invalid', [{ path: 'saidAt', code: 'consent.future', message: 'lies in the future' }]);
    const said = await inTransaction(this.db, async (tx) => {
      if (!(await lockPerson(tx, personId))) throw notFound('person', personId);
      const topics = await listTopics(tx);
      const known = new Set([NIGHT, ...topics.map((topic) => topic.key)]);
      const unknown = consents.flatMap(({ topic }, index) => (known.has(topic) ? [] : [{ path: `consents.${index}.topic`, code: 'topic.not-found', message: `there is no topic "${topic}"` }]));
      if (unknown.length > 0) throw new AppError('topic.not-found', `${unknown[0]!.path}: ${unknown[0]!.message}.`, 'invalid', unknown);
      const rest = await this.doubled.setAside(tx, personId, consents, topics, { ...given, now });
      await putConsents(tx, personId, rest, { ...given, now });
      return choicesOf(tx, personId, now);
    });
    this.wake();
    return said;
  }

  /** Whom a signed link speaks of; null when the message or the person is gone. */
  recipient(deliveryId: string): Promise<Recipient | null> {
    return loadRecipient(this.db, deliveryId);
  }

  /**
   * Takes the person off (or back on) the topic of this message. The first change also appears among the events of the
   * delivery; asking again changes nothing.
   */
  async setTopicOf(recipient: Recipient, state: ConsentState, source: OwnChoice, signs: RequestSigns = {}): Promise<void> {
    await this.choose(recipient, [{ channel: 'email', topic: recipient.topic, state }], source, signs);
  }

  /** Records what a person chose on a page of theirs, and `also` what belongs to it, in one transaction. Somebody who is gone chose nothing. */
  async choose({ deliveryId, personId }: Recipient, consents: readonly NewConsent[], source: OwnChoice, { ip, userAgent }: RequestSigns, also: (tx: Db, given: ConsentGiven) => Promise<void> = async () => {}): Promise<void> {
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      if (!(await lockPerson(tx, personId))) return;
      const given: ConsentGiven = { source, now, method: source, actor: 'person', deliveryId, network: ip === undefined ? undefined : networkOf(ip), userAgent: userAgent?.slice(0, 500) };
      const changed = await putConsents(tx, personId, consents, given);
      // Who wants no advertising at night has not left anything.
      const left = changed.filter(({ topic, state }) => state === 'unsubscribed' && topic !== NIGHT);
      await insertDeliveryEvents(tx, left.map(({ topic }) => ({
        deliveryId, personId, kind: 'unsubscribe', eventKey: newId(), at: now, verdict: 'human', evidence: { source }, data: { topic },
      })));
      await also(tx, given);
    });
    this.wake();
  }

  /** Has those look who depend on what was chosen. */
  wake(): void {
    for (const worker of ['segments.membership', 'delivery.in_app', 'delivery.email']) this.runner.wake(worker);
  }
}

async function choicesOf(db: Db, personId: string, now: Date): Promise<Choices> {
  return { items: await listConsents(db, personId), pending: await listRequests(db, personId, now) };
}
