import { exists, row, rows, type Db } from '../../platform/database/db.js';

/** A version that lets people in by a date, and the minute up to which it has done so. */
export interface DateTick { versionId: string; evaluatedTo: Date; state: string }

const CURRENT = `date_entry_tick as t join campaign as c on c.current_version_id = t.version_id and c.state in ('active', 'paused', 'draining')`;

/** Whether any current version lets people in by a date. */
export const hasTicks = (db: Db): Promise<boolean> => exists(db, `select from ${CURRENT}`);

/** Ticks of current versions that are behind `minute`. */
export function dueTicks(db: Db, minute: Date): Promise<DateTick[]> {
  return rows<DateTick>(db, `
    select t.version_id as "versionId", t.evaluated_to as "evaluatedTo", c.state
      from ${CURRENT} where t.evaluated_to < $1::timestamptz order by t.version_id`, [minute]);
}

export async function currentTicks(db: Db): Promise<string[]> {
  const found = await rows<{ id: string }>(db, `select t.version_id as id from ${CURRENT} where c.state = 'active' order by t.version_id`);
  return found.map(({ id }) => id);
}

/** The version of a campaign that refuses dates for now, because the campaign is paused or draining; null when there is none. */
export async function heldTick(db: Db, campaignId: string): Promise<string | null> {
  const found = await row<{ id: string }>(db, `select t.version_id as id from ${CURRENT} where c.id = $1 and c.state <> 'active'`, [campaignId]);
  return found?.id ?? null;
}

/** Takes a tick; null when another process did it in the meantime. */
export function takeTick(tx: Db, versionId: string, minute: Date): Promise<DateTick | null> {
  return row<DateTick>(tx, `
    select t.version_id as "versionId", t.evaluated_to as "evaluatedTo", c.state
      from ${CURRENT} where t.version_id = $1 and t.evaluated_to < $2::timestamptz for update of t skip locked`, [versionId, minute]);
}

export async function moveTick(tx: Db, versionId: string, to: Date): Promise<void> {
  await rows(tx, 'update date_entry_tick as t set evaluated_to = $2::timestamptz where t.version_id = $1', [versionId, to]);
}

/** A stored date of a person: the instant, and the text it was told as. */
export interface PersonDate {
  personId: string;
  at: Date;
  text: string | null;
  zone: string | null;
}

/** Dates of one attribute in a half-open range, a page in order of person. */
export function datesIn(db: Db, key: string, range: { from: Date; to: Date; after: string | null }, limit: number): Promise<PersonDate[]> {
  return rows<PersonDate>(db, `
    select d.person_id as "personId", d.at, coalesce(p.attributes ->> d.key, p.attributes #>> string_to_array(d.key, '.')) as text, p.time_zone as zone
      from person_date as d join person as p on p.id = d.person_id
     where d.key = $1 and d.at > $2::timestamptz and d.at <= $3::timestamptz and ($4::uuid is null or d.person_id > $4::uuid)
     order by d.person_id limit $5`, [key, range.from, range.to, range.after, limit]);
}

/** Dates whose anniversary can lie on a day of a range, wherever that is: a page in order of person, as {@link datesIn}. */
export function anniversariesIn(db: Db, key: string, range: { from: Date; to: Date; after: string | null }, limit: number): Promise<PersonDate[]> {
  return rows<PersonDate>(db, `
    select d.person_id as "personId", d.at, coalesce(p.attributes ->> d.key, p.attributes #>> string_to_array(d.key, '.')) as text, p.time_zone as zone
      from person_date as d join person as p on p.id = d.person_id
     where d.key = $1 and ($4::uuid is null or d.person_id > $4::uuid)
       and segment_month_day(d.at at time zone 'UTC') = any(array(
         select distinct m.day from generate_series(($2::timestamptz at time zone 'UTC')::date, ($3::timestamptz at time zone 'UTC')::date, interval '1 day') as s (day) cross join unnest(segment_month_days(s.day::date)) as m (day)))
     order by d.person_id limit $5`, [key, range.from, range.to, range.after, limit]);
}

/** The date these people have in one attribute; who has none is absent. */
export async function datesOf(db: Db, key: string, personIds: readonly string[]): Promise<Map<string, PersonDate>> {
  const found = await rows<PersonDate>(db, `
    select d.person_id as "personId", d.at, coalesce(p.attributes ->> d.key, p.attributes #>> string_to_array(d.key, '.')) as text, p.time_zone as zone
      from person_date as d join person as p on p.id = d.person_id where d.person_id = any($2::uuid[]) and d.key = $1`, [key, personIds]);
  return new Map(found.map((date) => [date.personId, date]));
}

/** Different dates of one attribute in a half-open range, the earliest first. */
export function distinctDates(db: Db, key: string, range: { from: Date; to: Date }, limit: number): Promise<Omit<PersonDate, 'personId'>[]> {
  return rows(db, `
    select distinct d.at, coalesce(p.attributes ->> d.key, p.attributes #>> string_to_array(d.key, '.')) as text, p.time_zone as zone
      from person_date as d join person as p on p.id = d.person_id
     where d.key = $1 and d.at > $2::timestamptz and d.at <= $3::timestamptz
     order by d.at limit $4`, [key, range.from, range.to, limit]);
}

/** The first date of one attribute after an instant. */
export async function firstDateAfter(db: Db, key: string, after: Date): Promise<Date | null> {
  const found = await row<{ at: Date }>(db, 'select d.at from person_date as d where d.key = $1 and d.at > $2::timestamptz order by d.at limit 1', [key, after]);
  return found?.at ?? null;
}
