import { row, rows, type Db } from '../../platform/database/db.js';
import { restless } from '../anomalies/store/anomalies.store.js';
import type { Found } from './domain/attention.js';

/** Rows of each kind that a page can use. */
const LISTED = 20;
/** Undelivered webhooks are counted up to here. */
const MOST_LOST = 1_000;

export interface Week { sent: number; openedHuman: number; openedMost: number; clicked: number; goals: number }
export type Sums = Week & { perCampaign: { id: string; sent: number; bounced: number; complained: number }[] };

/**
 * The week from the kept sums, not from the ledger: as many rows as quarters of an hour in which something happened. Goals are people
 * who met one, per campaign and goal; who passed several messages of a campaign counts once there.
 */
export async function weekOf(db: Db, from: Date): Promise<Sums> {
  const found = await row<Sums>(db, `
    with cell as materialized (
      select c.campaign_id, c.measure, c.version_id, c.step_id, c.detail, c.further, sum(c.count)::int as n from result_cell as c
       where c.bucket is not null and c.bucket >= $1::timestamptz and c.measure in ('sent', 'reaction', 'goal') group by 1, 2, 3, 4, 5, 6),
    goal as (
      select max(g.n) as n from (select c.campaign_id, c.detail, c.version_id, c.step_id, sum(c.n)::int as n from cell as c where c.measure = 'goal' and c.further = 'converted' group by 1, 2, 3, 4) as g group by g.campaign_id, g.detail, g.version_id),
    campaign_sum as (
      select c.campaign_id as id, coalesce(sum(c.n) filter (where c.measure = 'sent'), 0)::int as sent,
             coalesce(sum(c.n) filter (where c.measure = 'reaction' and c.detail = 'bounce'), 0)::int as bounced, coalesce(sum(c.n) filter (where c.measure = 'reaction' and c.detail = 'complaint'), 0)::int as complained
        from cell as c group by 1)
    select coalesce(sum(c.n) filter (where c.measure = 'sent'), 0)::int as sent,
           coalesce(sum(c.n) filter (where c.measure = 'reaction' and c.detail = 'open' and c.further = 'human'), 0)::int as "openedHuman",
           coalesce(sum(c.n) filter (where c.measure = 'reaction' and c.detail = 'open' and c.further <> 'machine'), 0)::int as "openedMost",
           coalesce(sum(c.n) filter (where c.measure = 'reaction' and c.detail = 'click' and c.further = 'human'), 0)::int as clicked,
           (select coalesce(sum(g.n), 0)::int from goal as g) as goals,
           (select coalesce(jsonb_agg(s), '[]') from campaign_sum as s where s.sent > 0) as "perCampaign"
      from cell as c`, [from]);
  return found!;
}

export interface Live { id: string; name: string; type: 'series' | 'broadcast' | 'auto_message'; state: 'active' | 'paused' | 'draining'; running: number }

/** What runs or rests, what changed last first, with how many people are in it now. */
export const liveCampaigns = (db: Db): Promise<Live[]> => rows(db, `
  with live as materialized (
    select c.id, c.name, c.type, c.state, c.state_at from campaign as c where c.state in ('active', 'paused', 'draining') order by c.state_at desc, c.id limit $1)
  select l.id, l.name, l.type, l.state, coalesce(r.running, 0)::int as running from live as l
    left join lateral (select sum(c.count) as running from result_cell as c where c.campaign_id = l.id and c.bucket is null and c.measure = 'run' and c.detail = 'active') as r on true
   order by l.state_at desc, l.id`, [LISTED]);

export interface Begun { people: boolean; segment: boolean; campaign: boolean; message: boolean }

/** The first steps: somebody who is no sample, a segment, a published campaign, a message. */
export async function begun(db: Db): Promise<Begun> {
  return (await row<Begun>(db, `
    select exists (select from person as p where not exists (select from person_tag as t where t.person_id = p.id and t.tag = 'sample')) as people,
           exists (select from segment as s where s.purpose = 'shared' and s.state <> 'archived') as segment,
           exists (select from campaign as c where c.current_version_id is not null) as campaign,
           exists (select from delivery as d) as message`))!;
}

const tests = (db: Db, now: Date, from: Date): Promise<Found['tests']> => rows(db, `
  select c.id as "campaignId", c.name, case when v.state = 'traffic_problem' then 'split' when v.state = 'collecting' then 'due' else 'done' end as what
    from experiment_verdict as v join experiment_plan as p on p.experiment_id = v.experiment_id join campaign as c on c.id = v.campaign_id
   where c.state <> 'archived' and (
     (v.state = 'traffic_problem' and c.state in ('active', 'paused', 'draining'))
     or (v.state = 'collecting' and p.readout_at <= $1::timestamptz)
     or (v.state not in ('collecting', 'traffic_problem') and (v.memory #>> '{verdict,at}')::timestamptz >= $2::timestamptz))
   order by c.name limit $3`, [now, from, LISTED]);

