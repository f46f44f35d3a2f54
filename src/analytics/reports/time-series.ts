import { SeriesQuery, type TimeSeries } from '../../contract/reports/workspace.js';
import { windowMillis } from '../../kernel/local-time.js';
import { rows, type Db } from '../../platform/database/db.js';
import { SqlValues } from '../../segments/domain/sql-values.js';
import { goalOf, metBy } from '../reads/goal-of.js';
import { outcomeSql } from '../reads/goals.read.js';
import { refusalCells } from './refusals.js';
import { bucketsOf, campaignReport, periodOf, periodView, workspaceReport, type Asked, type AskedCampaign, type Column, type Period } from './report.js';

type Item = TimeSeries['items'][number];
type Measure = Exclude<keyof Item, 'start' | 'end' | 'local'>;
interface Cell { place: number; measure: Measure; count: number }

const MEASURES: Measure[] = ['entered', 'sent', 'sentChosen', 'delivered', 'control', 'openedHuman', 'openedUnknown', 'openedMachine', 'clicked', 'converted', 'convertedChosen', 'bounced', 'complained', 'unsubscribed', 'dismissed', 'replied', 'refused'];

/** What happened in the period, by the moment it happened. A reaction counts once a message, when it was first made by the best evidence of it. */
function happenings(db: Db, campaignId: string | null, { from, to }: Period, starts: readonly Date[]): Promise<Cell[]> {
  const of = (alias: string) => (campaignId === null ? '' : ` and ${alias}.campaign_id = $4::uuid`);
  const between = (column: string) => `${column} >= $1::timestamptz and ${column} < $2::timestamptz`;
  const touched = campaignId === null
    ? `select distinct e.delivery_id, e.person_id from delivery_event as e where ${between('e.at')}`
    : 'select d.id as delivery_id, d.person_id from delivery as d where d.campaign_id = $4::uuid';
  return rows(db, `
    with touched as materialized (${touched}),
    reaction as (
      select distinct on (e.delivery_id, e.person_id, e.kind) e.kind, e.verdict, e.at
        from touched as t join delivery_event as e on e.delivery_id = t.delivery_id and e.person_id = t.person_id
        join delivery as d on d.id = e.delivery_id and d.person_id = e.person_id and not d.is_control
       where e.kind in ('open', 'click', 'complaint', 'unsubscribe', 'dismiss', 'reply')
       order by e.delivery_id, e.person_id, e.kind, case e.verdict when 'human' then 0 when 'unknown' then 1 else 2 end, e.at),
    happened as (
      select e.entered_at as at, 'entered' as measure from enrollment as e where ${between('e.entered_at')}${of('e')}
      union all
      select x.at, x.measure from delivery as d
       cross join lateral (values
         ('sent', d.sent_at, not d.is_control and d.state in ('sent', 'delivered', 'bounced')),
         ('delivered', case when d.channel = 'in_app' then d.settled_at else d.sent_at end, not d.is_control and (d.state = 'delivered' or (d.state = 'sent' and d.channel <> 'in_app'))),
         ('bounced', d.settled_at, not d.is_control and d.state = 'bounced'),
         ('control', coalesce(d.settled_at, d.queued_at), d.state = 'ghost')) as x (measure, at, counts)
       where x.counts and ${between('x.at')}${of('d')}
      union all
      select d.sent_at, 'sentChosen'
        from (select c.campaign_id, c.experiment_id from experiment_choice as c union select e.campaign_id, e.id from experiment as e where exists (select from assignment as o where o.experiment_id = e.id and o.source = 'override')) as x
        join delivery as d on d.campaign_id = x.campaign_id and d.experiment_id = x.experiment_id
        join assignment as a on a.experiment_id = d.experiment_id and a.person_id = d.person_id and a.source in ('choice', 'override')
       where not d.is_control and d.state in ('sent', 'delivered', 'bounced') and ${between('d.sent_at')}${of('d')}
      union all
      select r.at, case r.kind when 'open' then 'opened' || initcap(r.verdict) when 'complaint' then 'complained' when 'unsubscribe' then 'unsubscribed' when 'dismiss' then 'dismissed' when 'reply' then 'replied' else 'clicked' end
        from reaction as r where (r.kind <> 'click' or r.verdict = 'human') and ${between('r.at')})
    select width_bucket(h.at, $3::timestamptz[]) - 1 as place, h.measure, count(*)::int as count from happened as h group by 1, 2`, [from, to, starts, ...(campaignId === null ? [] : [campaignId])]);
}

