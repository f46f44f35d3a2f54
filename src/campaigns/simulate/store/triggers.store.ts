import { row, rows, type Db } from '../../../platform/database/db.js';
import type { PublishedEntry } from '../../domain/published.js';
import { lookBackTo, lookingBack, takesFuture } from '../../domain/takes.js';
import type { EntryRecord } from '../../store/enrollments.store.js';
import type { SimPlan } from '../replay/sim-plan.js';

const span = ({ from, to }: Pick<SimPlan, 'from' | 'to'>) => [new Date(from), new Date(to)] as const;

/** Whether the memberships of a segment were followed, by the definition it has now, through the whole span. */
export async function isRecorded(db: Db, segmentId: string, { from }: Pick<SimPlan, 'from'>): Promise<boolean> {
  const found = await row<{ recorded: boolean }>(db, `
    select s.state = 'live' and s.created_at <= $2::timestamptz and (s.revision = 1 or s.updated_at <= $2::timestamptz)
           and not exists (select from membership_change as m where m.segment_id = s.id and m.cause = 'build' and m.recorded_at > $2::timestamptz) as recorded
      from segment as s where s.id = $1`, [segmentId, new Date(from)]);
  return found?.recorded ?? false;
}

/** From when on a moment counts for who is there at the beginning; without looking back, from then on. */
function lookBackOf(entry: PublishedEntry, from: Date): Date {
  const looking = lookingBack(entry);
  return looking ? lookBackTo(looking, from).from : from;
}

/** Most people of one run. */
export const MOST_PEOPLE = 2_000_000;

const listed = async (db: Db, sql: string, values: readonly unknown[]): Promise<string[]> => (await rows<{ id: string }>(db, `${sql} order by 1 limit ${MOST_PEOPLE + 1}`, values)).map(({ id }) => id);

/** Everybody whom the entry could let in during the span, in order of id; one more than {@link MOST_PEOPLE} when there are more. */
export function possiblePeople(db: Db, plan: SimPlan, recorded: boolean): Promise<string[]> {
  const { entry } = plan.version.published;
  const [from, to] = span(plan);
  switch (entry.type) {
    case 'event': return listed(db, `
      select e.person_id as id from event as e where $5::boolean and e.name = $1 and e.received_at > $2::timestamptz and e.received_at <= $3::timestamptz
      union select e.person_id from event as e where e.name = $1 and e.occurred_at > $4::timestamptz and e.occurred_at <= $2::timestamptz and e.received_at <= $2::timestamptz`, [entry.event, from, to, lookBackOf(entry, from), takesFuture(entry)]);
    case 'date': return listed(db, `
      select d.person_id as id from person_date as d where d.key = $1
      union select h.person_id from attribute_history as h where h.key = $2 and h.recorded_at > $3::timestamptz and h.recorded_at <= $4::timestamptz`, [entry.attribute, entry.attribute.split('.')[0], from, to]);
    case 'api': return listed(db, `
      select r.person_id as id from enrollment as r where r.campaign_id = $1 and r.entered_at > $2::timestamptz and r.entered_at <= $3::timestamptz and r.entry ->> 'kind' = 'api'
      union select d.person_id from decision as d where d.campaign_id = $1 and d.stage = 'entry' and d.at > $2::timestamptz and d.at <= $3::timestamptz and d.facts -> 'trigger' ->> 'kind' = 'api'`, [plan.version.campaignId, from, to]);
    default: break;
  }
  const segmentId = 'segmentId' in entry ? entry.segmentId : null;
  if (segmentId === null || !recorded) return listed(db, 'select p.id from person as p where p.created_at <= $1::timestamptz', [to]);
  return listed(db, `
    select m.person_id as id from segment_member as m where m.segment_id = $1
    union select c.person_id from membership_change as c where c.segment_id = $1 and c.recorded_at > $2::timestamptz and c.recorded_at <= $3::timestamptz`, [segmentId, from, to]);
}

export interface RecordedFlip { personId: string; entered: boolean; at: Date; recordedAt: Date }

/** How these people came into a segment and left it in the span, as it was recorded. */
export function recordedFlips(db: Db, segmentId: string, personIds: readonly string[], plan: SimPlan): Promise<RecordedFlip[]> {
  return rows<RecordedFlip>(db, `
    select c.person_id as "personId", c.entered, c.at, c.recorded_at as "recordedAt" from membership_change as c
     where c.segment_id = $1 and c.person_id = any($2::uuid[]) and c.recorded_at > $3::timestamptz and c.recorded_at <= $4::timestamptz order by c.id`, [segmentId, personIds, ...span(plan)]);
}

/** Who of these people was in a segment at a moment: who is now, with what came since taken back. */
export async function membersThen(db: Db, segmentId: string, personIds: readonly string[], at: Date): Promise<Set<string>> {
  const found = await rows<{ id: string }>(db, `
    select p.id from unnest($2::uuid[]) as p (id)
     where coalesce(
       (select not c.entered from membership_change as c where c.segment_id = $1 and c.person_id = p.id and c.recorded_at > $3::timestamptz order by c.id limit 1),
       exists (select from segment_member as m where m.segment_id = $1 and m.person_id = p.id))`, [segmentId, personIds, at]);
  return new Set(found.map(({ id }) => id));
}

/** Who of these people was known at a moment. */
export async function knownThen(db: Db, personIds: readonly string[], at: Date): Promise<Set<string>> {
  const found = await rows<{ id: string }>(db, 'select p.id from person as p where p.id = any($1::uuid[]) and p.created_at <= $2::timestamptz', [personIds, at]);
  return new Set(found.map(({ id }) => id));
}

/** By whom and when these people were named to the campaign in the span. */
export async function namedEntries(db: Db, personIds: readonly string[], plan: SimPlan): Promise<{ personId: string; at: Date; entry: EntryRecord }[]> {
  return rows(db, `
    select r.person_id as "personId", r.entered_at as at, r.entry from enrollment as r
     where r.person_id = any($1::uuid[]) and r.campaign_id = $2 and r.entered_at > $3::timestamptz and r.entered_at <= $4::timestamptz and r.entry ->> 'kind' = 'api'
    union all
    select d.person_id, d.at, d.facts -> 'trigger' from decision as d
     where d.person_id = any($1::uuid[]) and d.campaign_id = $2 and d.stage = 'entry' and d.at > $3::timestamptz and d.at <= $4::timestamptz and d.facts -> 'trigger' ->> 'kind' = 'api'
    order by 2`, [personIds, plan.version.campaignId, ...span(plan)]);
}
