import { drawOf } from '../../kernel/bucket.js';
import { row, rows, type Db } from '../../platform/database/db.js';
import { keepPlanForOne } from '../../platform/database/kept-plans.js';
import type { PublishedExperiment } from '../domain/published.js';
import { armsFor, UNSTEERED, type GivenArm } from '../domain/steering.js';
import { unitOf } from '../domain/units.js';
import { loadSteering } from './choices.store.js';

export interface Assigned {
  /** Key of the arm; `control` for those who get nothing. */
  variant: string;
  isControl: boolean;
}

/** The arm somebody has; `given`: they do not have it yet, and would get it so. */
export interface AssignedOrGiven extends Assigned { given?: GivenArm }

export interface AssignInput {
  experiment: PublishedExperiment;
  campaignId: string;
  personIds: readonly string[];
  now: Date;
  /** The arm these people have been shown already: they get it although another would be given by now. */
  shown?: GivenArm;
}

type AssignedRow = Assigned & { personId: string };

const assign = keepPlanForOne(`
  with added as (
    insert into assignment (experiment_id, person_id, campaign_id, variant, is_control, bucket, unit, source, assigned_at)
    select $1, w.person_id, $2, w.variant, w.is_control, w.bucket, w.unit, case when w.source = 'hash' and w.person_id in (select k.person_id from canary_person as k) then 'override' else w.source end, $3::timestamptz
      from unnest($4::uuid[], $5::text[], $6::boolean[], $7::int[], $8::text[], $9::bigint[]) as w (person_id, variant, is_control, bucket, source, unit)
     order by w.person_id
    on conflict (experiment_id, person_id) do nothing
    returning 1)
  select count(*)::int as count from added`);

/** What an experiment gives to people it has not assigned yet; one with a single arm is not asked about. */
export async function currentArms(db: Db, experiment: PublishedExperiment, personIds: readonly string[]): Promise<(personId: string) => GivenArm> {
  const isTest = experiment.arms.length > 1;
  const give = armsFor(experiment, isTest ? await loadSteering(db, experiment.experimentId) : UNSTEERED);
  if (!isTest || experiment.account === undefined) return give;
  const unit = await unitsOf(db, experiment, personIds);
  return (personId) => ({ ...give(unit(personId)), unit: drawOf(experiment.salt, unit(personId)) });
}

/** What is drawn for each of these people: their account as it is now, where the experiment asks for it, else they themselves. */
export async function unitsOf(db: Db, experiment: Pick<PublishedExperiment, 'account'>, personIds: readonly string[]): Promise<(personId: string) => string> {
  if (experiment.account === undefined || personIds.length === 0) return (personId) => personId;
  const named = await rows<{ id: string; value: unknown }>(db, `
    select p.id, coalesce(p.attributes -> $2::text, p.attributes #> string_to_array($2::text, '.')) as value from person as p where p.id = any($1::uuid[])`, [personIds, experiment.account]);
  const values = new Map(named.map(({ id, value }) => [id, value]));
  return (personId) => unitOf(experiment, personId, values.get(personId));
}

/**
 * The arm of each person. A stored first assignment wins; the others get the arm of their bucket, or the one that was chosen, and
 * it is stored now; of canary people as `override`, so that no comparison counts them. Answers one entry per different person id. Everybody must be announced
 * ({@link announceEngagement}) in the same transaction, whoever had an arm before too: with it they arrive at the step, and from then on their outcomes count.
 */
export async function assignVariants(tx: Db, { experiment, campaignId, personIds, now, shown }: AssignInput): Promise<Map<string, Assigned>> {
  const people = [...new Set(personIds)];
  if (people.length === 0) return new Map();
  const give = shown ? () => shown : await currentArms(tx, experiment, people);
  const given = people.map(give);
  const added = await row<{ count: number }>(tx, assign(people.length),
  [experiment.experimentId, campaignId, now, people, given.map(({ variant }) => variant), given.map(({ isControl }) => isControl), given.map(({ bucket }) => bucket), given.map(({ source }) => source), given.map(({ unit }) => unit ?? null)]);
  // Whoever was not added has been assigned before, here or by another transaction that is committed now.
  const stored = added!.count === people.length ? [] : await loadAssigned(tx, experiment.experimentId, people);
  const assigned = new Map(people.map((id, index): [string, Assigned] => [id, { variant: given[index]!.variant, isControl: given[index]!.isControl }]));
  for (const { personId, variant, isControl } of stored) assigned.set(personId, { variant, isControl });
  return assigned;
}

const assigned = keepPlanForOne(`
  select a.person_id as "personId", a.variant, a.is_control as "isControl"
    from assignment as a where a.experiment_id = $1 and a.person_id = any($2::uuid[])`);

function loadAssigned(db: Db, experimentId: string, personIds: readonly string[]): Promise<AssignedRow[]> {
  return rows<AssignedRow>(db, assigned(personIds.length), [experimentId, personIds]);
}

/** The arm each person has, or would get now. Nothing is stored. */
export async function armsWithout(db: Db, experiment: PublishedExperiment, personIds: readonly string[]): Promise<Map<string, AssignedOrGiven>> {
  const give = await currentArms(db, experiment, personIds);
  const arms = new Map(personIds.map((id): [string, AssignedOrGiven] => {
    const given = give(id);
    return [id, { variant: given.variant, isControl: given.isControl, given }];
  }));
  for (const { personId, variant, isControl } of await loadAssigned(db, experiment.experimentId, personIds)) arms.set(personId, { variant, isControl });
  return arms;
}
