import { RefusalQuery, type RefusalReport } from '../../contract/reports/workspace.js';
import { wordsOf } from '../../kernel/reason-words.js';
import { rows, type Db } from '../../platform/database/db.js';
import type { Asked, AskedCampaign, Bucket, Period } from './report.js';
import { bucketsOf, campaignReport, periodOf, periodView, workspaceReport } from './report.js';

type Stage = 'entry' | 'step' | 'message';
interface RefusalCell { place: number; stage: Stage; code: string; count: number }

/**
 * Refusals of a period: at entry, at a step that got no delivery, and messages stopped or failed after they were decided. What was only
 * put off is none. Over all time their sum is what the results call refused.
 */
export function refusalCells(db: Db, campaignId: string | null, period: Period, starts: readonly Date[]): Promise<RefusalCell[]> {
  const of = (alias: string) => (campaignId === null ? '' : ` and ${alias}.campaign_id = $4::uuid`);
  return rows(db, `
    with refusal as (
      select d.at, 'entry' as stage, d.code from decision as d where d.stage = 'entry' and d.at >= $1::timestamptz and d.at < $2::timestamptz${of('d')}
      union all
      select min(d.at), 'step', d.code from decision as d
       where d.stage in ('step', 'exit') and d.next_check_at is null and d.at >= $1::timestamptz and d.at < $2::timestamptz${of('d')}
         and not exists (select 1 from delivery as s where s.enrollment_id = d.enrollment_id and s.step_id = d.step_id)
         and exists (select 1 from step_visit as v where v.enrollment_id = d.enrollment_id and v.person_id = d.person_id and v.step_id = d.step_id)
         and exists (select 1 from campaign_version as c where c.id = d.version_id and c.definition -> 'steps' -> d.step_id ->> 'type' = 'message')
       group by d.enrollment_id, d.step_id, d.code
      union all
      select d.settled_at, 'message', coalesce(d.reason, upper(d.state)) from delivery as d
       where d.state in ('failed', 'cancelled', 'recalled') and d.settled_at >= $1::timestamptz and d.settled_at < $2::timestamptz${of('d')})
    select width_bucket(r.at, $3::timestamptz[]) - 1 as place, r.stage, r.code, count(*)::int as count
      from refusal as r group by 1, 2, 3 order by 1, 2, 3`, [period.from, period.to, starts, ...(campaignId === null ? [] : [campaignId])]);
}

function reportOf(cells: RefusalCell[], buckets: Bucket[]): Pick<RefusalReport, 'reasons' | 'items'> {
  const sums = new Map<string, { code: string; stage: Stage; count: number }>();
  for (const { code, stage, count } of cells) {
    const sum = sums.get(`${stage} ${code}`) ?? { code, stage, count: 0 };
    sums.set(`${stage} ${code}`, { ...sum, count: sum.count + count });
  }
  return {
    reasons: [...sums.values()].map((sum) => ({ ...sum, words: wordsOf(sum.code) })).toSorted((a, b) => b.count - a.count || a.code.localeCompare(b.code)),
    items: cells.map(({ place, ...cell }) => ({ ...buckets[place]!, ...cell })),
  };
}

async function readRefusals(asked: Asked, campaignId: string | null, query: { from?: string; to?: string; zone?: string; by: 'hour' | 'day' }): Promise<RefusalReport> {
  const period = periodOf(query, asked);
  const { starts, buckets } = bucketsOf(period, query.by);
  return { asOf: asked.now.toISOString(), period: periodView(period), by: query.by, ...reportOf(await refusalCells(asked.tx, campaignId, period, starts), buckets) };
}

const shape = {
  name: 'refusals',
  query: RefusalQuery,
  columns: [
    { name: 'start', type: 'instant' as const }, { name: 'local', type: 'text' as const }, { name: 'stage', type: 'text' as const }, { name: 'code', type: 'text' as const },
    { name: 'reason_en', type: 'text' as const }, { name: 'reason_ko', type: 'text' as const }, { name: 'count', type: 'integer' as const },
  ],
  rows: ({ items }: RefusalReport) => items.map(({ start, local, stage, code, count }) => ({ start: new Date(start), local, stage, code, reason_en: wordsOf(code).en, reason_ko: wordsOf(code).ko, count })),
};

/** Why messages did not go, over time. */
export const refusals = campaignReport({ ...shape, read: (asked: AskedCampaign, query) => readRefusals(asked, asked.campaign.id, query) });
export const workspaceRefusals = workspaceReport({ ...shape, read: (asked: Asked, query) => readRefusals(asked, null, query) });
