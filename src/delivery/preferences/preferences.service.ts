import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError, notFound } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { announce } from '../../people/store/facts.store.js';
import { inTransaction } from '../../platform/database/db.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { insertDeliveryEvents } from '../tracking/store/delivery-events.store.js';
import { insertTopic, listConsents, listTopics, loadRecipient, lockPerson, lockTopic, personExists, putConsents, updateTopic, type Consent, type ConsentState, type NewConsent, type Recipient, type Topic } from './store/preferences.store.js';

export interface TopicChoice { topic: Topic; subscribed: boolean }

/** Topics, and what people said about them: through the API, the unsubscribe page or one click of their mail program. */
@Injectable()
export class Preferences {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner) {}

  topics(): Promise<Topic[]> {
    return listTopics(this.db);
  }

  async addTopic(topic: Omit<Topic, 'createdAt'>): Promise<Topic> {
    const added = await insertTopic(this.db, { ...topic, createdAt: this.clock.now() });
    if (!added) throw new AppError('topic.exists', `There is already a topic "${topic.key}".`, 'conflict');
    return added;
  }

  async changeTopic(key: string, change: Partial<Pick<Topic, 'name' | 'nameKo' | 'optIn'>>): Promise<Topic> {
    const changed = await inTransaction(this.db, async (tx) => {
      const before = await lockTopic(tx, key);
      if (before === null) throw new AppError('topic.not-found', `There is no topic "${key}".`, 'not_found');
      const topic = (await updateTopic(tx, key, change))!;
      // Nobody said anything new, and yet the rule answers anew for everybody: whoever depends on it has to ask again.
      if (topic.optIn !== before) await announce(tx, [], [`topic:${key}`], this.clock.now());
      return topic;
    });
    this.wake();
    return changed;
  }

  async consents(personId: string): Promise<Consent[]> {
    if (!(await personExists(this.db, personId))) throw notFound('person', personId);
    return listConsents(this.db, personId);
  }

  /** Records choices reported by the customer's own system. All or nothing. */
  async putConsents(personId: string, consents: readonly NewConsent[], source: string): Promise<Consent[]> {
    const said = await inTransaction(this.db, async (tx) => {
      if (!(await lockPerson(tx, personId))) throw notFound('person', personId);
      const known = new Set((await listTopics(tx)).map((topic) => topic.key));
      const unknown = consents.flatMap(({ topic }, index) => (known.has(topic) ? [] : [{ path: `consents.${index}.topic`, code: 'topic.not-found', message: `there is no topic "${topic}"` }]));
      if (unknown.length > 0) throw new AppError('topic.not-found', `${unknown[0]!.path}: ${unknown[0]!.message}.`, 'invalid', unknown);
      await putConsents(tx, personId, consents, { source, now: this.clock.now() });
      return listConsents(tx, personId);
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
  async setTopicOf(recipient: Recipient, state: ConsentState, source: string): Promise<void> {
    await this.choose(recipient, [{ channel: 'email', topic: recipient.topic, state }], source);
  }

  /** The e-mail topics of kind `marketing` with the person's choices. */
  async choices({ personId }: Recipient): Promise<TopicChoice[]> {
    const [topics, consents] = await Promise.all([listTopics(this.db), listConsents(this.db, personId)]);
    const said = new Map(consents.filter((consent) => consent.channel === 'email').map((consent) => [consent.topic, consent.state]));
    return topics.filter((topic) => topic.kind === 'marketing').map((topic) => ({ topic, subscribed: topic.optIn ? said.get(topic.key) === 'subscribed' : said.get(topic.key) !== 'unsubscribed' }));
  }

  /** Sets every topic that {@link choices} shows to what was ticked. */
  async setChoices(recipient: Recipient, ticked: ReadonlySet<string>, source: string): Promise<void> {
    const shown = await this.choices(recipient);
    const changed = shown.filter(({ topic, subscribed }) => subscribed !== ticked.has(topic.key));
    await this.choose(recipient, changed.map(({ topic }) => ({ channel: 'email', topic: topic.key, state: ticked.has(topic.key) ? 'subscribed' : 'unsubscribed' })), source);
  }

  private async choose({ deliveryId, personId }: Recipient, consents: readonly NewConsent[], source: string): Promise<void> {
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      if (!(await lockPerson(tx, personId))) return;
      const changed = await putConsents(tx, personId, consents, { source, now });
      const left = changed.filter(({ state }) => state === 'unsubscribed');
      await insertDeliveryEvents(tx, left.map(({ topic }) => ({
        deliveryId, personId, kind: 'unsubscribe', eventKey: newId(), at: now, verdict: 'human', evidence: { source }, data: { topic },
      })));
    });
    this.wake();
  }

  private wake(): void {
    this.runner.wake('segments.membership');
  }
}
