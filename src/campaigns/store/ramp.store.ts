import { BLOCK, HARD } from '../../delivery/sending/domain/error-budget.js';
import { exists, row, rows, type Db } from '../../platform/database/db.js';
import type { RampCounts } from '../domain/ramp.js';

/** A launch in stages that has started and is not through. */
export interface RunningRamp { id: string; campaignId: string; resumeAt: Date | null }

export const runningRamps = (db: Db): Promise<RunningRamp[]> => rows(db, `
  select l.id, l.campaign_id as "campaignId", l.resume_at as "resumeAt" from launch as l join campaign as c on c.id = l.campaign_id and c.state = 'active'
   where l.state = 'running' and l.ramp is not null order by l.resume_at nulls last, l.id`);

/** Opens the next stage. @returns whether it was still closed */
export async function openStage(tx: Db, id: string): Promise<boolean> {
  return (await rows(tx, `update launch as l set stage = l.stage + 1, resume_at = null, cursor = null where l.id = $1 and l.state = 'running' and l.resume_at is not null returning l.id`, [id])).length === 1;
}

/** Whoever resumes a campaign has seen how large its audience has become. */
export async function acceptVolume(tx: Db, id: string): Promise<void> {
  await rows(tx, 'update launch as l set forecast = l.people_total where l.id = $1', [id]);
}

/** Messages of the stage that could go now and have not: the next stage does not push them further back. What waits for a cap is not waited for; for an hour of the day, see {@link mostGoneAt}. */
export const hasUnsent = (db: Db, campaignId: string, now: Date): Promise<boolean> => exists(db, `
  select from unnest(array['email', 'in_app', 'webhook', 'chat']) as c (channel)
   where exists (select from delivery as d where d.channel = c.channel and d.campaign_id = $1 and d.state = 'queued' and d.due_at <= $2::timestamptz)
  union all
  select from delivery as d where d.campaign_id = $1 and d.state = 'sending'`, [campaignId, now]);

/** A day of a person's zone is at most so long. */
const DAY_HOURS = 25;

/**
 * Until when there is little to look at: most of what was let go so far still waits for an hour of the coming day (quiet hours, a send window, the
 * local time of a broadcast). Null: at least as much has gone as will go within a day. What waits longer, as for a cap, and what
 * only stands in for a message is not waited for.
 *
 * @param arriving also count runs that wait for their message, as those of a broadcast at local time
 * @returns when half of what goes within a day has gone
 */
export async function mostGoneAt(db: Db, { campaignId, arriving }: { campaignId: string; arriving: boolean }, now: Date): Promise<Date | null> {
  const found = await row<{ at: Date }>(db, `
    with coming as (
      select d.due_at from delivery as d
       where d.channel in ('email', 'in_app', 'webhook', 'chat') and d.campaign_id = $1 and d.state = 'queued' and d.fallback_of is null and d.due_at > $2::timestamptz and d.due_at <= $2::timestamptz + interval '${DAY_HOURS} hours'
      union all
      select e.due_at from enrollment as e
       where $3::boolean and e.campaign_id = $1 and e.state = 'active' and e.due_at > $2::timestamptz and e.due_at <= $2::timestamptz + interval '${DAY_HOURS} hours')
    select percentile_disc(0.5) within group (order by c.due_at) as at from coming as c
    having count(*) > (select count(*) from delivery as d where d.campaign_id = $1 and d.state in ('sent', 'delivered', 'bounced', 'failed', 'uncertain', 'ghost'))`,
  [campaignId, now, arriving]);
  return found?.at ?? null;
}

/** The wait of a stage goes on until then: nothing was there to look at yet. */
export async function waitOn(tx: Db, id: string, until: Date): Promise<void> {
  await rows(tx, `update launch as l set resume_at = $2::timestamptz where l.id = $1 and l.state = 'running' and l.resume_at is not null`, [id, until]);
}

/** Looked at are so many of the newest e-mails, and as many of every other kind. */
const MOST = 10_000;

/** What became of the messages of a campaign that ended since `since`. */
export async function rampCounts(db: Db, campaignId: string, since: Date): Promise<RampCounts> {
  return (await row<RampCounts>(db, `
    with mail as materialized (
      select d.id, d.person_id, d.state, d.refusal from delivery as d
       where d.campaign_id = $1 and d.channel = 'email' and d.attempts > 0 and d.settled_at >= $2::timestamptz and d.state in ('sent', 'delivered', 'bounced', 'failed')
       order by d.settled_at desc limit ${MOST}),
    told as (
      select n.id, bool_or(e.kind = 'complaint') as complaint, bool_or(e.kind = 'unsubscribe') as unsubscribe,
             bool_or(e.kind = 'bounce' and (e.data ->> 'class' = any($3::text[]) or e.data ->> 'kind' = 'hard')) as hard,
             bool_or(e.kind = 'bounce' and (e.data ->> 'class' = any($4::text[]) or e.data ->> 'kind' = 'block')) as blocked
        from mail as n join delivery_event as e on e.delivery_id = n.id and e.person_id = n.person_id and e.kind in ('bounce', 'complaint', 'unsubscribe')
       group by n.id),
    unrendered as (
      select count(*)::int as n from (select from delivery as d
        where d.campaign_id = $1 and d.state = 'failed' and d.reason in ('RENDER_ERROR', 'RENDER_MISSING_VAR', 'LANGUAGE_MISSING') and d.settled_at >= $2::timestamptz limit ${MOST}) as x),
    others as (
      select count(*)::int as n from (select from delivery as d
        where d.campaign_id = $1 and d.channel <> 'email' and d.state in ('sent', 'delivered', 'failed', 'uncertain') and d.settled_at >= $2::timestamptz
          and not (d.state = 'failed' and d.reason in ('RENDER_ERROR', 'RENDER_MISSING_VAR', 'LANGUAGE_MISSING')) limit ${MOST}) as x)
    select (select count(*)::int from mail) + u.n + o.n as messages, u.n as unrendered,
           (select count(*)::int from told as t where t.complaint) as complaints, (select count(*)::int from told as t where t.unsubscribe) as unsubscribed,
           (select count(*)::int from mail as n left join told as t on t.id = n.id where n.state = 'bounced' and (n.refusal = any($3::text[]) or coalesce(t.hard, false))) as hard,
           (select count(*)::int from mail as n left join told as t on t.id = n.id where n.refusal = any($4::text[]) or coalesce(t.blocked, false)) as blocked
      from unrendered as u, others as o`, [campaignId, since, HARD, BLOCK]))!;
}

/** Whoever lets a campaign run again has seen what went wrong: only what follows counts. */
export async function countAnew(tx: Db, campaignId: string, now: Date): Promise<void> {
  await rows(tx, `update launch as l set counted_from = $2::timestamptz where l.campaign_id = $1 and l.state = 'running' and l.ramp is not null`, [campaignId, now]);
}
