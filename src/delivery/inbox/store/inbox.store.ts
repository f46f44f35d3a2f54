import { recordNews } from '../../../people/store/news.store.js';
import type { ReasonCode } from '../../../kernel/reason-codes.js';
import { row, rows, type Db } from '../../../platform/database/db.js';
import type { RenderedInApp } from '../../content/compiled.js';
import type { Touches } from '../domain/display.js';

export interface StoredMessage extends Touches {
  deliveryId: string;
  campaignId: string;
  content: RenderedInApp;
  createdAt: Date;
  expiresAt: Date | null;
}

const COLUMNS = `m.delivery_id as "deliveryId", m.campaign_id as "campaignId", m.content, m.created_at as "createdAt", m.expires_at as "expiresAt", m.seen_at as "seenAt",
  m.opened_at as "openedAt", m.clicked_at as "clickedAt", m.replied_at as "repliedAt", m.goal_at as "goalAt", m.dismissed_at as "dismissedAt"`;
const SHOWN = `m.recalled_at is null and (m.expires_at is null or m.expires_at > $2::timestamptz)`;

export interface InboxPage {
  now: Date;
  limit: number;
  after: { at: string; deliveryId: string } | null;
  /** Only those that are still to be displayed unasked. */
  displaying: boolean;
}

/** What this person may see now, newest first. Ghosts of controls never have a row. */
export function listInbox(db: Db, personId: string, page: InboxPage): Promise<StoredMessage[]> {
  return rows<StoredMessage>(db, `
    select ${COLUMNS} from in_app_message as m
     where m.person_id = $1 and ${SHOWN} ${page.displaying ? 'and m.stopped_at is null' : ''}
       and ($4::timestamptz is null or (m.created_at, m.delivery_id) < ($4::timestamptz, $5::uuid))
     order by m.created_at desc, m.delivery_id desc limit $3`, [personId, page.now, page.limit, page.after?.at ?? null, page.after?.deliveryId ?? null]);
}

/** Deliveries still to be displayed unasked, the oldest first. */
export async function waitingDeliveries(db: Db, personId: string, page: { now: Date; limit: number }): Promise<string[]> {
  const found = await rows<{ id: string }>(db, `
    select m.delivery_id as id from in_app_message as m
     where m.person_id = $1 and ${SHOWN} and m.stopped_at is null order by m.created_at, m.delivery_id limit $3`, [personId, page.now, page.limit]);
  return found.map(({ id }) => id);
}

export async function countUnread(db: Db, personId: string, now: Date): Promise<number> {
  const found = await row<{ unread: number }>(db, `
    select count(*)::int as unread from in_app_message as m
     where m.person_id = $1 and ${SHOWN} and m.seen_at is null and m.dismissed_at is null`, [personId, now]);
  return found?.unread ?? 0;
}

/** The same for several people; those without unread messages are absent. */
export async function countUnreadOf(db: Db, personIds: readonly string[], now: Date): Promise<Map<string, number>> {
  if (personIds.length === 0) return new Map();
  const found = await rows<{ personId: string; unread: number }>(db, `
    select m.person_id as "personId", count(*)::int as unread from in_app_message as m
     where m.person_id = any($1::uuid[]) and ${SHOWN} and m.seen_at is null and m.dismissed_at is null group by m.person_id`, [personIds, now]);
  return new Map(found.map(({ personId, unread }) => [personId, unread]));
}

export interface LockedMessage extends StoredMessage { recalledAt: Date | null }

/** The message, locked until the transaction ends: two reports of one impression take turns. Everybody locks it before its delivery. */
export function lockMessage(tx: Db, personId: string, deliveryId: string): Promise<LockedMessage | null> {
  return row<LockedMessage>(tx, `
    select ${COLUMNS}, m.recalled_at as "recalledAt" from in_app_message as m where m.delivery_id = $2 and m.person_id = $1 for update`, [personId, deliveryId]);
}

/** Writes what has been done with a locked message. */
export async function saveTouches(tx: Db, { personId, deliveryId, touches, stoppedAt }: { personId: string; deliveryId: string; touches: Touches; stoppedAt: Date | null }): Promise<void> {
  await rows(tx, `
    update in_app_message as m
       set seen_at = $3::timestamptz, opened_at = $4::timestamptz, clicked_at = $5::timestamptz, replied_at = $6::timestamptz, goal_at = $7::timestamptz, dismissed_at = $8::timestamptz, stopped_at = $9::timestamptz
     where m.delivery_id = $2 and m.person_id = $1`, [
    personId, deliveryId, touches.seenAt, touches.openedAt, touches.clickedAt, touches.repliedAt, touches.goalAt, touches.dismissedAt, stoppedAt]);
}

/** The first impression settles the delivery. */
export async function settleShown(tx: Db, personId: string, deliveryId: string, now: Date): Promise<void> {
  await rows(tx, `
    update delivery as d set state = 'delivered', settled_at = $3::timestamptz
     where d.id = $2 and d.person_id = $1 and d.state = 'sent'`, [personId, deliveryId, now]);
}

