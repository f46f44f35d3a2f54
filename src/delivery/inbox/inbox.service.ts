import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError, conflict, notFound } from '../../kernel/errors.js';
import { NEWS, recordNews } from '../../people/store/news.store.js';
import { AuditLog } from '../../platform/audit.js';
import { inTransaction, row } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { insertDeliveryEvents, type DeliveryEventKind } from '../tracking/store/delivery-events.store.js';
import { personExists } from '../preferences/store/preferences.store.js';
import { engagedAt, interactedAt, newActions, stoppedAt, touched, type InboxAction, type Touches } from './domain/display.js';
import { countUnread, listInbox, lockMessage, recallInApp, saveTouches, settleShown, type InboxPage, type LockedMessage, type StoredMessage } from './store/inbox.store.js';

/** What the ledger remembers of each. Opening is kept with the message alone: "opened" in results is about e-mail. */
const KIND: Record<InboxAction, DeliveryEventKind | null> = { seen: 'impression', open: null, click: 'click', reply: 'reply', dismiss: 'dismiss' };

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
    const done = await inTransaction(this.db, async (tx) => {
      const message = await lockMessage(tx, personId, deliveryId);
      if (!message) throw new AppError('inbox.not-found', `Person ${personId} has no message ${deliveryId}.`, 'not_found');
      const target = button === null ? undefined : message.content.buttons[button];
      if (button !== null && !target) throw new AppError('inbox.no-button', `This message has no button ${button}.`);
      const actions = newActions(message, action);
      if (actions.length === 0) return { message, announced: false };
      refuseGone(message, at);
      const touches: Touches = touched(message, actions, at);
      await saveTouches(tx, { personId, deliveryId, touches, stoppedAt: stoppedAt(message.content.until, touches) });
      const announced = await insertDeliveryEvents(tx, actions.flatMap((what) => {
        const kind = KIND[what];
        return kind === null ? [] : [{
          deliveryId, personId, campaignId: message.campaignId, kind, eventKey: kind, at, verdict: 'human' as const, evidence: { source: 'inbox' },
          data: what === 'click' && target ? { link: button, url: target.url } : {},
        }];
      }));
      if (actions.includes('seen')) {
        await settleShown(tx, personId, deliveryId, at);
        await recordNews(tx, [{ personId, kind: 'unread' }], at);
      }
      return { message: { ...message, ...touches }, announced };
    });
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

function refuseGone(message: LockedMessage, now: Date): void {
  if (message.recalledAt !== null) throw conflict('inbox.recalled', 'This message was recalled.');
  if (message.seenAt === null && message.expiresAt !== null && message.expiresAt <= now) throw conflict('inbox.expired', 'This message expired before it was seen.');
}

function shown(message: StoredMessage): InboxMessage {
  const { deliveryId, campaignId, content, createdAt, expiresAt, seenAt, openedAt, clickedAt, repliedAt, dismissedAt } = message;
  return {
    deliveryId, campaignId, content, createdAt, expiresAt, seenAt, openedAt, clickedAt, repliedAt, dismissedAt,
    interactedAt: interactedAt(message), engagedAt: engagedAt(message), displaying: stoppedAt(content.until, message) === null,
  };
}
