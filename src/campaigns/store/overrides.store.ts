import { newId } from '../../kernel/ids.js';
import { row, rows, type Db } from '../../platform/database/db.js';
import type { ArmHistory } from '../domain/arm-then.js';

/** An arm of an experiment that somebody gave a person to try it out. */
export interface Override {
  id: string; experimentId: string; personId: string; externalId: string | null; email: string | null; name: string | null;
  variant: string; /** What they had before; null: nothing. */ beforeVariant: string | null; setBy: string; setAt: Date; endedBy: string | null; endedAt: Date | null;
}

const OVERRIDE = `o.id, o.experiment_id as "experimentId", o.person_id as "personId", p.external_id as "externalId", p.email,
  coalesce(p.attributes ->> 'name', nullif(concat_ws(' ', p.attributes ->> 'firstName', p.attributes ->> 'lastName'), '')) as name,
  o.variant, o.before_variant as "beforeVariant", o.set_by as "setBy", o.set_at as "setAt", o.ended_by as "endedBy", o.ended_at as "endedAt"`;
const FROM = 'experiment_override as o left join person as p on p.id = o.person_id';

/** The one in force; null when there is none. */
export const openOverride = (db: Db, experimentId: string, personId: string): Promise<Override | null> => row(db, `
  select ${OVERRIDE} from ${FROM} where o.experiment_id = $1 and o.person_id = $2 and o.ended_at is null`, [experimentId, personId]);

/** Newest first. @param open only those in force */
export const listOverrides = (db: Db, { experimentId, open, before, limit }: { experimentId: string; open: boolean; before: string | null; limit: number }): Promise<Override[]> => rows(db, `
  select ${OVERRIDE} from ${FROM} where o.experiment_id = $1 and (not $2::boolean or o.ended_at is null) and ($3::uuid is null or o.id < $3) order by o.id desc limit $4`, [experimentId, open, before, limit]);

/** How many are in force. */
export const countOverrides = async (db: Db, experimentId: string): Promise<number> => (await row<{ count: number }>(db, 'select count(*)::int as count from experiment_override as o where o.experiment_id = $1 and o.ended_at is null', [experimentId]))!.count;

export async function insertOverride(tx: Db, one: { experimentId: string; campaignId: string; personId: string; variant: string; beforeVariant: string | null; by: string }, now: Date): Promise<void> {
  await rows(tx, `
    insert into experiment_override (id, experiment_id, campaign_id, person_id, variant, before_variant, set_by, set_at) values ($1, $2, $3, $4, $5, $6, $7, $8::timestamptz)`,
  [newId(), one.experimentId, one.campaignId, one.personId, one.variant, one.beforeVariant, one.by, now]);
}

export const endOverride = (tx: Db, id: string, by: string, now: Date): Promise<unknown> => rows(tx, 'update experiment_override as o set ended_by = $2, ended_at = $3::timestamptz where o.id = $1', [id, by, now]);

/** The arm somebody has, locked: whoever assigns waits. */
export const lockAssigned = (tx: Db, experimentId: string, personId: string): Promise<{ variant: string } | null> => row(tx, `
  select a.variant from assignment as a where a.experiment_id = $1 and a.person_id = $2 for update`, [experimentId, personId]);

/** Stores an arm that was not drawn; from then on the person is in no comparison of this experiment. */
export async function storeApart(tx: Db, one: { experimentId: string; campaignId: string; personId: string; variant: string; isControl: boolean }, now: Date): Promise<void> {
  await rows(tx, `
    insert into assignment (experiment_id, person_id, campaign_id, variant, is_control, bucket, source, assigned_at) values ($1, $2, $3, $4, $5, null, 'override', $6::timestamptz)
    on conflict (experiment_id, person_id) do update set variant = excluded.variant, is_control = excluded.is_control, source = 'override'`,
  [one.experimentId, one.personId, one.campaignId, one.variant, one.isControl, now]);
}

/** Forgets an arm of somebody who never came to its step. @returns whether it is forgotten */
export async function forgetUnused(tx: Db, { experimentId, campaignId, stepId, personId }: { experimentId: string; campaignId: string; stepId: string; personId: string }): Promise<boolean> {
  const gone = await rows(tx, `
    delete from assignment as a where a.experiment_id = $1 and a.person_id = $2
       and not exists (select from delivery as d where d.campaign_id = $3 and d.experiment_id = $1 and d.person_id = $2)
       and not exists (select from enrollment as e join step_visit as v on v.enrollment_id = e.id and v.person_id = e.person_id and v.step_id = $4 where e.campaign_id = $3 and e.person_id = $2)
    returning 1`, [experimentId, personId, campaignId, stepId]);
  return gone.length > 0;
}

interface AssignedThen { experimentId: string; personId: string; variant: string; at: Date }
interface ByHandThen extends Omit<AssignedThen, 'at'> { before: string | null; since: Date; endedAt: Date | null }

/** What is recorded of the arms of these people, with what was given by hand and how long it held; only of those of whom something is. */
export async function armHistories(db: Db, experimentIds: readonly string[], personIds: readonly string[]): Promise<(ArmHistory & { experimentId: string; personId: string })[]> {
  const assigned = await rows<AssignedThen>(db, `
    select a.experiment_id as "experimentId", a.person_id as "personId", a.variant, a.assigned_at as at from assignment as a where a.experiment_id = any($1::uuid[]) and a.person_id = any($2::uuid[])`, [experimentIds, personIds]);
  const byHand = await rows<ByHandThen>(db, `
    select o.experiment_id as "experimentId", o.person_id as "personId", o.variant, o.before_variant as before, o.set_at as since, o.ended_at as "endedAt"
      from experiment_override as o where o.experiment_id = any($1::uuid[]) and o.person_id = any($2::uuid[]) order by o.set_at, o.id`, [experimentIds, personIds]);
  const keyOf = ({ experimentId, personId }: { experimentId: string; personId: string }): string => `${experimentId} ${personId}`;
  const found = new Map(assigned.map(({ variant, at, ...of }) => [keyOf(of), { ...of, assigned: { variant, at: at.getTime() } as ArmHistory['assigned'], byHand: [] as ArmHistory['byHand'][number][] }]));
  for (const { experimentId, personId, since, endedAt, ...given } of byHand) {
    const key = keyOf({ experimentId, personId });
    const of = found.get(key) ?? { experimentId, personId, assigned: null, byHand: [] };
    found.set(key, of);
    of.byHand.push({ ...given, since: since.getTime(), endedAt: endedAt?.getTime() ?? null });
  }
  return [...found.values()];
}
