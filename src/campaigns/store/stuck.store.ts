import { rows, type Db } from '../../platform/database/db.js';
import { STUCK, type StuckKind } from '../domain/stuck.js';

/** People who wait at one step for one reason. */
export interface StuckGroup { stepId: string; kind: StuckKind; count: number; since: string }
export interface StuckPerson { runId: string; personId: string; externalId: string | null; email: string | null; stepId: string; kind: StuckKind; since: string }

const at = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const before = (kind: StuckKind): string => `$2::timestamptz - interval '${STUCK[kind].minutes} minutes'`;

/** Everybody of a campaign who waits longer than their step should take, each once for each reason; by indexes of the campaign. */
const FOUND = `
  select e.id as run_id, e.person_id, e.step_id, case c.state when 'paused' then 'held' else 'overdue' end as kind, e.due_at as since
    from enrollment as e join campaign as c on c.id = e.campaign_id
   where e.campaign_id = $1 and e.state = 'active' and e.due_at <= case c.state when 'paused' then ${before('held')} else ${before('overdue')} end
  union all
  select e.id, e.person_id, e.step_id, 'endless', e.step_arrived_at
    from enrollment as e where e.campaign_id = $1 and e.state = 'active' and e.due_at is null and e.step_arrived_at <= ${before('endless')}
  union all
  select d.enrollment_id, d.person_id, d.step_id, case when d.channel = 'in_app' then 'never_shown' when d.reason is not null then 'put_off' else 'not_sent' end, d.queued_at
    from delivery as d
   where d.campaign_id = $1 and not d.is_control
     and ((d.channel = 'in_app' and d.state = 'sent' and d.queued_at <= ${before('never_shown')})
       or (d.channel <> 'in_app' and d.state = 'queued' and d.fallback_of is null and d.queued_at <= case when d.reason is null then ${before('not_sent')} else ${before('put_off')} end and (d.reason is not null or d.due_at <= ${before('not_sent')})))`;

/** How many wait where, why, and since when the first of them, the most first. */
export const stuckGroups = (db: Db, campaignId: string, now: Date): Promise<StuckGroup[]> => rows(db, `
  select s.step_id as "stepId", s.kind, count(*)::int as count, ${at('min(s.since)')} as since from (${FOUND}) as s group by 1, 2 order by 3 desc, 1, 2`, [campaignId, now]);

/** The people of one group, those who wait longest first. */
export const stuckPeople = (db: Db, campaignId: string, { now, kind, stepId, after, limit }: { now: Date; kind: StuckKind; stepId: string; after: { at: string; id: string } | null; limit: number }): Promise<StuckPerson[]> => rows(db, `
  select s.run_id as "runId", s.person_id as "personId", p.external_id as "externalId", p.email, s.step_id as "stepId", s.kind, ${at('s.since')} as since
    from (${FOUND}) as s left join person as p on p.id = s.person_id
   where s.kind = $3 and s.step_id = $4 and ($5::timestamptz is null or (date_trunc('milliseconds', s.since), s.run_id) > ($5::timestamptz, $6::uuid))
   order by date_trunc('milliseconds', s.since), s.run_id limit $7`, [campaignId, now, kind, stepId, after?.at ?? null, after?.id ?? null, limit]);
