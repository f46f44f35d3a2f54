import { AttributionQuery, type Attribution } from '../../contract/reports/campaign.js';
import { rows, type Db } from '../../platform/database/db.js';
import { SqlValues } from '../../segments/domain/sql-values.js';
import { filtersOf, numberIn, type EventGoal } from '../domain/goal-outcomes.js';
import { goalOf, metBy } from '../reads/goal-of.js';
import { campaignReport, periodOf, periodView, refuseUnknownGoal, type AskedCampaign, type Period } from './report.js';

type Touch = Attribution['touch'];
interface Credited { versionId: string; stepId: string; channel: string; variant: string; touched: number; credited: number; events: number; value: string | null }
interface Question { campaignId: string; goal: EventGoal; touch: Touch; days: number; period: Period; now: Date; timeZone: string }

/** When each message touched its person; a control touches nobody. A click of a machine is no touch. */
const TOUCHES: Record<Touch, string> = {
  click: `select e.at from delivery_event as e where e.person_id = d.person_id and e.delivery_id = d.id and e.kind = 'click' and e.verdict = 'human'`,
  message: `select case when d.channel = 'in_app' then (select min(e.at) from delivery_event as e where e.person_id = d.person_id and e.delivery_id = d.id and e.kind = 'impression')
                        when d.state in ('sent', 'delivered') then coalesce(d.sent_at, d.settled_at) end as at`,
};

/** Every goal event of the period goes to the last touch before it within `days`, if there is one. */
function creditOf(db: Db, { campaignId, goal, touch, days, period, now, timeZone }: Question): Promise<Credited[]> {
  const values = new SqlValues();
  const [from, to, at] = [values.bind(period.from, 'timestamptz'), values.bind(period.to, 'timestamptz'), values.bind(now, 'timestamptz')];
  const reach = `${values.bind(days, 'int')} * interval '24 hours'`;
  const filters = filtersOf(goal.where, values, { now: at, zone: timeZone });
  const amount = goal.valueProperty === null ? 'null::numeric' : numberIn(values.bind(goal.valueProperty, 'text'));
  return rows(db, `
    with touch as materialized (
      select d.person_id, d.id as delivery_id, d.version_id, d.step_id, d.channel, d.variant, t.at
        from delivery as d cross join lateral (${TOUCHES[touch]}) as t
       where d.campaign_id = ${values.bind(campaignId, 'uuid')} and not d.is_control and t.at > ${from} - ${reach} and t.at < ${to} and t.at <= ${at}),
    achieved as materialized (
      select e.id, e.person_id, e.occurred_at, ${amount} as amount
        from (select distinct t.person_id from touch as t) as q join person as p on p.id = q.person_id
        join event as e on e.person_id = q.person_id and e.name = ${values.bind(goal.event, 'text')} and e.occurred_at >= ${from} and e.occurred_at < ${to} and e.occurred_at <= ${at}
       where ${filters.length > 0 ? filters.join(' and ') : 'true'}),
    credit as materialized (
      select distinct on (a.person_id, a.id) a.id, a.person_id, a.amount, t.version_id, t.step_id, t.channel, t.variant
        from achieved as a join touch as t on t.person_id = a.person_id and t.at <= a.occurred_at and t.at > a.occurred_at - ${reach}
       order by a.person_id, a.id, t.at desc, t.delivery_id desc),
    touched as (select t.version_id, t.step_id, t.channel, t.variant, count(distinct t.person_id)::int as people from touch as t group by 1, 2, 3, 4),
    summed as (select c.version_id, c.step_id, c.channel, c.variant, count(distinct c.person_id)::int as people, count(*)::int as events, sum(c.amount)::text as value from credit as c group by 1, 2, 3, 4)
    select t.version_id as "versionId", t.step_id as "stepId", t.channel, t.variant, t.people as touched, coalesce(s.people, 0) as credited, coalesce(s.events, 0) as events, s.value
      from touched as t left join summed as s using (version_id, step_id, channel, variant)
     order by t.version_id, t.step_id, t.channel, t.variant`, values.list);
}

const WORDS = {
  en: 'Credited: it came after the last touch. That is not what the message caused, which only the comparison with a control can say.',
  ko: '마지막 접촉 뒤에 일어난 일을 그 메시지의 기여로 센 수치예요. 메시지가 만든 효과는 아니며, 효과는 대조군과 비교해야 알 수 있어요.',
};

async function readAttribution(asked: AskedCampaign, query: { goal?: string | undefined; touch: Touch; days: number; from?: string | undefined; to?: string | undefined; zone?: string | undefined }): Promise<Attribution> {
  const { tx, now, timeZone, campaign, versions } = asked;
  const period = periodOf(query, asked);
  refuseUnknownGoal(versions, query.goal);
  const newest = versions.findLast((version) => goalOf(version, query.goal) !== null);
  const goal = newest ? goalOf(newest, query.goal) : null;
  const by = newest && goal ? metBy(newest, goal) : null;
  const event = by && 'event' in by ? by : null;
  const found = event ? await creditOf(tx, { campaignId: campaign.id, goal: event, touch: query.touch, days: query.days, period, now, timeZone }) : [];
  const numbers = new Map(versions.map(({ id, number }) => [id, number]));
  return {
    campaignId: campaign.id, asOf: now.toISOString(), period: periodView(period), touch: query.touch, days: query.days, words: WORDS,
    goal: goal && { key: goal.key, name: goal.name, currency: goal.value?.currency ?? null, countable: event !== null },
    items: found.map(({ versionId, value, ...item }) => ({ version: numbers.get(versionId)!, ...item, value: goal!.value ? Number(value ?? 0) : null })),
  };
}

/** Which message got the credit for goal events, by the last click or the last message before each. Beside lift, and never called so. */
export const attribution = campaignReport({
  name: 'attribution',
  query: AttributionQuery,
  columns: [
    { name: 'version', type: 'integer' }, { name: 'step', type: 'text' }, { name: 'channel', type: 'text' }, { name: 'variant', type: 'text' }, { name: 'goal', type: 'text' }, { name: 'touch', type: 'text' },
    { name: 'touched_people', type: 'integer' }, { name: 'credited_people', type: 'integer' }, { name: 'credited_events', type: 'integer' }, { name: 'credited_value', type: 'number' }, { name: 'currency', type: 'text' },
  ],
  read: readAttribution,
  rows: ({ items, goal, touch }) => items.map((item) => ({
    version: item.version, step: item.stepId, channel: item.channel, variant: item.variant, goal: goal?.key ?? null, touch, touched_people: item.touched, credited_people: item.credited,
    credited_events: item.events, credited_value: item.value, currency: goal?.currency ?? null,
  })),
});
