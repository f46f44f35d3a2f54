import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../kernel/clock.js';
import { AppError, notFound } from '../kernel/errors.js';
import { inTransaction } from '../platform/database/db.js';
import { insertDeliveryEvents, type DeliveryEventKind } from './store/delivery-events.store.js';
import { countUnread, listInbox, lockMessage, settleShown, stampMessage, type InboxMessage, type LockedMessage } from './store/inbox.store.js';
import { personExists } from './store/preferences.store.js';

export type InboxAction = 'seen' | 'click' | 'dismiss';

const KIND: Record<InboxAction, DeliveryEventKind> = { seen: 'impression', click: 'click', dismiss: 'dismiss' };

/** The in-app messages of one person, and what they did with them. */
@Injectable()
export class Inbox {
  constructor(private readonly db: DataSource, private readonly clock: Clock) {}

  async list(personId: string, page: { limit: number; after: { at: string; deliveryId: string } | null }): Promise<{ messages: InboxMessage[]; unread: number }> {
    const now = this.clock.now();
    if (!(await personExists(this.db, personId))) throw notFound('person', personId);
    const [messages, unread] = await Promise.all([listInbox(this.db, personId, { now, ...page }), countUnread(this.db, personId, now)]);
    return { messages, unread };
  }

  /**
   * Records an action once; again, it changes nothing. A click or dismissal proves that the message was seen. A message
   * recalled before it was seen can not be acted on.
   */
  async record(personId: string, deliveryId: string, action: InboxAction, button: number | null): Promise<InboxMessage> {
    const at = this.clock.now();
    return inTransaction(this.db, async (tx) => {
      const message = await lockMessage(tx, personId, deliveryId);
      if (!message) throw new AppError('inbox.not-found', `Person ${personId} has no message ${deliveryId}.`, 'not_found');
      if (message.recalledAt !== null && message.seenAt === null) throw new AppError('inbox.recalled', 'This message was recalled before it was seen.', 'conflict');
      const target = button === null ? undefined : message.content.buttons[button];
      if (button !== null && !target) throw new AppError('inbox.no-button', `This message has no button ${button}.`);
      const done: InboxAction[] = [];
      if (message.seenAt === null) done.push('seen');
      if (action === 'click' && message.clickedAt === null) done.push('click');
      if (action === 'dismiss' && message.dismissedAt === null) done.push('dismiss');
      if (done.length === 0) return shown(message);
      await stampMessage(tx, personId, deliveryId, at, { seen: true, clicked: action === 'click', dismissed: action === 'dismiss' });
      await insertDeliveryEvents(tx, done.map((what) => ({
        deliveryId, personId, kind: KIND[what], eventKey: KIND[what], at, verdict: 'human', evidence: { source: 'inbox' },
        data: what === 'click' && target ? { link: button, url: target.url } : {},
      })));
      if (done.includes('seen')) await settleShown(tx, personId, deliveryId, at);
      return shown((await lockMessage(tx, personId, deliveryId))!);
    });
  }
}

const shown = ({ recalledAt: _recalledAt, ...message }: LockedMessage): InboxMessage => message;
