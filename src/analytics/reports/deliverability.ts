import { DeliverabilityQuery, type DeliverabilityReport } from '../../contract/reports/workspace.js';
import { kindOf } from '../../delivery/returns/domain/classify.js';
import { BOUNCE_CATEGORIES } from '../../delivery/returns/domain/notice.js';
import { rows, type Db } from '../../platform/database/db.js';
import { periodOf, periodView, rateOf, workspaceReport, type Asked, type Period } from './report.js';

type Counts = DeliverabilityReport['total'];
interface Cell extends Counts { domain: string | null; relay: string | null }

const COUNTS = ['tried', 'sent', 'delivered', 'hardBounced', 'softBounced', 'blocked', 'failed', 'complained', 'uncertain', 'deferred', 'retried'] as const satisfies (keyof Counts)[];
const categories = (kind: 'hard' | 'block') => BOUNCE_CATEGORIES.filter((category) => kindOf(category) === kind);

/**
 * E-mails that were queued in the period and tried, by the domain they went to and the relay that took the last try. A message is one
 * of: accepted (delivered, or bounced), blocked, failed, uncertain or still waiting. What a bounce was comes from the relay's refusal or
 * from the report that came back later. Whoever was erased or not tried has no domain.
 */
const cellsOf = (db: Db, { from, to }: Period, campaigns: readonly string[] | null): Promise<Cell[]> => rows(db, `
  with tried as materialized (
    select d.id, d.person_id, d.state, d.attempts, d.refusal, lower(substring(d.address from '@([^@]+)$')) as domain, coalesce(r.name, d.relay) as relay
      from delivery as d left join relay as r on r.id::text = d.relay
     where d.channel = 'email' and d.attempts > 0 and d.queued_at >= $1::timestamptz and d.queued_at < $2::timestamptz and ($3::uuid[] is null or d.campaign_id = any($3))),
  told as (
    select e.delivery_id, bool_or(e.kind = 'complaint') as complaint, bool_or(e.data ->> 'kind' = 'hard' or e.data ->> 'class' = any($4::text[])) as hard, bool_or(e.data ->> 'kind' = 'block' or e.data ->> 'class' = any($5::text[])) as block
      from tried as t join delivery_event as e on e.person_id = t.person_id and e.delivery_id = t.id and e.kind in ('bounce', 'complaint') group by e.delivery_id),
  judged as (
    select t.*, coalesce(o.complaint, false) as complaint,
           case when t.state not in ('bounced', 'failed') then null
                when t.refusal = any($5::text[]) or coalesce(o.block, false) then 'block'
                when t.state = 'failed' then 'failed'
                when t.refusal = any($4::text[]) or coalesce(o.hard, false) then 'hard' else 'soft' end as fault
      from tried as t left join told as o on o.delivery_id = t.id)
  select j.domain, j.relay, count(*)::int as tried, count(*) filter (where j.state in ('sent', 'delivered') or (j.state = 'bounced' and j.refusal is null))::int as sent,
         count(*) filter (where j.state in ('sent', 'delivered'))::int as delivered,
         count(*) filter (where j.fault = 'hard')::int as "hardBounced", count(*) filter (where j.fault = 'soft')::int as "softBounced",
         count(*) filter (where j.fault = 'block')::int as blocked, count(*) filter (where j.fault = 'failed')::int as failed,
         count(*) filter (where j.complaint)::int as complained, count(*) filter (where j.state = 'uncertain')::int as uncertain,
         count(*) filter (where j.state in ('queued', 'sending'))::int as deferred, count(*) filter (where j.attempts > 1)::int as retried
    from judged as j group by j.domain, j.relay`, [from, to, campaigns, categories('hard'), categories('block')]);

const OTHER = 'other';

/** Sums cells under the same names, most messages first; domains behind the first `top` share one row. */
function grouped(cells: Cell[], by: string, top: number): Cell[] {
  const sums = new Map<string, Cell>();
  const add = (domain: string | null, relay: string | null, cell: Counts) => {
    const key = JSON.stringify([domain, relay]);
    const sum = sums.get(key) ?? { domain, relay, ...zeros() };
    for (const name of COUNTS) sum[name] += cell[name];
    sums.set(key, sum);
  };
  const volume = new Map<string | null, number>();
  for (const { domain, tried } of cells) volume.set(domain, (volume.get(domain) ?? 0) + tried);
  const first = new Set([...volume].toSorted((a, b) => b[1] - a[1] || (a[0] ?? '').localeCompare(b[0] ?? '')).slice(0, top).map(([domain]) => domain));
  for (const cell of cells) add(by === 'relay' ? null : first.has(cell.domain) ? cell.domain : OTHER, by === 'domain' ? null : cell.relay, cell);
  return [...sums.values()].toSorted((a, b) => b.tried - a.tried || (a.domain ?? '').localeCompare(b.domain ?? '') || (a.relay ?? '').localeCompare(b.relay ?? ''));
}

const zeros = () => Object.fromEntries(COUNTS.map((name) => [name, 0])) as unknown as Counts;

async function readDeliverability(asked: Asked, query: { from?: string; to?: string; zone?: string; campaigns?: string[]; by: 'domain' | 'relay' | 'domain_and_relay'; top: number }): Promise<DeliverabilityReport> {
  const period = periodOf(query, asked);
  const cells = await cellsOf(asked.tx, period, query.campaigns ?? null);
  const total = zeros();
  for (const cell of cells) for (const name of COUNTS) total[name] += cell[name];
  const items = grouped(cells, query.by, query.top).map((cell) => {
    const of = (count: number) => rateOf(count, cell.tried);
    return { ...cell, rates: { delivered: of(cell.delivered), hardBounced: of(cell.hardBounced), softBounced: of(cell.softBounced), blocked: of(cell.blocked), complained: rateOf(cell.complained, cell.delivered) } };
  });
  return { asOf: asked.now.toISOString(), period: periodView(period), by: query.by, total, items };
}

const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** What became of e-mail, by where it went and who relayed it. */
export const deliverability = workspaceReport({
  name: 'deliverability',
  query: DeliverabilityQuery,
  columns: [{ name: 'domain', type: 'text' as const }, { name: 'relay', type: 'text' as const }, ...COUNTS.map((name) => ({ name: snake(name), type: 'integer' as const }))],
  read: readDeliverability,
  rows: ({ items }) => items.map((item) => ({ domain: item.domain, relay: item.relay, ...Object.fromEntries(COUNTS.map((name) => [snake(name), item[name]])) })),
});
