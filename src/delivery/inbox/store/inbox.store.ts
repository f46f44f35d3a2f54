import { row, rows, type Db } from '../../../platform/database/db.js';
import type { RenderedInApp } from '../../content/compiled.js';

export interface InboxMessage {
  deliveryId: string;
  campaignId: string;
  content: RenderedInApp;
  createdAt: Date;
  expiresAt: Date | null;
  seenAt: Date | null;
  clickedAt: Date | null;
  dismissedAt: Date | null;
}

const COLUMNS = `m.delivery_id as "deliveryId", m.campaign_id as "campaignId", m.content, m.created_at as "createdAt", m.expires_at as "expiresAt",
  m.seen_at as "seenAt", m.clicked_at as "clickedAt", m.dismissed_at as "dismissedAt"`;
const SHOWN = `m.recalled_at is null and (m.expires_at is null or m.expires_at > $2::timestamptz)`;

/** What this person may see now, newest first. Ghosts of controls never have a row. */
export function listInbox(db: Db, personId: string, page: { now: Date; limit: number; after: { at: string; deliveryId: string } | null }): Promise<InboxMessage[]> {
  return rows<InboxMessage>(db, `
    select ${COLUMNS} from in_app_message as m
     where m.person_id = $1 and ${SHOWN}
       and ($4::timestamptz is null or (m.created_at, m.delivery_id) < ($4::timestamptz, $5::uuid))
     order by m.created_at desc, m.delivery_id desc limit $3`, [personId, page.now, page.limit, page.after?.at ?? null, page.after?.deliveryId ?? null]);
}

export async function countUnread(db: Db, personId: string, now: Date): Promise<number> {
  const found = await row<{ unread: number }>(db, `
    select count(*)::int as unread from in_app_message as m
     where m.person_id = $1 and ${SHOWN} and m.seen_at is null and m.dismissed_at is null`, [personId, now]);
  return found?.unread ?? 0;
}

export interface LockedMessage extends InboxMessage { recalledAt: Date | null }

/** The message, locked until the transaction ends: two reports of one impression take turns. */
export function lockMessage(tx: Db, personId: string, deliveryId: string): Promise<LockedMessage | null> {
  return row<LockedMessage>(tx, `
    select ${COLUMNS}, m.recalled_at as "recalledAt" from in_app_message as m where m.delivery_id = $2 and m.person_id = $1 for update`, [personId, deliveryId]);
}

/** Sets the moments that are not set yet. */
export async function stampMessage(tx: Db, personId: string, deliveryId: string, now: Date, marks: { seen: boolean; clicked: boolean; dismissed: boolean }): Promise<void> {
  await rows(tx, `
    update in_app_message as m
       set seen_at = case when $4 then coalesce(m.seen_at, $3::timestamptz) else m.seen_at end,
           clicked_at = case when $5 then coalesce(m.clicked_at, $3::timestamptz) else m.clicked_at end,
           dismissed_at = case when $6 then coalesce(m.dismissed_at, $3::timestamptz) else m.dismissed_at end
     where m.delivery_id = $2 and m.person_id = $1`, [personId, deliveryId, now, marks.seen, marks.clicked, marks.dismissed]);
}

/** The first impression settles the delivery. */
export async function settleShown(tx: Db, personId: string, deliveryId: string, now: Date): Promise<void> {
  await rows(tx, `
    update delivery as d set state = 'delivered', settled_at = $3::timestamptz
     where d.id = $2 and d.person_id = $1 and d.state = 'sent'`, [personId, deliveryId, now]);
}