/** People of the campaign by when they met the goal of its newest version, inside the window that begins with their first assignment. */
async function conversions({ tx, campaign, versions, now, timeZone }: AskedCampaign, { from, to }: Period, starts: readonly Date[], key?: string): Promise<Cell[] | null> {
  const version = versions.at(-1);
  const goal = version ? goalOf(version, key) : null;
  const by = version && goal ? metBy(version, goal) : null;
  if (!goal || !by) return null;
  const values = new SqlValues();
  const { outcomes } = outcomeSql({ by, windowMillis: windowMillis(goal.window), now, timeZone }, values);
  return rows(tx, `
    with cohort as materialized (
      select a.person_id, min(a.assigned_at) as assigned_at, bool_or(a.source in ('choice', 'override')) as chosen from assignment as a where a.campaign_id = ${values.bind(campaign.id, 'uuid')} group by a.person_id),
    outcome as (${outcomes})
    select width_bucket(o.at, ${values.bind(starts, 'timestamptz[]')}) - 1 as place, m.measure, count(*)::int as count
      from outcome as o join cohort as c on c.person_id = o.person_id cross join lateral (values ('converted', true), ('convertedChosen', c.chosen)) as m (measure, counts)
     where m.counts and o.at >= ${values.bind(from, 'timestamptz')} and o.at < ${values.bind(to, 'timestamptz')} group by 1, 2`, values.list);
}

type Query = { from?: string; to?: string; zone?: string; by: 'hour' | 'day'; goal?: string };

async function readSeries(asked: Asked, campaign: AskedCampaign | null, query: Query): Promise<TimeSeries> {
  const period = periodOf(query, asked);
  const { starts, buckets } = bucketsOf(period, query.by);
  const id = campaign?.campaign.id ?? null;
  const converted = campaign && (await conversions(campaign, period, starts, query.goal));
  const refused = (await refusalCells(asked.tx, id, period, starts)).map(({ place, count }): Cell => ({ place, measure: 'refused', count }));
  const items = buckets.map((bucket): Item => ({ ...bucket, ...(Object.fromEntries(MEASURES.map((measure) => [measure, 0])) as Record<Measure, number>), converted: converted === null ? null : 0, convertedChosen: converted === null ? null : 0 }));
  for (const { place, measure, count } of [...(await happenings(asked.tx, id, period, starts)), ...(converted ?? []), ...refused]) items[place]![measure] = (items[place]![measure] ?? 0) + count;
  return { asOf: asked.now.toISOString(), period: periodView(period), by: query.by, items };
}

const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const columns: Column[] = [{ name: 'start', type: 'instant' }, { name: 'end', type: 'instant' }, { name: 'local', type: 'text' }, ...MEASURES.map((measure): Column => ({ name: snake(measure), type: 'integer' }))];
const shape = {
  name: 'time-series',
  query: SeriesQuery,
  columns,
  rows: ({ items }: TimeSeries) => items.map((item) => ({ start: new Date(item.start), end: new Date(item.end), local: item.local, ...Object.fromEntries(MEASURES.map((measure) => [snake(measure), item[measure]])) })),
};

/** What happened by hour or day of a zone. */
export const timeSeries = campaignReport({ ...shape, read: (asked: AskedCampaign, query) => readSeries(asked, asked, query) });
export const workspaceSeries = workspaceReport({ ...shape, read: (asked: Asked, query) => readSeries(asked, null, query) });
