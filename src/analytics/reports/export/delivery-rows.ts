import type { Column } from '../report.js';
import type { RowQuestion } from './raw-rows.js';

const text = (...names: string[]) => names.map((name): Column => ({ name, type: 'text' }));
const instant = (...names: string[]) => names.map((name): Column => ({ name, type: 'instant' }));

/** One row a delivery, its reactions folded into it: the best evidence of each kind and when it first came. No addresses, no contents. */
export const DELIVERY_COLUMNS: Column[] = [
  ...text('delivery_id', 'run_id', 'person_id', 'external_id'), { name: 'version', type: 'integer' }, ...text('step', 'channel', 'variant'), { name: 'is_control', type: 'boolean' },
  ...text('language', 'topic', 'state', 'reason'), { name: 'attempts', type: 'integer' }, ...text('email_domain', 'relay', 'refusal'), ...instant('queued_at', 'due_at', 'sent_at', 'settled_at'),
  ...text('opened'), ...instant('opened_at'), ...text('clicked'), ...instant('clicked_at'), { name: 'clicks', type: 'integer' }, ...instant('impression_at'), { name: 'dwell_ms', type: 'number' },
  ...instant('dismissed_at', 'replied_at', 'unsubscribed_at', 'complained_at', 'bounced_at'), { name: 'score', type: 'integer' }, { name: 'choices', type: 'json' }, ...text('answer'),
];

const BEST = `case min(case e.verdict when 'human' then 0 when 'unknown' then 1 else 2 end) filter (where e.kind = `;
const verdict = (kind: string) => `${BEST}'${kind}') when 0 then 'human' when 1 then 'unknown' when 2 then 'machine' end`;
const first = (kind: string) => `min(e.at) filter (where e.kind = '${kind}')`;

export const deliveryRows = (campaignId: string): RowQuestion => ({
  sql: `
  select d.id as delivery_id, d.enrollment_id as run_id, d.person_id, p.external_id, v.number as version, d.step_id as step, d.channel, d.variant, d.is_control, d.language, d.topic, d.state, d.reason,
         d.attempts, lower(substring(d.address from '@([^@]+)$')) as email_domain, coalesce(y.name, d.relay) as relay, d.refusal, d.queued_at, d.due_at, d.sent_at, d.settled_at,
         r.opened, r.opened_at, r.clicked, r.clicked_at, coalesce(r.clicks, 0) as clicks, r.impression_at, r.dwell_ms, r.dismissed_at, r.replied_at, r.unsubscribed_at, r.complained_at, r.bounced_at,
         a.score, a.choices, a.text as answer
    from delivery as d
    join campaign_version as v on v.id = d.version_id
    left join person as p on p.id = d.person_id
    left join relay as y on y.id::text = d.relay
    left join message_answer as a on a.delivery_id = d.id and a.person_id = d.person_id
    left join lateral (
      select ${verdict('open')} as opened, ${first('open')} as opened_at, ${verdict('click')} as clicked, ${first('click')} as clicked_at, count(*) filter (where e.kind = 'click')::int as clicks,
             ${first('impression')} as impression_at, min((e.data ->> 'dwell')::float8) filter (where e.kind = 'impression' and jsonb_typeof(e.data -> 'dwell') = 'number') as dwell_ms,
             ${first('dismiss')} as dismissed_at, ${first('reply')} as replied_at, ${first('unsubscribe')} as unsubscribed_at, ${first('complaint')} as complained_at, ${first('bounce')} as bounced_at
        from delivery_event as e where e.delivery_id = d.id and e.person_id = d.person_id) as r on true
   where d.campaign_id = $1
   order by d.version_id, d.step_id, d.variant, d.state, d.id`,
  values: [campaignId],
});
