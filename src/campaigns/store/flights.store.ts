import { rows, type Db } from '../../platform/database/db.js';
import type { Place } from '../domain/migration-plan.js';

/** The people who stand at one step of one version. */
export interface FlightFacts extends Place {
  number: number;
  people: number;
  /** Whose moment has come. */
  dueNow: number;
  /** When the others go on. */
  first: Date | null;
  last: Date | null;
  /** Who wait for a condition as well. */
  hoping: number;
}

/** Everybody in flight, by where they stand: one row a step with people at it. */
export function flightsOf(db: Db, campaignId: string, now: Date): Promise<FlightFacts[]> {
  return rows<FlightFacts>(db, `
    select v.id as "versionId", v.number, e.step_id as "stepId", count(*)::int as people, count(*) filter (where e.due_at <= $2::timestamptz)::int as "dueNow",
           min(e.due_at) filter (where e.due_at > $2::timestamptz) as first, max(e.due_at) filter (where e.due_at > $2::timestamptz) as last, count(*) filter (where e.waiting)::int as hoping
      from campaign_version as v join enrollment as e on e.version_id = v.id and e.state = 'active'
     where v.campaign_id = $1 and e.step_id is not null
     group by v.id, v.number, e.step_id`, [campaignId, now]);
}

/** When people of one zone came to the step they wait at. */
export interface Arrivals extends Place { zone: string | null; people: number; first: Date; last: Date }

/** Arrivals by zone at places whose wait is to be counted again. Who has not arrived there yet does not wait. */
export function arrivalsAt(db: Db, places: readonly Place[]): Promise<Arrivals[]> {
  return rows<Arrivals>(db, `
    select e.version_id as "versionId", e.step_id as "stepId", p.time_zone as zone, count(*)::int as people, min(e.step_arrived_at) as first, max(e.step_arrived_at) as last
      from unnest($1::uuid[], $2::text[]) as w (version_id, step_id)
      join enrollment as e on e.version_id = w.version_id and e.step_id = w.step_id and e.state = 'active' and e.step_arrived_at is not null
      left join person as p on p.id = e.person_id
     group by 1, 2, 3`, sides(places));
}

/** The same, with those who came by a moment counted apart, and the first and the last of those who came later. */
export type SplitArrivals = Place & { zone: string | null; people: number; through: number; next: Date | null; last: Date | null };

/** @param until null: all of them are later */
export function splitArrivals(db: Db, asked: readonly (Place & { zone: string | null; until: Date | null })[]): Promise<SplitArrivals[]> {
  return rows<SplitArrivals>(db, `
    select e.version_id as "versionId", e.step_id as "stepId", w.zone, count(*)::int as people, count(*) filter (where e.step_arrived_at <= w.until)::int as through,
           min(e.step_arrived_at) filter (where (e.step_arrived_at <= w.until) is not true) as next, max(e.step_arrived_at) filter (where (e.step_arrived_at <= w.until) is not true) as last
      from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) as w (version_id, step_id, zone, until)
      join enrollment as e on e.version_id = w.version_id and e.step_id = w.step_id and e.state = 'active' and e.step_arrived_at is not null
      left join person as p on p.id = e.person_id
     where p.time_zone is not distinct from w.zone
     group by 1, 2, 3`, [...sides(asked), asked.map(({ zone }) => zone), asked.map(({ until }) => until)]);
}

const sides = (places: readonly Place[]) => [places.map(({ versionId }) => versionId), places.map(({ stepId }) => stepId)];

/** Messages of a campaign that are queued. */
export async function countQueued(db: Db, campaignId: string): Promise<number> {
  const [found] = await rows<{ count: number }>(db, `select count(*)::int as count from delivery as d where d.campaign_id = $1 and d.state = 'queued'`, [campaignId]);
  return found!.count;
}
