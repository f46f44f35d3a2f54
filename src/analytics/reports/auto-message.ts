import { AutoMessageQuery, type AutoMessageReport } from '../../contract/reports/campaign.js';
import { wordsOf } from '../../kernel/reason-words.js';
import { rows, type Db } from '../../platform/database/db.js';
import { campaignReport, periodOf, periodView, rateOf, type AskedCampaign, type Period } from './report.js';

interface Place { version: number; variant: string; isControl: boolean }
interface ClaimCell extends Place { state: string; count: number }

/** Leases granted in the period by what became of them: those that are kept, and the tally of those that were forgotten. */
const claimCells = (db: Db, campaignId: string, { from, to }: Period): Promise<ClaimCell[]> => rows(db, `
  with claim as (
    select c.version_id, c.arm ->> 'variant' as variant, coalesce((c.arm ->> 'isControl')::boolean, false) as is_control, c.state, count(*) as count
      from display_claim as c where c.campaign_id = $1 and c.kind = 'auto' and c.state <> 'waiting' and c.created_at >= $2::timestamptz and c.created_at < $3::timestamptz group by 1, 2, 3, 4
    union all
    select p.version_id, p.variant, p.is_control, p.state, sum(p.claims) from display_claim_past as p
     where p.campaign_id = $1 and p.hour >= date_trunc('hour', $2::timestamptz) and p.hour < $3::timestamptz group by 1, 2, 3, 4)
  select v.number as version, c.variant, c.is_control as "isControl", c.state, sum(c.count)::int as count
    from claim as c join campaign_version as v on v.id = c.version_id group by 1, 2, 3, 4`, [campaignId, from, to]);

interface DisplayCell extends Place { impressions: number; people: number; opened: number; clicked: number; dismissed: number; replied: number; told: number; dwell: (number | null)[] | null; min: number | null; max: number | null }

/** Displays of the period and what people did with them; one message counts once a kind. */
const displayCells = (db: Db, campaignId: string, { from, to }: Period): Promise<DisplayCell[]> => rows(db, `
  with display as materialized (
    select d.id, d.person_id, d.version_id, d.variant, d.is_control from delivery as d
     where d.campaign_id = $1 and d.channel = 'in_app' and d.state in ('delivered', 'ghost') and d.settled_at >= $2::timestamptz and d.settled_at < $3::timestamptz),
  reaction as (
    select e.delivery_id, bool_or(e.kind = 'open') as opened, bool_or(e.kind = 'click' and e.verdict = 'human') as clicked, bool_or(e.kind = 'dismiss') as dismissed, bool_or(e.kind = 'reply') as replied,
           min((e.data ->> 'dwell')::float8) filter (where e.kind = 'impression' and jsonb_typeof(e.data -> 'dwell') = 'number') as dwell
      from display as d join delivery_event as e on e.person_id = d.person_id and e.delivery_id = d.id group by e.delivery_id)
  select v.number as version, d.variant, d.is_control as "isControl", count(*) filter (where not d.is_control)::int as impressions, count(distinct d.person_id)::int as people,
         count(*) filter (where r.opened)::int as opened, count(*) filter (where r.clicked)::int as clicked, count(*) filter (where r.dismissed)::int as dismissed, count(*) filter (where r.replied)::int as replied,
         count(r.dwell)::int as told, percentile_cont(array[0.1, 0.5, 0.9]) within group (order by r.dwell) as dwell, min(r.dwell) as min, max(r.dwell) as max
    from display as d join campaign_version as v on v.id = d.version_id left join reaction as r on r.delivery_id = d.id
   group by 1, 2, 3`, [campaignId, from, to]);

const entryRefusals = (db: Db, campaignId: string, { from, to }: Period): Promise<{ code: string; count: number }[]> => rows(db, `
  select d.code, count(*)::int as count from decision as d where d.campaign_id = $1 and d.stage = 'entry' and d.at >= $2::timestamptz and d.at < $3::timestamptz
   group by d.code order by 2 desc, 1`, [campaignId, from, to]);

function variantOf(place: Place, claims: ClaimCell[], display: DisplayCell | undefined): AutoMessageReport['variants'][number] {
  const of = (...states: string[]) => claims.filter(({ state }) => states.includes(state)).reduce((sum, { count }) => sum + count, 0);
  const { impressions = 0, people = 0, opened = 0, clicked = 0, dismissed = 0, replied = 0 } = display ?? {};
  const [p10 = null, median = null, p90 = null] = display?.dwell ?? [];
  return {
    version: place.version, variant: place.variant, isControl: place.isControl,
    claims: { granted: of('shown', 'back', 'lapsed', 'recalled', 'open'), confirmed: of('shown'), givenBack: of('back'), lapsed: of('lapsed'), recalled: of('recalled'), open: of('open') },
    impressions, people, opened, clicked, dismissed, replied,
    rates: { clicked: rateOf(clicked, impressions), dismissed: rateOf(dismissed, impressions), replied: rateOf(replied, impressions) },
    dwell: { told: display?.told ?? 0, min: display?.min ?? null, p10, median, p90, max: display?.max ?? null },
  };
}

async function readAutoMessage(asked: AskedCampaign, query: { from?: string; to?: string; zone?: string }): Promise<AutoMessageReport> {
  const period = periodOf(query, asked);
  const [claims, displays] = [await claimCells(asked.tx, asked.campaign.id, period), await displayCells(asked.tx, asked.campaign.id, period)];
  const same = (a: Place) => (b: Place) => a.version === b.version && a.variant === b.variant;
  const places = [...displays, ...claims].filter((place, index, all) => all.findIndex(same(place)) === index).toSorted((a, b) => a.version - b.version || Number(a.isControl) - Number(b.isControl) || a.variant.localeCompare(b.variant));
  return {
    campaignId: asked.campaign.id, asOf: asked.now.toISOString(), period: periodView(period),
    variants: places.map((place) => variantOf(place, claims.filter(same(place)), displays.find(same(place)))),
    refusals: (await entryRefusals(asked.tx, asked.campaign.id, period)).map((cell) => ({ ...cell, words: wordsOf(cell.code) })),
  };
}

const NUMBERS = ['granted', 'confirmed', 'given_back', 'lapsed', 'recalled', 'impressions', 'people', 'opened', 'clicked', 'dismissed', 'replied'];

/** Claims, displays, attention before them, and what people did. */
export const autoMessage = campaignReport({
  name: 'auto-message',
  query: AutoMessageQuery,
  columns: [
    { name: 'version', type: 'integer' }, { name: 'variant', type: 'text' }, { name: 'is_control', type: 'boolean' }, ...NUMBERS.map((name) => ({ name, type: 'integer' as const })),
    { name: 'dwell_told', type: 'integer' }, { name: 'dwell_ms_p10', type: 'number' }, { name: 'dwell_ms_median', type: 'number' }, { name: 'dwell_ms_p90', type: 'number' },
  ],
  read: readAutoMessage,
  rows: ({ variants }) => variants.map((item) => ({
    version: item.version, variant: item.variant, is_control: item.isControl, granted: item.claims.granted, confirmed: item.claims.confirmed, given_back: item.claims.givenBack, lapsed: item.claims.lapsed,
    recalled: item.claims.recalled, impressions: item.impressions, people: item.people, opened: item.opened, clicked: item.clicked, dismissed: item.dismissed, replied: item.replied,
    dwell_told: item.dwell.told, dwell_ms_p10: item.dwell.p10, dwell_ms_median: item.dwell.median, dwell_ms_p90: item.dwell.p90,
  })),
});
