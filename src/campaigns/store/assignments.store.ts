import { armOf, bucketOf } from '../../kernel/bucket.js';
import { rows, type Db } from '../../platform/database/db.js';
import type { PublishedExperiment } from '../domain/published.js';

export interface Assigned {
  /** Key of the arm; `control` for those who get nothing. */
  variant: string;
  isControl: boolean;
}

export interface AssignInput {
  experiment: PublishedExperiment;
  campaignId: string;
  personIds: readonly string[];
  now: Date;
}

type AssignedRow = Assigned & { personId: string };

const byPerson = (found: readonly AssignedRow[]) => found.map(({ personId, variant, isControl }): [string, Assigned] => [personId, { variant, isControl }]);

/**
 * The arm of each person. A stored first assignment wins; the others get the arm of their bucket, and it is stored now.
 * Answers one entry per different person id.
 */
export async function assignVariants(tx: Db, { experiment, campaignId, personIds, now }: AssignInput): Promise<Map<string, Assigned>> {
  const people = [...new Set(personIds)];
  if (people.length === 0) return new Map();
  const control = new Map(experiment.arms.map((arm) => [arm.key, arm.isControl]));
  const buckets = people.map((id) => bucketOf(experiment.salt, id));
  const variants = buckets.map((bucket) => armOf(experiment.arms, bucket));
  const stored = new Map(byPerson(await rows<AssignedRow>(tx, `
    with wanted as materialized (
      select w.person_id, w.variant, w.is_control, w.bucket
        from unnest($4::uuid[], $5::text[], $6::boolean[], $7::int[]) as w (person_id, variant, is_control, bucket)),
    known as materialized (
      select a.person_id, a.variant, a.is_control
        from wanted as w join assignment as a on a.experiment_id = $1 and a.person_id = w.person_id),
    added as (
      insert into assignment (experiment_id, person_id, campaign_id, variant, is_control, bucket, source, assigned_at)
      select $1, w.person_id, $2, w.variant, w.is_control, w.bucket, 'hash', $3::timestamptz
        from wanted as w
       where not exists (select from known as k where k.person_id = w.person_id)
       order by w.person_id
      on conflict (experiment_id, person_id) do nothing
      returning person_id, variant, is_control)
    select k.person_id as "personId", k.variant, k.is_control as "isControl" from known as k
    union all
    select a.person_id, a.variant, a.is_control from added as a`,
  [experiment.experimentId, campaignId, now, people, variants, variants.map((key) => control.get(key)), buckets])));
  const raced = people.filter((id) => !stored.has(id));
  if (raced.length === 0) return stored;
  // Another transaction assigned these between our snapshot and our insert: theirs were first, and are visible now.
  return new Map([...stored, ...byPerson(await loadAssigned(tx, experiment.experimentId, raced))]);
}

function loadAssigned(db: Db, experimentId: string, personIds: readonly string[]): Promise<AssignedRow[]> {
  return rows<AssignedRow>(db, `
    select a.person_id as "personId", a.variant, a.is_control as "isControl"
      from assignment as a where a.experiment_id = $1 and a.person_id = any($2::uuid[])`, [experimentId, personIds]);
}
