import { FunnelQuery, type Funnel, type FunnelRow } from '../../contract/reports/campaign.js';
import { windowMillis } from '../../kernel/local-time.js';
import { rows, type Db } from '../../platform/database/db.js';
import { SqlValues } from '../../segments/domain/sql-values.js';
import { goalOf, metBy, placesOf, type Place } from '../reads/goal-of.js';
import { outcomeSql } from '../reads/goals.read.js';
import { campaignReport, rateOf, refuseUnknownGoal, type AskedCampaign } from './report.js';

interface FunnelCounts { variant: string; isControl: boolean; chosen: boolean; language: string | null; eligible: number; sent: number; delivered: number; openedHuman: number; openedAny: number; clicked: number; converted: number }

interface FunnelQuestion { place: Place; goal: { by: NonNullable<ReturnType<typeof metBy>>; windowMillis: number } | null; language: string | null; byLanguage: boolean; now: Date; timeZone: string }

/** People of one message by arm, whether it was drawn or chosen, and, when asked, language: every column counts some of `eligible`, each person once. */
function funnelCounts(db: Db, { place, goal, language, byLanguage, now, timeZone }: FunnelQuestion): Promise<FunnelCounts[]> {
  const values = new SqlValues();
  const experiment = values.bind(place.experimentId, 'uuid');
  const people = place.external
    ? `select a.person_id, a.variant, a.is_control, null::text as language, false as sent, false as delivered, false as opened_human, false as opened_any, false as clicked from assignment as a where a.experiment_id = ${experiment}`
    : messagePeople(place, values);
  const outcome = goal ? outcomeSql({ ...goal, now, timeZone }, values).outcomes : 'select null::uuid as person_id where false';
  const wanted = language === null ? 'true' : `coalesce(p.language, '') = ${values.bind(language, 'text')}`;
  return rows(db, `
    with person_row as materialized (${people}),
    cohort as materialized (
      select a.person_id, a.assigned_at, a.source in ('choice', 'override') as chosen from assignment as a where a.experiment_id = ${experiment} and a.person_id in (select p.person_id from person_row as p)),
    outcome as materialized (${outcome})
    select p.variant, p.is_control as "isControl", coalesce(c.chosen, false) as chosen, ${byLanguage ? `coalesce(p.language, '')` : 'null::text'} as language, count(*)::int as eligible,
           count(*) filter (where p.sent)::int as sent, count(*) filter (where p.delivered)::int as delivered,
           count(*) filter (where p.opened_human)::int as "openedHuman", count(*) filter (where p.opened_any)::int as "openedAny",
           count(*) filter (where p.clicked)::int as clicked, count(o.person_id)::int as converted
      from person_row as p left join cohort as c on c.person_id = p.person_id left join outcome as o on o.person_id = p.person_id
     where ${wanted}
     group by 1, 2, 3, 4 order by 1, 2, 3, 4`, values.list);
}

/** One row a person and arm: at least once over all runs; the language is that of the newest message. */
function messagePeople({ version, stepId }: Place, values: SqlValues): string {
  const [versionId, step] = [values.bind(version.id, 'uuid'), values.bind(stepId, 'text')];
  return `
      with message as materialized (
        select d.id, d.person_id, d.variant, d.is_control, d.language, d.queued_at, d.state in ('sent', 'delivered', 'bounced') as sent,
               d.state = 'delivered' or (d.state = 'sent' and d.channel <> 'in_app') as delivered
          from delivery as d join campaign_version as v on v.id = d.version_id
         where v.id = ${versionId} and d.campaign_id = v.campaign_id and d.step_id = ${step}),
      reaction as (
        select e.delivery_id, bool_or(e.kind = 'open' and e.verdict = 'human') as opened_human, bool_or(e.kind = 'open') as opened_any, bool_or(e.kind = 'click' and e.verdict = 'human') as clicked
          from message as m join delivery_event as e on e.person_id = m.person_id and e.delivery_id = m.id and e.kind in ('open', 'click')
         where not m.is_control group by e.delivery_id)
      select m.person_id, m.variant, m.is_control, (array_agg(m.language order by m.queued_at desc, m.id))[1] as language,
             bool_or(m.sent) as sent, bool_or(m.delivered) as delivered, coalesce(bool_or(r.opened_human), false) as opened_human,
             coalesce(bool_or(r.opened_any), false) as opened_any, coalesce(bool_or(r.clicked), false) as clicked
        from message as m left join reaction as r on r.delivery_id = m.id
       group by m.person_id, m.variant, m.is_control`;
}

function funnelRow(place: Place, goal: string | null, counts: FunnelCounts): FunnelRow {
  const { variant, isControl, chosen, language, eligible, sent, delivered, openedHuman, openedAny, clicked, converted } = counts;
  return {
    version: place.version.number, stepId: place.stepId, channel: place.channel, variant, isControl, chosen, language, goal,
    eligible, sent, delivered, opened: { atLeast: openedHuman, atMost: openedAny }, clicked, converted,
    rates: {
      sent: rateOf(sent, eligible), delivered: rateOf(delivered, sent), openedAtLeast: rateOf(openedHuman, delivered), openedAtMost: rateOf(openedAny, delivered),
      clicked: rateOf(clicked, delivered), converted: rateOf(converted, eligible),
    },
  };
}

async function readFunnel({ tx, now, timeZone, campaign, versions }: AskedCampaign, query: { version?: number; step?: string; language?: string; by?: 'language'; goal?: string }): Promise<Funnel> {
  const items: FunnelRow[] = [];
  const wanted = versions.filter(({ number }) => query.version === undefined || number === query.version);
  refuseUnknownGoal(wanted, query.goal);
  for (const place of wanted.flatMap(placesOf).filter(({ stepId }) => query.step === undefined || stepId === query.step)) {
    const goal = goalOf(place.version, query.goal);
    const by = goal && metBy(place.version, goal);
    const asked = { place, goal: goal && by ? { by, windowMillis: windowMillis(goal.window) } : null, language: query.language ?? null, byLanguage: query.by === 'language', now, timeZone };
    items.push(...(await funnelCounts(tx, asked)).map((counts) => funnelRow(place, goal?.key ?? null, counts)));
  }
  return { campaignId: campaign.id, asOf: now.toISOString(), items };
}

/** Eligible → sent → delivered → opened → clicked → converted, people by message and variant. */
export const funnel = campaignReport({
  name: 'funnel',
  query: FunnelQuery,
  columns: [
    { name: 'version', type: 'integer' }, { name: 'step', type: 'text' }, { name: 'channel', type: 'text' }, { name: 'variant', type: 'text' }, { name: 'is_control', type: 'boolean' }, { name: 'chosen', type: 'boolean' },
    { name: 'language', type: 'text' }, { name: 'goal', type: 'text' }, { name: 'eligible', type: 'integer' }, { name: 'sent', type: 'integer' }, { name: 'delivered', type: 'integer' },
    { name: 'opened_at_least', type: 'integer' }, { name: 'opened_at_most', type: 'integer' }, { name: 'clicked', type: 'integer' }, { name: 'converted', type: 'integer' },
  ],
  read: readFunnel,
  rows: ({ items }) => items.map((item) => ({
    version: item.version, step: item.stepId, channel: item.channel, variant: item.variant, is_control: item.isControl, chosen: item.chosen, language: item.language, goal: item.goal, eligible: item.eligible,
    sent: item.sent, delivered: item.delivered, opened_at_least: item.opened.atLeast, opened_at_most: item.opened.atMost, clicked: item.clicked, converted: item.converted,
  })),
});
