import { row, rows, type Db } from '../../platform/database/db.js';
import { refusalCells } from '../reports/refusals.js';
import type { CampaignNews, CollapseNews, DigestFacts, PauseNews, VerdictNews } from './domain/facts.js';

/** Campaigns and reasons that a mail lists; the rest is in Danbi. */
const LISTED = 20;

/** What happened to the messages that were sent in the period, by campaign. */
const campaignNews = (db: Db, from: Date, to: Date): Promise<CampaignNews[]> => rows(db, `
  with message as materialized (
    select d.id, d.person_id, d.campaign_id, d.state, d.channel, coalesce(x.at, d.settled_at) as at
      from delivery as d cross join lateral (select case when d.channel = 'in_app' and d.state = 'delivered' then d.settled_at else d.sent_at end as at) as x
     where not d.is_control and d.state in ('sent', 'delivered', 'bounced', 'uncertain') and coalesce(x.at, d.settled_at) >= $1::timestamptz and coalesce(x.at, d.settled_at) < $2::timestamptz),
  reaction as (
    select e.delivery_id, bool_or(e.kind = 'open' and e.verdict = 'human') as opened, bool_or(e.kind = 'click' and e.verdict = 'human') as clicked, bool_or(e.kind = 'complaint') as complained
      from message as m join delivery_event as e on e.person_id = m.person_id and e.delivery_id = m.id and e.kind in ('open', 'click', 'complaint') group by e.delivery_id)
  select c.id, c.name, count(*) filter (where m.state <> 'uncertain')::int as sent, count(*) filter (where m.state = 'delivered' or (m.state = 'sent' and m.channel <> 'in_app'))::int as delivered,
         count(*) filter (where r.opened)::int as opened, count(*) filter (where r.clicked)::int as clicked, count(*) filter (where m.state = 'bounced')::int as bounced,
         count(*) filter (where r.complained)::int as complained, count(*) filter (where m.state = 'uncertain')::int as uncertain
    from message as m join campaign as c on c.id = m.campaign_id left join reaction as r on r.delivery_id = m.id
   group by c.id, c.name order by sent desc, c.name`, [from, to]);

/** Verdicts that were reached in the period. */
const verdictNews = (db: Db, from: Date, to: Date): Promise<VerdictNews[]> => rows(db, `
  select v.campaign_id as "campaignId", c.name as campaign, x.step_id as "stepId", n.verdict ->> 'state' as state, n.verdict ->> 'winner' as winner
    from experiment_verdict as v join experiment as x on x.id = v.experiment_id join campaign as c on c.id = v.campaign_id
   cross join lateral (
     select v.memory -> 'verdict' as verdict, (v.memory #>> '{verdict,at}')::timestamptz as at where jsonb_typeof(v.memory -> 'verdict') = 'object'
     union all
     select jsonb_build_object('state', 'traffic_problem'), (v.memory #>> '{trafficProblem,since}')::timestamptz where jsonb_typeof(v.memory -> 'trafficProblem') = 'object') as n
   where n.at >= $1::timestamptz and n.at < $2::timestamptz order by n.at`, [from, to]);

/** Campaigns that Danbi paused by itself and that are paused still. */
const pauseNews = (db: Db, from: Date, to: Date): Promise<PauseNews[]> => rows(db, `
  select c.id as "campaignId", c.name as campaign, c.pause_reason #>> '{text,en}' as en, c.pause_reason #>> '{text,ko}' as ko
    from campaign as c where c.state = 'paused' and c.pause_reason is not null and c.state_at >= $1::timestamptz and c.state_at < $2::timestamptz order by c.state_at`, [from, to]);

/** From so many messages on a fall to a fifth is no chance. */
const COLLAPSE = { before: 50, share: 0.2 };

/** Series and auto messages that run and sent far less than in the period of the same length before. Broadcasts end by themselves. */
const collapseNews = (db: Db, from: Date, to: Date): Promise<CollapseNews[]> => rows(db, `
  select c.id as "campaignId", c.name as campaign, n.before, n.now
    from campaign as c cross join lateral (
      select count(*) filter (where d.sent_at < $1::timestamptz)::int as before, count(*) filter (where d.sent_at >= $1::timestamptz)::int as now from delivery as d
       where d.campaign_id = c.id and not d.is_control and d.sent_at >= $1::timestamptz - ($2::timestamptz - $1::timestamptz) and d.sent_at < $2::timestamptz) as n
   where c.type <> 'broadcast' and c.state = 'active' and n.before >= $3 and n.now <= n.before * $4::float8 order by n.before desc`, [from, to, COLLAPSE.before, COLLAPSE.share]);

/** Everything a digest of [from, to) tells. */
export async function digestFacts(db: Db, from: Date, to: Date): Promise<DigestFacts> {
  const sums = new Map<string, number>();
  for (const { code, count } of await refusalCells(db, null, { from, to, zone: 'UTC' }, [from])) sums.set(code, (sums.get(code) ?? 0) + count);
  const broken = await row<{ names: string[] }>(db, `select coalesce(array_agg(s.name order by s.name), '{}') as names from segment as s where s.purpose = 'shared' and s.state = 'failed' and s.updated_at >= $1::timestamptz and s.updated_at < $2::timestamptz`, [from, to]);
  return {
    collapses: await collapseNews(db, from, to), campaigns: await campaignNews(db, from, to),
    refusals: [...sums].map(([code, count]) => ({ code, count })).toSorted((a, b) => b.count - a.count || a.code.localeCompare(b.code)).slice(0, LISTED),
    verdicts: await verdictNews(db, from, to), pauses: await pauseNews(db, from, to), brokenSegments: broken!.names,
  };
}
