import type { HoldoutGoal } from '../../contract/holdout.js';
import { exists, row, rows, type Db } from '../../platform/database/db.js';
import type { ActiveHoldout } from '../domain/holdouts.js';

/** Holdouts that keep people out now, the oldest first. */
export function activeHoldouts(db: Db): Promise<ActiveHoldout[]> {
  return rows<ActiveHoldout>(db, `
    select h.id, h.name, h.basis_points as "basisPoints", h.salt, h.campaign_ids as "campaignIds", h.except_ids as "exceptIds"
      from holdout as h where h.ended_at is null order by h.since, h.id`);
}

/** What is on record: person → holdout → kept out. */
export async function recordedSides(db: Db, holdoutIds: readonly string[], personIds: readonly string[]): Promise<Map<string, Map<string, boolean>>> {
  const found = await rows<{ holdoutId: string; personId: string; held: boolean }>(db, `
    select h.holdout_id as "holdoutId", h.person_id as "personId", h.held from holdout_person as h
     where h.person_id = any($2::uuid[]) and h.holdout_id = any($1::uuid[])`, [holdoutIds, personIds]);
  const sides = new Map<string, Map<string, boolean>>();
  for (const { holdoutId, personId, held } of found) sides.set(personId, (sides.get(personId) ?? new Map<string, boolean>()).set(holdoutId, held));
  return sides;
}

export interface NewSide { holdoutId: string; personId: string; held: boolean; open: boolean }

/** Records the sides of people considered for the first time; a record that is there stays. */
export async function recordSides(tx: Db, campaignId: string, sides: readonly NewSide[], now: Date): Promise<void> {
  if (sides.length === 0) return;
  const given = <K extends keyof NewSide>(key: K) => sides.map((side) => side[key]);
  await rows(tx, `
    insert into holdout_person (holdout_id, person_id, held, open, source, campaign_id, at)
    select s.holdout_id, s.person_id, s.held, s.open, 'hash', $1, $2::timestamptz
      from unnest($3::uuid[], $4::uuid[], $5::boolean[], $6::boolean[]) as s (holdout_id, person_id, held, open)
     order by s.person_id, s.holdout_id on conflict do nothing`, [campaignId, now, given('holdoutId'), given('personId'), given('held'), given('open')]);
}

/** Puts a person on a side by hand. */
export async function overrideSide(tx: Db, side: { holdoutId: string; personId: string; held: boolean }, now: Date): Promise<void> {
  await rows(tx, `
    insert into holdout_person as h (holdout_id, person_id, held, open, source, campaign_id, at) values ($1, $2, $3, true, 'override', null, $4::timestamptz)
    on conflict (holdout_id, person_id) do update set held = excluded.held, source = 'override'`, [side.holdoutId, side.personId, side.held, now]);
}

export interface HoldoutRow {
  id: string; name: string; percent: number; campaignIds: string[] | null; exceptCampaignIds: string[]; goal: HoldoutGoal;
  since: Date; createdBy: string; endedAt: Date | null; endedBy: string | null;
}

const COLUMNS = `h.id, h.name, h.basis_points / 100.0::float8 as percent, h.campaign_ids as "campaignIds", h.except_ids as "exceptCampaignIds", h.goal, h.since, h.created_by as "createdBy", h.ended_at as "endedAt", h.ended_by as "endedBy"`;

/** Holdouts with how many people were considered and kept out; those under way first, then the newest. @param id only this one: the people of the others are not counted */
export function listHoldouts(db: Db, id: string | null = null): Promise<(HoldoutRow & { held: number; considered: number })[]> {
  return rows(db, `
    select ${COLUMNS}, counted.held, counted.considered
      from holdout as h
     cross join lateral (select count(*)::int as considered, count(*) filter (where p.held)::int as held from holdout_person as p where p.holdout_id = h.id) as counted
     where $1::uuid is null or h.id = $1::uuid
     order by h.ended_at is not null, h.since desc, h.id`, [id]);
}

export const isHoldout = (db: Db, id: string): Promise<boolean> => exists(db, 'select from holdout as h where h.id = $1', [id]);

/** One holdout, held until commit. */
export const lockHoldout = (tx: Db, id: string): Promise<HoldoutRow | null> => row<HoldoutRow>(tx, `select ${COLUMNS} from holdout as h where h.id = $1 for update`, [id]);

export async function insertHoldout(tx: Db, { id, name, percent, campaignIds, exceptCampaignIds, goal, since, createdBy }: Omit<HoldoutRow, 'endedAt' | 'endedBy'>): Promise<void> {
  await rows(tx, `
    insert into holdout (id, name, basis_points, salt, campaign_ids, except_ids, goal, since, created_by)
    values ($1::uuid, $2, $3, 'holdout:' || $1::text, $4::uuid[], $5::uuid[], $6::jsonb, $7::timestamptz, $8)`, [id, name, Math.round(percent * 100), campaignIds, exceptCampaignIds, JSON.stringify(goal), since, createdBy]);
}

export async function changeHoldout(tx: Db, id: string, { name, exceptCampaignIds }: { name?: string; exceptCampaignIds?: string[] }): Promise<void> {
  await rows(tx, 'update holdout as h set name = coalesce($2, h.name), except_ids = coalesce($3::uuid[], h.except_ids) where h.id = $1', [id, name ?? null, exceptCampaignIds ?? null]);
}

export async function endHoldout(tx: Db, id: string, by: string, now: Date): Promise<void> {
  await rows(tx, 'update holdout as h set ended_at = $3::timestamptz, ended_by = $2 where h.id = $1 and h.ended_at is null', [id, by, now]);
}

/** Those of the ids that are no campaigns. */
export async function unknownCampaigns(db: Db, ids: readonly string[]): Promise<string[]> {
  const found = await rows<{ id: string }>(db, `select asked.id from unnest($1::uuid[]) as asked (id) where not exists (select from campaign as c where c.id = asked.id)`, [ids]);
  return found.map(({ id }) => id);
}

/** People of a holdout by id, those on one side or all. */
export function holdoutPeople(db: Db, holdoutId: string, { held, after, limit }: { held?: boolean; after: string | null; limit: number }) {
  return rows<{ personId: string; held: boolean; override: boolean; campaignId: string | null; at: Date }>(db, `
    select h.person_id as "personId", h.held, h.source = 'override' as override, h.campaign_id as "campaignId", h.at from holdout_person as h
     where h.holdout_id = $1 and ($2::boolean is null or h.held = $2) and ($3::uuid is null or h.person_id > $3::uuid) order by h.person_id limit $4`, [holdoutId, held ?? null, after, limit]);
}
