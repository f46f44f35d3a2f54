import { rows, type Db } from '../../platform/database/db.js';

/** People with ids in (after, upTo]: a slice of a campaign that is recounted. */
export interface PeopleRange { after: string; upTo: string }
export const EVERYBODY: PeopleRange = { after: '00000000-0000-0000-0000-000000000000', upTo: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };
const within = (alias: string) => `${alias}.person_id > $2::uuid and ${alias}.person_id <= $3::uuid`;
const valuesOf = (campaignId: string, { after, upTo }: PeopleRange) => [campaignId, after, upTo];

/** One cell of the delivery ledger. */
export interface DeliveryCell { versionId: string; stepId: string; channel: string; variant: string; isControl: boolean; state: string; reason: string | null; count: number }

/** Deliveries of a campaign by version, step, variant, state and reason. */
export function deliveryCells(db: Db, campaignId: string, people: PeopleRange = EVERYBODY): Promise<DeliveryCell[]> {
  return rows(db, `
    select d.version_id as "versionId", d.step_id as "stepId", d.channel, d.variant, d.is_control as "isControl", d.state, d.reason, count(*)::int as count
      from delivery as d
     where d.campaign_id = $1 and ${within('d')}
     group by d.version_id, d.step_id, d.channel, d.variant, d.is_control, d.state, d.reason`, valuesOf(campaignId, people));
}

export interface PeopleCell { versionId: string; stepId: string; variant: string; reached: number }

/** People who got a message: an accepted e-mail that did not bounce, or an in-app message that was rendered. */
export function reachedPeople(db: Db, campaignId: string, people: PeopleRange = EVERYBODY): Promise<PeopleCell[]> {
  return rows(db, `
    select d.version_id as "versionId", d.step_id as "stepId", d.variant, count(distinct d.person_id)::int as reached
      from delivery as d
     where d.campaign_id = $1 and ${within('d')} and not d.is_control and (d.state = 'delivered' or (d.channel = 'email' and d.state = 'sent'))
     group by d.version_id, d.step_id, d.variant`, valuesOf(campaignId, people));
}

export interface VisitCell { versionId: string; stepId: string; count: number; waiting: number }

/** Runs that arrived at each step, and how many of them are still there. */
export function visitCells(db: Db, campaignId: string, people: PeopleRange = EVERYBODY): Promise<VisitCell[]> {
  return rows(db, `
    select v.version_id as "versionId", v.step_id as "stepId", count(*)::int as count, count(*) filter (where v.left_at is null)::int as waiting
      from step_visit as v
     where v.campaign_id = $1 and ${within('v')}
     group by v.version_id, v.step_id`, valuesOf(campaignId, people));
}

export interface EntryRefusalCell { code: string; count: number }

/** People refused at entry, by code; one person refused twice counts twice. */
export function entryRefusals(db: Db, campaignId: string, people: PeopleRange = EVERYBODY): Promise<EntryRefusalCell[]> {
  return rows(db, `select d.code, count(*)::int as count from decision as d where d.campaign_id = $1 and ${within('d')} and d.stage = 'entry' group by d.code`, valuesOf(campaignId, people));
}

export interface StepRefusalCell { versionId: string; stepId: string; code: string; count: number }

/** Runs that arrived at a message and got no delivery row: refused by a gate there, or ended while they stood there. */
export function stepRefusals(db: Db, campaignId: string, people: PeopleRange = EVERYBODY): Promise<StepRefusalCell[]> {
  return rows(db, `
    select d.version_id as "versionId", d.step_id as "stepId", d.code, count(distinct d.enrollment_id)::int as count
      from decision as d
     where d.campaign_id = $1 and ${within('d')} and d.stage in ('step', 'exit') and d.next_check_at is null
       and not exists (select 1 from delivery as s where s.enrollment_id = d.enrollment_id and s.step_id = d.step_id)
       and exists (select 1 from step_visit as v where v.enrollment_id = d.enrollment_id and v.person_id = d.person_id and v.step_id = d.step_id)
     group by d.version_id, d.step_id, d.code`, valuesOf(campaignId, people));
}

export interface RunCell { state: 'active' | 'completed' | 'exited' | 'cancelled'; count: number }

export function runCells(db: Db, campaignId: string, people: PeopleRange = EVERYBODY): Promise<RunCell[]> {
  return rows(db, `select e.state, count(*)::int as count from enrollment as e where e.campaign_id = $1 and ${within('e')} group by e.state`, valuesOf(campaignId, people));
}

export interface EngagementCell { versionId: string; stepId: string; variant: string; kind: string; verdict: 'human' | 'machine' | 'unknown'; count: number }

/**
 * Unique deliveries with each kind of reaction. A delivery counts once a kind, under its best evidence: human before
 * unknown before machine.
 */
export function engagementCells(db: Db, campaignId: string, people: PeopleRange = EVERYBODY): Promise<EngagementCell[]> {
  return rows(db, `
    with best as (
      select d.version_id, d.step_id, d.variant, e.kind, e.delivery_id,
             min(case e.verdict when 'human' then 0 when 'unknown' then 1 else 2 end) as rank
        from delivery as d
        join delivery_event as e on e.person_id = d.person_id and e.delivery_id = d.id
       where d.campaign_id = $1 and ${within('d')} and not d.is_control
       group by d.version_id, d.step_id, d.variant, e.kind, e.delivery_id)
    select b.version_id as "versionId", b.step_id as "stepId", b.variant, b.kind,
           case b.rank when 0 then 'human' when 1 then 'unknown' else 'machine' end as verdict, count(*)::int as count
      from best as b
     group by b.version_id, b.step_id, b.variant, b.kind, b.rank`, valuesOf(campaignId, people));
}

export interface HardBounceCell { versionId: string; stepId: string; variant: string; count: number }

/** Bounced deliveries whose address is gone for good; a bounce of which no kind was told is one. */
export function hardBounces(db: Db, campaignId: string, people: PeopleRange = EVERYBODY): Promise<HardBounceCell[]> {
  return rows(db, `
    select d.version_id as "versionId", d.step_id as "stepId", d.variant, count(distinct d.id)::int as count
      from delivery as d join delivery_event as e on e.delivery_id = d.id and e.person_id = d.person_id and e.kind = 'bounce' and coalesce(e.data ->> 'kind', 'hard') = 'hard'
     where d.campaign_id = $1 and ${within('d')} and d.state = 'bounced'
     group by d.version_id, d.step_id, d.variant`, valuesOf(campaignId, people));
}
