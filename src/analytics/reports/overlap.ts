import { OverlapQuery, type OverlapReport } from '../../contract/reports/workspace.js';
import { row, rows, type Db } from '../../platform/database/db.js';
import { periodOf, periodView, rateOf, workspaceReport, type Asked, type Period } from './report.js';

/** Campaigns whose pairs are counted. */
const CAMPAIGNS = 50;
/** Where the distribution ends: so many and more. */
const MANY = 50;

/** Messages that people got in the period: accepted e-mails and displayed in-app messages, no webhooks (nobody reads those). */
const RECEIVED = `
  select d.person_id, d.campaign_id from delivery as d
   cross join lateral (select case when d.channel = 'in_app' then d.settled_at else d.sent_at end as at) as x
   where not d.is_control and d.channel in ('email', 'in_app') and (d.state = 'delivered' or (d.channel = 'email' and d.state = 'sent'))
     and x.at >= $1::timestamptz and x.at < $2::timestamptz and ($3::uuid[] is null or d.campaign_id = any($3))`;

interface OverlapCells {
  campaigns: { campaignId: string; name: string; people: number; messages: number; alone: number }[];
  pairs: { a: string; b: string; people: number }[];
  distribution: { messages: number; people: number }[];
  people: number; messages: number; more: number;
}

const overlapCells = async (db: Db, { from, to }: Period, campaigns: string[] | null, more: number): Promise<OverlapCells> => (await row<OverlapCells>(db, `
  with received as materialized (
    select r.person_id, r.campaign_id, count(*) as messages from (${RECEIVED}) as r group by r.person_id, r.campaign_id),
  person_row as materialized (select r.person_id, sum(r.messages) as messages, count(*) as campaigns from received as r group by r.person_id),
  top as materialized (
    select r.campaign_id, count(*)::int as people, sum(r.messages)::int as messages, count(*) filter (where p.campaigns = 1)::int as alone
      from received as r join person_row as p on p.person_id = r.person_id group by r.campaign_id order by 2 desc, 1 limit ${CAMPAIGNS}),
  pair as (
    select x.campaign_id as a, y.campaign_id as b, count(*)::int as people
      from received as x join received as y on y.person_id = x.person_id and y.campaign_id > x.campaign_id
     where x.campaign_id in (select t.campaign_id from top as t) and y.campaign_id in (select t.campaign_id from top as t)
     group by 1, 2)
  select (select coalesce(json_agg(json_build_object('campaignId', t.campaign_id, 'name', c.name, 'people', t.people, 'messages', t.messages, 'alone', t.alone) order by t.people desc, t.campaign_id), '[]') from top as t join campaign as c on c.id = t.campaign_id) as campaigns,
         (select coalesce(json_agg(p order by p.people desc, p.a, p.b), '[]') from pair as p) as pairs,
         (select coalesce(json_agg(d order by d.messages), '[]') from (select least(p.messages, ${MANY})::int as messages, count(*)::int as people from person_row as p group by 1) as d) as distribution,
         (select count(*)::int from person_row) as people, (select coalesce(sum(p.messages), 0)::int from person_row as p) as messages,
         (select count(*)::int from person_row as p where p.messages > $4) as more`, [from, to, campaigns, more]))!;

async function readOverlap(asked: Asked, query: { from?: string; to?: string; zone?: string; campaigns?: string[]; more: number }): Promise<OverlapReport> {
  const period = periodOf(query, asked);
  const { more, pairs, ...cells } = await overlapCells(asked.tx, period, query.campaigns ?? null, query.more);
  const people = new Map(cells.campaigns.map((campaign) => [campaign.campaignId, campaign.people]));
  return {
    asOf: asked.now.toISOString(), period: periodView(period), ...cells,
    pairs: pairs.map((pair) => ({ ...pair, share: rateOf(pair.people, Math.min(people.get(pair.a)!, people.get(pair.b)!)) })),
    more: { than: query.more, people: more },
  };
}

/** Whom several campaigns reached, and how many messages people got. */
export const overlap = workspaceReport({
  name: 'overlap',
  query: OverlapQuery,
  columns: [{ name: 'campaign_a', type: 'text' }, { name: 'campaign_b', type: 'text' }, { name: 'people', type: 'integer' }, { name: 'share', type: 'number' }],
  read: readOverlap,
  rows: ({ pairs }) => pairs.map(({ a, b, people, share }) => ({ campaign_a: a, campaign_b: b, people, share })),
});

export interface CrowdedPerson { personId: string; messages: number; campaigns: number }

/** People who got more than `more` messages, most first. */
export const crowdedPeople = (db: Db, { from, to }: Period, { campaigns, more, after, limit }: { campaigns: string[] | null; more: number; after: { messages: number; personId: string } | null; limit: number }): Promise<CrowdedPerson[]> => rows(db, `
  select p.person_id as "personId", p.messages, p.campaigns
    from (select r.person_id, count(*)::int as messages, count(distinct r.campaign_id)::int as campaigns from (${RECEIVED}) as r group by r.person_id having count(*) > $4) as p
   where ($5::int is null or (p.messages, p.person_id) < ($5::int, $6::uuid))
   order by p.messages desc, p.person_id desc limit $7`, [from, to, campaigns, more, after?.messages ?? null, after?.personId ?? null, limit]);
