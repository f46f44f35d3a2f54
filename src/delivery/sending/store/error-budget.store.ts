import { exists, row, type Db } from '../../../platform/database/db.js';
import { BLOCK, HARD, type Judged } from '../domain/error-budget.js';

/** Whether a message of these campaigns ended since, or a report about any message was read. */
export const hasEnds = (db: Db, campaignIds: readonly string[], since: Date): Promise<boolean> => exists(db, `
  select from unnest($1::uuid[]) as c (id) where exists (select from delivery as d where d.campaign_id = c.id and d.channel = 'email' and d.attempts > 0 and d.settled_at >= $2::timestamptz)
  union all
  select from inbound_event as e where e.state in ('applied', 'ignored') and octet_length(e.body) > 0 and e.settled_at >= $2::timestamptz`, [campaignIds, since]);

/**
 * What became of the newest `window` messages of a campaign that ended since `since`. `delivered` counts further back, up to
 * the window: messages that were accepted.
 */
export const judgedOf = (db: Db, campaignId: string, judging: { since: Date; window: number }): Promise<Judged> => judgedOfAll(db, [campaignId], judging);

/** The same of several campaigns together: the newest of all of them. */
export async function judgedOfAll(db: Db, campaignIds: readonly string[], { since, window }: { since: Date; window: number }): Promise<Judged> {
  const judged = await row<Judged>(
    db,
    `with newest as materialized (
       select n.* from unnest($1::uuid[]) as c (id)
        cross join lateral (
          select d.id, d.person_id, d.state, d.refusal, d.settled_at from delivery as d
           where d.campaign_id = c.id and d.channel = 'email' and d.attempts > 0 and d.settled_at >= $2::timestamptz and d.state in ('sent', 'delivered', 'bounced', 'failed')
           order by d.settled_at desc limit $3) as n
        order by n.settled_at desc limit $3),
     told as (
       select n.id, bool_or(e.kind = 'complaint') as complaint, bool_or(e.kind = 'bounce' and (e.data ->> 'class' = any($4::text[]) or e.data ->> 'kind' = 'hard')) as hard,
              bool_or(e.kind = 'bounce' and (e.data ->> 'class' = any($5::text[]) or e.data ->> 'kind' = 'block')) as blocked
         from newest as n join delivery_event as e on e.delivery_id = n.id and e.person_id = n.person_id and e.kind in ('bounce', 'complaint')
        group by n.id)
     select count(*)::int as total,
            count(*) filter (where coalesce(t.complaint, false))::int as complaints,
            count(*) filter (where n.state = 'bounced' and (n.refusal = any($4::text[]) or coalesce(t.hard, false)))::int as hard,
            count(*) filter (where n.refusal = any($5::text[]) or coalesce(t.blocked, false))::int as blocked,
            (select count(*)::int from (
               select 1 from delivery as d where d.campaign_id = any($1::uuid[]) and d.channel = 'email' and d.attempts > 0 and d.settled_at >= $2::timestamptz and d.state in ('sent', 'delivered') limit $3) as x) as delivered
       from newest as n left join told as t on t.id = n.id`,
    [campaignIds, since, window, HARD, BLOCK],
  );
  return judged!;
}