/** Which messages to take back. */
export type RecallScope = { campaignId: string } | { deliveryId: string } | { personIds: readonly string[] } | { enrollmentIds: readonly string[]; unseenOnly: true };

/** How long a page is taken to stay open with a message that was displayed on it. */
const OPEN_MS = 24 * 3_600_000;

/**
 * Takes in-app messages back, and wake `NEWS` after commit: they leave the inbox at once and can not be acted on any more. One that nobody has seen counts
 * as recalled; one that was seen stays delivered, because that happened. Open pages are told of what they count as unread, still have to
 * display, or were displaying within a day: not of everything a campaign ever displayed.
 *
 * @param reason why, of what was not seen; null: somebody wanted it
 * @returns how many left inboxes, and how many of them nobody had seen
 */
export async function recallInApp(tx: Db, scope: RecallScope, reason: ReasonCode | null, now: Date): Promise<{ recalled: number; unseen: number }> {
  const [which, value] =
    'campaignId' in scope ? ['d.campaign_id = $1::uuid', scope.campaignId]
    : 'deliveryId' in scope ? ['d.id = $1::uuid', scope.deliveryId]
    : 'personIds' in scope ? ['d.person_id = any($1::uuid[])', scope.personIds]
    : ['d.enrollment_id = any($1::uuid[])', scope.enrollmentIds];
  const done = await row<{ recalled: number; unseen: number; gone: { personId: string; ref: string }[] }>(tx, `
    with mine as materialized (
      select m.delivery_id, m.person_id from delivery as d join in_app_message as m on m.delivery_id = d.id and m.person_id = d.person_id
       where ${which} and d.channel = 'in_app' and d.state in ('sent', 'delivered') and m.recalled_at is null and m.expired_at is null ${'unseenOnly' in scope ? 'and m.seen_at is null' : ''}
       order by m.delivery_id for update of m),
    hidden as (
      update in_app_message as m set recalled_at = $2::timestamptz from mine where m.delivery_id = mine.delivery_id and m.person_id = mine.person_id
      returning m.delivery_id, m.person_id, m.seen_at,
                m.dismissed_at is null and (m.seen_at is null or m.stopped_at is null or m.seen_at > $4::timestamptz) as "open"),
    settled as (
      update delivery as d set state = 'recalled', reason = $3, settled_at = $2::timestamptz
        from hidden where hidden.seen_at is null and d.id = hidden.delivery_id and d.person_id = hidden.person_id and d.state = 'sent'
      returning 1)
    select (select count(*) from hidden)::int as recalled, (select count(*) from settled)::int as unseen,
           (select coalesce(jsonb_agg(jsonb_build_object('personId', h.person_id, 'ref', h.delivery_id)), '[]') from hidden as h where h.open) as gone`, [value, now, reason, new Date(now.getTime() - OPEN_MS)]);
  const { recalled, unseen, gone } = done!;
  await recordNews(tx, gone.map((each) => ({ ...each, kind: 'gone' })), now);
  return { recalled, unseen };
}

/** The goal that ended a run was reached: that engages with its messages that were seen. */
export async function engageByGoal(tx: Db, enrollmentIds: readonly string[], now: Date): Promise<void> {
  await rows(tx, `
    update in_app_message as m set goal_at = $2::timestamptz, stopped_at = coalesce(m.stopped_at, $2::timestamptz)
      from delivery as d
     where d.enrollment_id = any($1::uuid[]) and d.channel = 'in_app' and d.state = 'delivered' and m.delivery_id = d.id and m.person_id = d.person_id
       and m.seen_at is not null and m.goal_at is null and m.recalled_at is null`, [enrollmentIds, now]);
}

/** Settles messages whose time ran out before anybody saw them. Call it in a transaction. @returns how many */
export async function expireUnseen(tx: Db, limit: number, now: Date): Promise<number> {
  const expired = await rows<{ personId: string; ref: string }>(tx, `
    with due as materialized (
      select m.delivery_id, m.person_id from in_app_message as m
       where m.expires_at is not null and m.expires_at <= $1::timestamptz and m.seen_at is null and m.recalled_at is null and m.expired_at is null
       order by m.expires_at limit $2 for update skip locked),
    gone as (
      update in_app_message as m set expired_at = $1::timestamptz from due where m.delivery_id = due.delivery_id and m.person_id = due.person_id
      returning m.delivery_id, m.person_id),
    settled as (
      update delivery as d set state = 'failed', reason = 'EXPIRED', settled_at = $1::timestamptz
        from gone where d.id = gone.delivery_id and d.person_id = gone.person_id and d.state = 'sent')
    select g.person_id as "personId", g.delivery_id as ref from gone as g`, [now, limit]);
  await recordNews(tx, expired.map((each) => ({ ...each, kind: 'gone' })), now);
  return expired.length;
}

/** When the next unseen message expires. */
export async function nextExpiry(db: Db): Promise<Date | null> {
  const next = await row<{ at: Date | null }>(db, `
    select min(m.expires_at) as at from in_app_message as m where m.expires_at is not null and m.seen_at is null and m.recalled_at is null and m.expired_at is null`);
  return next!.at;
}
