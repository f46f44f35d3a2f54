import { rows, type Db } from '../../../platform/database/db.js';

/** What a list says of an auto message beside its name and state. */
export interface AutoSummary {
  id: string;
  /** Patterns of pages it is displayed on, as the draft has them; none stands for every page. */
  pages: string[];
  trigger: { type: string; seconds?: number; percent?: number; event?: string } | null;
  format: string | null;
  /** Displays, and those of them that were clicked by people: as far as results were worked off. */
  shown: number;
  clicked: number;
}

/** Drafts may be unfinished, so nothing is taken for granted about them. */
export function autoSummaries(db: Db, ids: readonly string[]): Promise<AutoSummary[]> {
  return rows<AutoSummary>(db, `
    select c.id, c.draft #> '{display,trigger}' as trigger, c.draft #>> '{message,variants,0,content,format}' as format,
           array(select p.value ->> 'pattern' from jsonb_array_elements(case when jsonb_typeof(c.draft #> '{display,page,include}') = 'array' then c.draft #> '{display,page,include}' else '[]' end) as p where p.value ->> 'pattern' <> '') as pages,
           coalesce(n.shown, 0)::float8 as shown, coalesce(n.clicked, 0)::float8 as clicked
      from campaign as c
      left join lateral (
        select sum(r.count) filter (where r.measure = 'delivery' and r.detail = 'delivered') as shown,
               sum(r.count) filter (where r.measure = 'reaction' and r.detail = 'click' and r.further = 'human') as clicked
          from result_cell as r where r.campaign_id = c.id and r.bucket is null) as n on true
     where c.id = any($1::uuid[])`, [ids]);
}