const approvals = (db: Db): Promise<Found['approvals']> => rows(db, `
  select c.id as "campaignId", c.name from campaign as c
   where (c.state in ('draft', 'active', 'paused', 'draining') and exists (select from campaign_approval as a where a.campaign_id = c.id and a.state = 'requested' and (a.revision = c.draft_revision or exists (select from launch as l where l.campaign_id = c.id and l.revision = a.revision and l.unapproved is not null))))
      or (c.state in ('active', 'paused') and exists (select from launch as l where l.campaign_id = c.id and l.state = 'waiting' and l.unapproved is not null))
   order by c.name limit $1`, [LISTED]);

const canaries = (db: Db): Promise<Found['canaries']> => rows(db, `
  select c.id as "campaignId", c.name, count(*)::int as notes from canary_note as n join campaign as c on c.id = n.campaign_id
   where n.closed_at is null and n.acknowledged_at is null and c.state = 'active' group by c.id, c.name order by c.name limit $1`, [LISTED]);

/** More stuck people of a campaign than this say no more. */
const MOST_STUCK = 1_000;

/**
 * People who stand where only a fault keeps them (`overdue` and `not_sent` of a campaign's stuck people): a step due for ten minutes, a message that no
 * sender took for thirty and that nothing puts off. By the indexes of those who do the work. Who waits for ever, was put off or never came by is for the campaign's page.
 */
const stuck = (db: Db, now: Date): Promise<Found['stuck']> => rows(db, `
  select c.id as "campaignId", c.name, (r.count + d.count)::int as count from campaign as c
    cross join lateral (select count(*) from (select from enrollment as e where e.campaign_id = c.id and e.state = 'active' and e.due_at <= $1::timestamptz - interval '10 minutes' limit $2) as x) as r
    cross join lateral (select count(*) from (
      select from delivery as d where d.channel in ('email', 'webhook', 'chat') and d.campaign_id = c.id and d.state = 'queued' and d.due_at <= $1::timestamptz - interval '30 minutes' and d.reason is null and d.fallback_of is null limit $2) as x) as d
   where c.state in ('active', 'draining') and r.count + d.count > 0 order by c.name, c.id limit $3`, [now, MOST_STUCK, LISTED]);

const endpoints = (db: Db, now: Date, from: Date): Promise<Found['endpoints']> => rows(db, `
  select e.id as "endpointId", e.name, e.enabled, e.disabled_because as because, coalesce(e.open_until > $1::timestamptz, false) as "isResting",
         (select count(*)::int from (select from delivery as d where d.endpoint_id = e.id and d.state in ('failed', 'uncertain') and d.settled_at >= $2::timestamptz union all select from outgoing_event as o where o.endpoint_id = e.id and o.state = 'dead' and o.made_at >= $2::timestamptz limit $3) as x) as lost
    from webhook_endpoint as e order by e.name limit $4`, [now, from, MOST_LOST, LISTED]);

/** What may need somebody, but for the sums of {@link weekOf}. */
export async function troubles(db: Db, now: Date, from: Date): Promise<Omit<Found, 'sent'>> {
  const paused = await rows<Found['paused'][number]>(db, `
    select c.id as "campaignId", c.name, c.pause_reason #>> '{text,en}' as en, c.pause_reason #>> '{text,ko}' as ko from campaign as c where c.state = 'paused' and c.pause_reason is not null order by c.state_at desc limit $1`, [LISTED]);
  const last = await row<{ at: Date | null }>(db, 'select max(t.last_at) as at from event_tally as t');
  return {
    paused, breaker: await row(db, `select b.reason #>> '{text,en}' as en, b.reason #>> '{text,ko}' as ko from workspace_breaker as b where b.id = 1 and b.state = 'open'`),
    approvals: await approvals(db), anomalies: await restless(db, now, LISTED), canaries: await canaries(db), stuck: await stuck(db, now), tests: await tests(db, now, from), endpoints: await endpoints(db, now, from), lastEventAt: last!.at,
    segments: await rows(db, `select s.id as "segmentId", s.name from segment as s where s.purpose = 'shared' and s.state = 'failed' order by s.name limit $1`, [LISTED]),
    domains: await rows(db, `
      select d.id as "domainId", d.domain as name from sending_domain as d
       where d.checks is not null and exists (select from jsonb_array_elements(d.checks) as k where k ->> 'verdict' in ('missing', 'wrong')) order by d.domain limit $1`, [LISTED]),
    relays: await rows(db, `select coalesce(r.name, h.relay_id) as name from relay_health as h left join relay as r on r.id::text = h.relay_id where h.breaker = 'open' and (r.id is null or r.enabled) order by 1 limit $1`, [LISTED]),
  };
}

/** Names of campaigns by id. */
export async function namesOf(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const found = await rows<{ id: string; name: string }>(db, 'select c.id, c.name from campaign as c where c.id = any($1::uuid[])', [ids]);
  return new Map(found.map(({ id, name }) => [id, name]));
}
