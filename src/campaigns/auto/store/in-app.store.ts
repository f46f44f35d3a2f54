import type { RenderedInApp } from '../../../delivery/content/compiled.js';
import { row, rows, type Db } from '../../../platform/database/db.js';
import { keepPlan } from '../../../platform/database/kept-plans.js';

/** An in-app message that is still to be displayed unasked; null when it is not one of theirs, or its display has ended. */
export function inAppToDisplay(db: Db, personIds: readonly string[], deliveryId: string, now: Date): Promise<{ campaignId: string; campaignSince: Date; campaignState: string; content: RenderedInApp } | null> {
  return row(db, `
    select m.campaign_id as "campaignId", c.created_at as "campaignSince", c.state as "campaignState", m.content
      from in_app_message as m join campaign as c on c.id = m.campaign_id
     where m.delivery_id = $2 and m.person_id = any($1::uuid[]) and m.recalled_at is null and m.stopped_at is null and (m.expires_at is null or m.expires_at > $3::timestamptz)`, [personIds, deliveryId, now]);
}

const TRANSACTIONAL = keepPlan(`select 1 as found from topic as t where t.key = $1 and t.kind = 'transactional'`);

export const isTransactional = async (db: Db, topic: string): Promise<boolean> => (await rows(db, TRANSACTIONAL, [topic])).length > 0;
