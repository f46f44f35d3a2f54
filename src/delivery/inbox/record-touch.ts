import { AppError, conflict } from '../../kernel/errors.js';
import { recordNews } from '../../people/store/news.store.js';
import type { Db } from '../../platform/database/db.js';
import { insertDeliveryEvents, type DeliveryEventKind } from '../tracking/store/delivery-events.store.js';
import { newActions, stoppedAt, touched, type InboxAction, type Touches } from './domain/display.js';
import { lockMessage, saveTouches, settleShown, type LockedMessage } from './store/inbox.store.js';

/** What the ledger remembers of each. Opening is kept with the message alone: "opened" in results is about e-mail. */
const KIND: Record<InboxAction, DeliveryEventKind | null> = { seen: 'impression', open: null, click: 'click', reply: 'reply', dismiss: 'dismiss' };

export interface Touched {
  message: LockedMessage;
  /** What was new in it. */
  actions: InboxAction[];
  /** Somebody reads it: wake `segments.membership` after commit. */
  announced: boolean;
}

/**
 * Records in the caller's transaction what a person did with a message, once; wake `NEWS` after commit. Anything proves that it was seen. Nothing new can be
 * done with a recalled message, nor begun with one that expired unseen; what was seen in time may still be answered.
 *
 * @returns null when the person has no such message
 * @throws AppError `inbox.no-button`, `inbox.recalled`, `inbox.expired`
 */
export async function recordTouch(tx: Db, { personId, deliveryId, action, button }: { personId: string; deliveryId: string; action: InboxAction; button: number | null }, at: Date): Promise<Touched | null> {
  const message = await lockMessage(tx, personId, deliveryId);
  if (!message) return null;
  const target = button === null ? undefined : message.content.buttons[button];
  if (button !== null && !target) throw new AppError('inbox.no-button', `This message has no button ${button}.`);
  const actions = newActions(message, action);
  if (actions.length === 0) return { message, actions, announced: false };
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
  return { message: { ...message, ...touches }, actions, announced };
}

function refuseGone(message: LockedMessage, now: Date): void {
  if (message.recalledAt !== null) throw conflict('inbox.recalled', 'This message was recalled.');
  if (message.seenAt === null && message.expiresAt !== null && message.expiresAt <= now) throw conflict('inbox.expired', 'This message expired before it was seen.');
}
