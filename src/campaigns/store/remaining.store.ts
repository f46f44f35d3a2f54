import { row, type Db } from '../../platform/database/db.js';

/** What of a campaign can still be taken back, and what has left. */
export interface UnderWay { queued: number; sending: number; sent: number; unseen: number; seen: number; displays: number; launches: number }

/** Counts over one campaign, each by an index of its own. */
export async function underWay(db: Db, campaignId: string, now: Date): Promise<UnderWay> {
  return (await row<UnderWay>(db, `
    select d.queued, d.sending, d.sent, m.unseen, m.seen, c.displays, l.launches
      from (select count(*) filter (where d.state = 'queued')::int as queued, count(*) filter (where d.state = 'sending')::int as sending,
                   count(*) filter (where d.channel <> 'in_app' and d.state in ('sent', 'delivered', 'bounced', 'uncertain'))::int as sent
              from delivery as d where d.campaign_id = $1) as d
     cross join (
       select count(*) filter (where m.seen_at is null)::int as unseen, count(*) filter (where m.seen_at is not null)::int as seen
         from delivery as d join in_app_message as m on m.delivery_id = d.id and m.person_id = d.person_id
        where d.campaign_id = $1 and d.channel = 'in_app' and d.state in ('sent', 'delivered') and m.recalled_at is null and m.expired_at is null) as m
     cross join (
       select count(*)::int as displays from display_claim as c where c.campaign_id = $1 and c.state in ('open', 'waiting') and c.lease_until > $2::timestamptz) as c
     cross join (
       select count(*)::int as launches from launch as l where l.campaign_id = $1 and l.state in ('waiting', 'running')) as l`, [campaignId, now]))!;
}
