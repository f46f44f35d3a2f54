import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError, notFound } from '../../kernel/errors.js';
import { inTransaction } from '../../platform/database/db.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { insertDeliveryEvents, type DeliveryEventKind } from '../tracking/store/delivery-events.store.js';
import { countUnread, listInbox, lockMessage, settleShown, stampMessage, type InboxMessage, type LockedMessage } from './store/inbox.store.js';
import { personExists } from '../preferences/store/preferences.store.js';

export type InboxAction = 'seen' | 'click' | 'dismiss';

const KIND: Record<InboxAction, DeliveryEventKind> = { seen: 'impression', click: 'click', dismiss: 'dismiss' };

/** The in-app messages of one person, and what they did with them. */
@Injectable()
export class Inbox {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner) {}

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
    const done = await inTransaction(this.db, async (tx) => {
      const message = await lockMessage(tx, personId, deliveryId);
      if (!message) throw new AppError('inbox.not-found', `Person ${personId} has no message ${deliveryId}.`, 'not_found');
      if (message.recalledAt !== null && message.seenAt === null) throw new AppError('inbox.recalled', 'This message was recalled before it was seen.', 'conflict');
      const target = button === null ? undefined : message.content.buttons[button];
      if (button !== null && !target) throw new AppError('inbox.no-button', `This message has no button ${button}.`);
      const actions: InboxAction[] = [];
      if (message.seenAt === null) actions.push('seen');
      if (action === 'click' && message.clickedAt === null) actions.push('click');
      if (action === 'dismiss' && message.dismissedAt === null) actions.push('dismiss');
      if (actions.length === 0) return { message, announced: false };
      await stampMessage(tx, personId, deliveryId, at, { seen: true, clicked: action === 'click', dismissed: action === 'dismiss' });
      const announced = await insertDeliveryEvents(tx, actions.map((what) => ({
        deliveryId, personId, campaignId: message.campaignId, kind: KIND[what], eventKey: KIND[what], at, verdict: 'human', evidence: { source: 'inbox' },
        data: what === 'click' && target ? { link: button, url: target.url } : {},
      })));
      if (actions.includes('seen')) await settleShown(tx, personId, deliveryId, at);
      return { message: (await lockMessage(tx, personId, deliveryId))!, announced };
    });
    if (done.announced) this.runner.wake('segments.membership');
    return shown(done.message);
  }
}

const shown = ({ recalledAt: _recalledAt, ...message }: LockedMessage): InboxMessage => message;
