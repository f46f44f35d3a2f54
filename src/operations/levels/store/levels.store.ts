import { newId } from '../../../kernel/ids.js';
import { exists, row, rows, type Db } from '../../../platform/database/db.js';
import { WITHIN, type Target } from '../domain/level.js';

/** More that are late than this say no more. */
const MOST_WAITING = 10_000;
/** Numbers are kept as long as a target can look back, and a day. */
const KEPT_DAYS = 8;

/** What was set: of a campaign, or, for null, of the workspace. Undefined: nothing was set; `target` null: none is wanted. */
export async function findTarget(db: Db, campaignId: string | null): Promise<{ target: Target | null } | null> {
  return row(db, 'select s.target from service_level as s where s.campaign_id is not distinct from $1::uuid', [campaignId]);
}

/** @param target undefined: what the workspace says is meant again */
export async function saveTarget(tx: Db, campaignId: string | null, target: Target | null | undefined, by: { name: string; now: Date }): Promise<void> {
  await rows(tx, 'delete from service_level as s where s.campaign_id is not distinct from $1::uuid', [campaignId]);
  if (target === undefined) return;
  await rows(tx, 'insert into service_level (id, campaign_id, target, updated_by, updated_at) values ($1, $2, $3::jsonb, $4, $5::timestamptz)', [newId(), campaignId, target === null ? null : JSON.stringify(target), by.name, by.now]);
}

/** Takes turns with whoever saves one; answers whether the campaign is there. */
export const lockCampaignOf = async (tx: Db, campaignId: string): Promise<boolean> => (await rows(tx, 'select 1 from campaign as c where c.id = $1 for no key update', [campaignId])).length > 0;
export const campaignExists = async (db: Db, campaignId: string): Promise<boolean> => (await rows(db, 'select 1 from campaign as c where c.id = $1', [campaignId])).length > 0;

export interface Leveled { campaignId: string; name: string; own: boolean; target: Target; counts: number[]; waiting: number }

/**
 * Live campaigns, or one campaign, that have a target, with what was counted in its time and what is late at the moment. Counts are of kept quarters of
 * an hour; what waits is asked by the index of those who send.
 */
export async function leveled(db: Db, now: Date, campaignId: string | null): Promise<Leveled[]> {
  return rows<Leveled>(db, `
    with target as materialized (
      select c.id, c.name, o.campaign_id is not null as own, coalesce(o.target, case when o.campaign_id is null then w.target end) as target
        from campaign as c left join service_level as o on o.campaign_id = c.id left join service_level as w on w.campaign_id is null
       where case when $2::uuid is null then c.state in ('active', 'paused', 'draining') else c.id = $2::uuid end)
    select t.id as "campaignId", t.name, t.own, t.target,
           array(select coalesce(sum(c.counts[n]), 0)::int from generate_series(1, ${WITHIN.length + 1}) as n left join service_level_cell as c on c.campaign_id = t.id and c.at > $1::timestamptz - make_interval(hours => (t.target ->> 'hours')::int) group by n order by n) as counts,
           (select count(*)::int from (select from delivery as d join campaign as live on live.id = d.campaign_id and live.state in ('active', 'draining')
              where d.state = 'queued' and d.channel = 'email' and d.campaign_id = t.id and d.due_at <= $1::timestamptz - make_interval(secs => (t.target ->> 'seconds')::int) limit ${MOST_WAITING}) as x) as waiting
      from target as t where t.target is not null order by t.name, t.id`, [now, campaignId]);
}

/** Until when it is counted; null before the first time. */
export const countedUntil = async (db: Db): Promise<Date | null> => (await row<{ until: Date }>(db, 'select w.until from service_level_walk as w'))?.until ?? null;

/** Whether anything was handed over in [from, to): where nothing was, nothing is locked or written. */
export async function anyHandedOver(db: Db, from: Date, to: Date): Promise<boolean> {
  return exists(db, `select from campaign as c join delivery as d on d.campaign_id = c.id and d.channel = 'email' and d.attempts > 0 and d.settled_at >= $1::timestamptz where d.sent_at >= $1::timestamptz and d.sent_at < $2::timestamptz`, [from, to]);
}

/** Locks the walk; answers null when somebody else counts at the moment. */
export async function lockWalk(tx: Db, start: Date): Promise<Date | null> {
  await rows(tx, 'insert into service_level_walk (until) values ($1::timestamptz) on conflict do nothing', [start]);
  return (await row<{ until: Date }>(tx, 'select w.until from service_level_walk as w for update skip locked'))?.until ?? null;
}

/**
 * Adds e-mails handed over in [from, to) to the numbers of their campaigns. Late is measured from the moment a message was due; a try that failed
 * moves that moment, so then it is the first try. Found by the index of messages that were judged: none is settled before it was handed over.
 *
 * @returns how many there were
 */
export async function countHandovers(tx: Db, from: Date, to: Date): Promise<number> {
  const within = `array[${WITHIN.join(', ')}]::float8[]`;
  const found = await row<{ count: number }>(tx, `
    with handed as materialized (
      select c.id, date_bin('15 minutes', d.sent_at, 'epoch'::timestamptz) as at,
             coalesce((select min(n.place) from unnest(${within}) with ordinality as n (seconds, place)
               where extract(epoch from d.sent_at - greatest(d.queued_at, case when d.attempts > 1 then least(d.due_at, d.first_attempt_at) else d.due_at end)) <= n.seconds), ${WITHIN.length + 1}) as place
        from campaign as c join delivery as d on d.campaign_id = c.id and d.channel = 'email' and d.attempts > 0 and d.settled_at >= $1::timestamptz
       where d.sent_at >= $1::timestamptz and d.sent_at < $2::timestamptz and d.state <> 'ghost'),
    summed as (
      select h.id, h.at, array(select count(*) filter (where x.place = n)::int from generate_series(1, ${WITHIN.length + 1}) as n left join handed as x on x.id = h.id and x.at = h.at group by n order by n) as counts
        from (select distinct h.id, h.at from handed as h) as h),
    kept as (
      insert into service_level_cell as c (campaign_id, at, counts) select s.id, s.at, s.counts from summed as s
      on conflict (campaign_id, at) do update set counts = array(select a.n + b.n from unnest(c.counts) with ordinality as a (n, i) join unnest(excluded.counts) with ordinality as b (n, i) using (i) order by i))
    select count(*)::int as count from handed`, [from, to]);
  return found!.count;
}

export async function moveWalk(tx: Db, until: Date): Promise<void> {
  await rows(tx, 'update service_level_walk as w set until = $1::timestamptz where true', [until]);
  await rows(tx, `delete from service_level_cell as c where c.at < $1::timestamptz - interval '${KEPT_DAYS} days'`, [until]);
}
