import { rows, type Db } from '../../../platform/database/db.js';
import type { Place } from '../domain/caps.js';

/** First key of the advisory locks by which senders and displays that ask for a place with one person take turns. */
const PLACES = 7_104;

/** Until commit nobody else asks for a place with these people. All take their locks in one order, so none waits in a circle. */
export const takePlaceTurns = (tx: Db, personIds: readonly string[]): Promise<unknown> => rows(tx, `
  select pg_advisory_xact_lock($1, turn.key) from (select distinct hashtext(p.id::text) as key from unnest($2::uuid[]) as p (id) order by 1) as turn`, [PLACES, personIds]);

/**
 * Messages that take a place with these people: on their way, gone since a moment, or waiting in the queue of a running
 * campaign in a class above `standard`.
 * What would have gone to a control counts likewise, so that both arms wait alike. `except` are the claims that ask.
 */
export async function placesOf(db: Db, personIds: readonly string[], { since, except }: { since: Date; except: readonly string[] }): Promise<Map<string, Place[]>> {
  const found = await rows<Place & { personId: string }>(db, `
    select d.person_id as "personId", d.id as "deliveryId", d.campaign_id as "campaignId", d.step_id as "stepId", d.channel, d.topic, d.class,
           coalesce(t.kind = 'transactional', false) as transactional, d.state = 'queued' as kept,
           case d.state when 'sending' then null when 'queued' then d.due_at else coalesce(d.sent_at, d.settled_at) end as at
      from delivery as d left join topic as t on t.key = d.topic left join campaign as c on c.id = d.campaign_id
     where d.person_id = any($1::uuid[]) and d.channel in ('email', 'in_app') and not (d.id = any($3::uuid[]))
       and (d.state = 'sending' or (d.state = 'queued' and d.class <> 'standard' and d.fallback_of is null and coalesce(c.state, 'active') in ('active', 'draining'))
            or (d.state in ('sent', 'delivered', 'uncertain', 'ghost') and coalesce(d.sent_at, d.settled_at) > $2::timestamptz))`, [personIds, since, except]);
  const places = new Map<string, Place[]>();
  for (const { personId, ...place } of found) {
    const list = places.get(personId);
    if (list) list.push(place);
    else places.set(personId, [place]);
  }
  return places;
}
