import { rows, row, type Db } from '../../platform/database/db.js';

/** What waits in one place. */
export interface Backlog {
  /** `deliveries.email`, `deliveries.webhook`, `deliveries.chat`, `deliveries.in_app`, `steps`, `segments`, `campaigns`. */
  queue: string;
  /** How many are due; counted up to {@link MOST_COUNTED} a campaign. */
  due: number;
  /** Since when the longest of them is. */
  oldestAt: Date | null;
}

/** Nobody needs to know a backlog more exactly, and asking must stay cheap when it is large. */
export const MOST_COUNTED = 100_000;

/**
 * Everything that is due and not done, by the indexes of those who take it. What rests on purpose (paused campaigns, messages put off, whose
 * due time is later) is not due.
 */
export async function backlogs(db: Db, now: Date): Promise<Backlog[]> {
  const found = await rows<{ queue: string; due: string; oldestAt: Date | null }>(db, `
    with live as materialized (select c.id from campaign as c where c.state in ('active', 'draining'))
    select 'deliveries.' || ch.channel as queue, coalesce(sum(q.due), 0) as due, min(q.oldest) as "oldestAt"
      from unnest(array['email', 'in_app', 'webhook', 'chat']) as ch (channel) cross join live as l
      cross join lateral (
        select count(*) as due, min(x.due_at) as oldest from (
          select d.due_at from delivery as d where d.state = 'queued' and d.channel = ch.channel and d.campaign_id = l.id and d.due_at <= $1::timestamptz order by d.due_at limit $2) as x) as q
     group by 1
    union all
    select 'steps', coalesce(sum(q.due), 0), min(q.oldest) from live as l
      cross join lateral (
        select count(*) as due, min(x.due_at) as oldest from (
          select e.due_at from enrollment as e where e.state = 'active' and e.campaign_id = l.id and e.due_at <= $1::timestamptz order by e.due_at limit $2) as x) as q
    union all
    select 'segments', count(*), min(c.at) from (select c.at from person_change as c order by c.id limit $2) as c
    union all
    select 'campaigns', count(*), min(s.at) from (select s.at from settled_change as s order by s.id limit $2) as s`, [now, MOST_COUNTED]);
  return found.map(({ queue, due, oldestAt }) => ({ queue, due: Number(due), oldestAt }));
}

/** Times between two moments of messages, seconds. */
export interface Spans { count: number; p50: number | null; p95: number | null; p99: number | null }

export type Leg = 'event_to_decision' | 'decision_to_handover' | 'handover_to_delivered';

/** Messages looked at: the latest, so that a launch to a million asks no more than a quiet hour. */
const LATEST = 2_000;

/**
 * How long messages of the last while took from the event that caused them to the decision, from there (or the moment they were due) until a mail
 * server, an endpoint or an inbox had them, and until they were called delivered. In-app messages are decided in the step and wait for a visit, so
 * their delivery is no measure of ours.
 */
export async function latencies(db: Db, since: Date): Promise<Record<Leg, Spans>> {
  const found = await rows<{ leg: Leg; count: number; spans: (number | null)[] | null }>(db, `
    with latest as materialized (
      select d.person_id, d.enrollment_id, d.channel, d.queued_at, d.due_at, d.sent_at, d.settled_at, d.state from delivery as d
       where d.queued_at >= $1::timestamptz and d.state <> 'ghost' order by d.queued_at desc, d.id desc limit $2),
    leg as (
      select 'event_to_decision' as leg, extract(epoch from e.entered_at - ev.received_at) as seconds
        from latest as l join enrollment as e on e.id = l.enrollment_id and e.person_id = l.person_id
        join event as ev on ev.person_id = l.person_id and ev.id = (e.entry ->> 'eventId')::uuid and ev.occurred_at = (e.entry ->> 'at')::timestamptz
      union all
      select 'decision_to_handover', extract(epoch from l.sent_at - greatest(l.queued_at, l.due_at)) from latest as l where l.sent_at is not null and l.channel <> 'in_app'
      union all
      select 'handover_to_delivered', extract(epoch from l.settled_at - l.sent_at) from latest as l where l.state = 'delivered' and l.channel <> 'in_app' and l.settled_at is not null)
    select g.leg, count(*)::int as count, percentile_cont(array[0.5, 0.95, 0.99]) within group (order by greatest(g.seconds, 0)) as spans from leg as g group by 1`, [since, LATEST]);
  const of = (leg: Leg): Spans => {
    const one = found.find((each) => each.leg === leg);
    const [p50, p95, p99] = (one?.spans ?? []).map((seconds) => (seconds === null ? null : Number(seconds)));
    return { count: one?.count ?? 0, p50: p50 ?? null, p95: p95 ?? null, p99: p99 ?? null };
  };
  return { event_to_decision: of('event_to_decision'), decision_to_handover: of('decision_to_handover'), handover_to_delivered: of('handover_to_delivered') };
}

export interface Day { sent: number; bounced: number; complained: number; unsubscribed: number }

/** Since a moment, from the kept sums: as many rows as quarters of an hour in which something happened. */
export async function sumsSince(db: Db, from: Date): Promise<Day> {
  return (await row<Day>(db, `
    select coalesce(sum(c.count) filter (where c.measure = 'sent'), 0)::int as sent, coalesce(sum(c.count) filter (where c.detail = 'bounce'), 0)::int as bounced,
           coalesce(sum(c.count) filter (where c.detail = 'complaint'), 0)::int as complained, coalesce(sum(c.count) filter (where c.detail = 'unsubscribe'), 0)::int as unsubscribed
      from result_cell as c where c.bucket >= $1::timestamptz and (c.measure = 'sent' or (c.measure = 'reaction' and c.detail in ('bounce', 'complaint', 'unsubscribe')))`, [from]))!;
}

/** Refusals of all time by code, people kept out at entry and messages stopped at a step, from the kept sums. */
export const refusals = (db: Db): Promise<{ code: string; count: number }[]> => rows(db, `
  select c.detail as code, sum(c.count)::int as count from result_cell as c
   where c.bucket is null and c.measure in ('refused_entry', 'refused_step') and c.detail is not null group by 1 having sum(c.count) > 0 order by 1`);

export interface Upkeep {
  /** People whose results are still to be counted. */
  resultsPending: number;
  /** When the worker of the results last did something. */
  resultsAt: Date | null;
  campaigns: { active: number; paused: number };
  /** Deliveries that a sender has taken and not given back in time. */
  leasesOver: number;
  /** Of this database now, and how many it allows. */
  connections: { used: number; allowed: number };
}

export async function upkeep(db: Db, now: Date): Promise<Upkeep> {
  const found = (await row<{ pending: string; at: Date | null; active: number; paused: number; over: number; used: number; allowed: number }>(db, `
    select (select coalesce(sum(m.people), 0) from result_mark as m) as pending, (select s.worked_at from result_state as s) as at,
           (select count(*)::int from campaign as c where c.state = 'active') as active, (select count(*)::int from campaign as c where c.state = 'paused') as paused,
           (select count(*)::int from delivery as d where d.state = 'sending' and d.lease_until < $1::timestamptz) as over,
           (select count(*)::int from pg_stat_activity as a where a.datname = current_database()) as used, current_setting('max_connections')::int as allowed`, [now]))!;
  return { resultsPending: Number(found.pending), resultsAt: found.at, campaigns: { active: found.active, paused: found.paused }, leasesOver: found.over, connections: { used: found.used, allowed: found.allowed } };
}
