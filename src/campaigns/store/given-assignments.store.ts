import { announceEngagement } from '../../people/store/change.store.js';
import { rows, type Db } from '../../platform/database/db.js';

/** One assignment made elsewhere. */
export interface GivenAssignment {
  index: number;
  personId: string | null;
  externalId: string | null;
  variant: string;
  isControl: boolean;
  at: Date;
}

/** What the database knew: the person (null: unknown), the arm stored before, and whether this row stored one now. */
export interface GivenOutcome {
  index: number;
  personId: string | null;
  /** The arm this person has; null when another transaction is storing one at this moment. */
  has: string | null;
  stored: boolean;
}

export interface GivenSet {
  experimentId: string;
  campaignId: string;
  given: readonly GivenAssignment[];
}

/**
 * Stores assignments given from outside. The first one of a person wins, within the set as well; people that were merged
 * are found under their survivor. One statement for the set, and one that announces it.
 */
export async function storeGiven(tx: Db, { experimentId, campaignId, given }: GivenSet, now: Date): Promise<{ outcomes: GivenOutcome[]; announced: boolean }> {
  const outcomes = await rows<GivenOutcome>(tx, `
    with found as materialized (
      select g.index, g.variant, g.is_control, g.at, coalesce(p.id, m.into_id, i.person_id) as person_id
        from unnest($3::int[], $4::uuid[], $5::text[], $6::text[], $7::boolean[], $8::timestamptz[])
          as g (index, person_id, external_id, variant, is_control, at)
        left join person as p on p.id = g.person_id
        left join person_merge as m on m.from_id = g.person_id and p.id is null
        left join person_identity as i on i.kind = 'user_id' and i.value = g.external_id),
    firsts as materialized (
      select distinct on (f.person_id) f.person_id, f.index, f.variant, f.is_control, f.at
        from found as f where f.person_id is not null order by f.person_id, f.index),
    known as materialized (
      select a.person_id, a.variant from firsts as f join assignment as a on a.experiment_id = $1 and a.person_id = f.person_id),
    added as (
      insert into assignment (experiment_id, person_id, campaign_id, variant, is_control, bucket, source, assigned_at)
      select $1, f.person_id, $2, f.variant, f.is_control, null, 'external', f.at
        from firsts as f where not exists (select from known as k where k.person_id = f.person_id)
       order by f.person_id
      on conflict (experiment_id, person_id) do nothing
      returning person_id, variant)
    select f.index, f.person_id as "personId", coalesce(k.variant, n.variant) as has, n.person_id is not null and o.index = f.index as stored
      from found as f
      left join firsts as o on o.person_id = f.person_id
      left join known as k on k.person_id = f.person_id
      left join added as n on n.person_id = f.person_id`,
  [experimentId, campaignId, given.map((g) => g.index), given.map((g) => g.personId), given.map((g) => g.externalId), given.map((g) => g.variant), given.map((g) => g.isControl), given.map((g) => g.at)]);
  const announced = await announceEngagement(tx, outcomes.flatMap(({ personId, stored }) => (stored ? [{ personId: personId!, campaignId }] : [])), now);
  return { outcomes, announced };
}

const ANNOUNCED_AT_ONCE = 5_000;

/** Announces everybody assigned in a campaign: another version may count their outcomes by another goal. */
export async function announceAssigned(tx: Db, campaignId: string, now: Date): Promise<void> {
  await rows(tx, `
    select announce_engagement($2::timestamptz, array_agg(p.person_id), array[$1::uuid])
      from (select a.person_id, (row_number() over (order by a.person_id) - 1) / ${ANNOUNCED_AT_ONCE} as part
              from experiment as x join assignment as a on a.experiment_id = x.id where x.campaign_id = $1::uuid) as p
     group by p.part`, [campaignId, now]);
}

export interface AssignmentListQuery {
  campaignId: string;
  personId?: string;
  /** Step. */
  experiment?: string;
  limit: number;
  after: { experimentId: string; personId: string } | null;
}

export interface ListedAssignment {
  experimentId: string;
  experiment: string;
  personId: string;
  variant: string;
  isControl: boolean;
  source: 'hash' | 'external' | 'override' | 'choice';
  assignedAt: Date;
}

/** By experiment and person; one row more than asked for when there are more. */
export function listAssignments(db: Db, query: AssignmentListQuery): Promise<ListedAssignment[]> {
  return rows<ListedAssignment>(db, `
    select a.experiment_id as "experimentId", e.step_id as experiment, a.person_id as "personId", a.variant, a.is_control as "isControl",
           a.source, a.assigned_at as "assignedAt"
      from experiment as e join assignment as a on a.experiment_id = e.id
     where e.campaign_id = $1 and ($2::uuid is null or a.person_id = $2) and ($3::text is null or e.step_id = $3)
       and ($4::uuid is null or (a.experiment_id, a.person_id) > ($4::uuid, $5::uuid))
     order by a.experiment_id, a.person_id limit $6`,
  [query.campaignId, query.personId ?? null, query.experiment ?? null, query.after?.experimentId ?? null, query.after?.personId ?? null, query.limit + 1]);
}
