import { row, rows, type Db } from '../../platform/database/db.js';

/** An arm of a draft's step that somebody gave a person to try it out; it holds once the draft is published. */
export interface DraftOverride { stepId: string; personId: string; externalId: string | null; email: string | null; name: string | null; variant: string; setBy: string; setAt: Date }

/** All of a campaign, by step and person: they are few. */
export const listDraftOverrides = (db: Db, campaignId: string): Promise<DraftOverride[]> => rows(db, `
  select o.step_id as "stepId", o.person_id as "personId", p.external_id as "externalId", p.email,
         coalesce(p.attributes ->> 'name', nullif(concat_ws(' ', p.attributes ->> 'firstName', p.attributes ->> 'lastName'), '')) as name,
         o.variant, o.set_by as "setBy", o.set_at as "setAt"
    from draft_override as o left join person as p on p.id = o.person_id where o.campaign_id = $1 order by o.step_id, o.set_at desc, o.person_id`, [campaignId]);

export const countDraftOverrides = async (db: Db, campaignId: string, stepId: string): Promise<number> => (await row<{ count: number }>(db, 'select count(*)::int as count from draft_override as o where o.campaign_id = $1 and o.step_id = $2', [campaignId, stepId]))!.count;

/** Adds one, or says another arm of one that is there. */
export async function putDraftOverride(tx: Db, one: { campaignId: string; stepId: string; personId: string; variant: string; by: string }, now: Date): Promise<void> {
  await rows(tx, `
    insert into draft_override (campaign_id, step_id, person_id, variant, set_by, set_at) values ($1, $2, $3, $4, $5, $6::timestamptz)
    on conflict (campaign_id, step_id, person_id) do update set variant = excluded.variant, set_by = excluded.set_by, set_at = excluded.set_at`,
  [one.campaignId, one.stepId, one.personId, one.variant, one.by, now]);
}

/** @returns the arm it gave; null when there was none */
export const dropDraftOverride = (tx: Db, campaignId: string, stepId: string, personId: string): Promise<{ variant: string } | null> => row(tx, `
  delete from draft_override as o where o.campaign_id = $1 and o.step_id = $2 and o.person_id = $3 returning o.variant`, [campaignId, stepId, personId]);

/** Takes those with these arms away and answers them. */
export const takeDraftOverrides = (tx: Db, campaignId: string, arms: readonly { stepId: string; variant: string }[]): Promise<{ stepId: string; personId: string; variant: string; setBy: string }[]> => rows(tx, `
  delete from draft_override as o using unnest($2::text[], $3::text[]) as a (step_id, variant)
   where o.campaign_id = $1 and o.step_id = a.step_id and o.variant = a.variant
  returning o.step_id as "stepId", o.person_id as "personId", o.variant, o.set_by as "setBy"`, [campaignId, arms.map(({ stepId }) => stepId), arms.map(({ variant }) => variant)]);
