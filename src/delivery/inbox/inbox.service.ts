import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError, conflict, notFound } from '../../kernel/errors.js';
import { NEWS } from '../../people/store/news.store.js';
import { AuditLog } from '../../platform/audit.js';
import { inTransaction, row } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { personExists } from '../preferences/store/preferences.store.js';
import { engagedAt, interactedAt, stoppedAt, type InboxAction } from './domain/display.js';
import { recordTouch } from './record-touch.js';
import { countUnread, listInbox, recallInApp, type InboxPage, type StoredMessage } from './store/inbox.store.js';

export interface InboxMessage extends Omit<StoredMessage, 'goalAt'> {
  interactedAt: Date | null;
  engagedAt: Date | null;
  /** Still to be displayed unasked. */
  displaying: boolean;
}

/** The in-app messages of one person, and what they did with them. */
@Injectable()
export class Inbox {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner, private readonly audit: AuditLog) {}

  async list(personId: string, page: Omit<InboxPage, 'now'>): Promise<{ messages: InboxMessage[]; unread: number }> {
    const now = this.clock.now();
    if (!(await personExists(this.db, personId))) throw notFound('person', personId);
    const [messages, unread] = await Promise.all([listInbox(this.db, personId, { now, ...page }), countUnread(this.db, personId, now)]);
    return { messages: messages.map(shown), unread };
  }

  /** How many messages nobody has looked at. */
  unread(personId: string): Promise<number> {
    return countUnread(this.db, personId, this.clock.now());
  }

  /**
   * Records an action once; again, it changes nothing. Anything proves that the message was seen. Nothing new can be done
   * with a recalled message, nor begun with one that expired unseen; what was seen in time may still be answered.
   */
  async record(personId: string, deliveryId: string, action: InboxAction, button: number | null): Promise<InboxMessage> {
    const at = this.clock.now();
    const done = await inTransaction(this.db, (tx) => recordTouch(tx, { personId, deliveryId, action, button }, at));
    if (!done) throw new AppError('inbox.not-found', `Person ${personId} has no message ${deliveryId}.`, 'not_found');
    if (done.announced) this.runner.wake('segments.membership');
    this.runner.wake(NEWS);
    return shown(done.message);
  }

  /** Takes back one message, or all of a campaign, which goes on otherwise. Doing it again recalls nothing more. */
  async recall(scope: { deliveryId: string } | { campaignId: string }, actor: Actor): Promise<{ recalled: number; unseen: number }> {
    const now = this.clock.now();
    const recalled = await inTransaction(this.db, async (tx) => {
      if ('deliveryId' in scope) {
        const found = await row<{ channel: string }>(tx, 'select d.channel from delivery as d where d.id = $1', [scope.deliveryId]);
        if (!found) throw notFound('delivery', scope.deliveryId);
        if (found.channel !== 'in_app') throw conflict('inbox.not-in-app', `Delivery ${scope.deliveryId} went by ${found.channel}: only in-app messages can be taken back.`);
      }
      const done = await recallInApp(tx, scope, null, now);
      const subject = 'deliveryId' in scope ? `delivery:${scope.deliveryId}` : `campaign:${scope.campaignId}`;
      if (done.recalled > 0) await this.audit.record(tx, { actor, action: 'inbox.recall', subject, detail: { ...done } }, now);
      return done;
    });
    this.runner.wake(NEWS);
    return recalled;
  }
}

function shown(message: StoredMessage): InboxMessage {
  const { deliveryId, campaignId, content, createdAt, expiresAt, seenAt, openedAt, clickedAt, repliedAt, dismissedAt } = message;
  return {
    deliveryId, campaignId, content, createdAt, expiresAt, seenAt, openedAt, clickedAt, repliedAt, dismissedAt,
    interactedAt: interactedAt(message), engagedAt: engagedAt(message), displaying: stoppedAt(content.until, message) === null,
  };
}
