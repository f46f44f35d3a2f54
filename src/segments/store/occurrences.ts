import { startOfDay } from '../../kernel/local-time.js';
import { rows, type Db } from '../../platform/database/db.js';
import type { CountedRows, Occurrences } from '../domain/in-memory.js';
import { eventFilter } from '../domain/leaves/event-rows.js';
import { SqlValues } from '../domain/sql-values.js';

/** A text of whole milliseconds for each person: thousands of instants as columns of a row each would be most of the reading. */
const millis = (at: string): string => `floor(date_part('epoch', ${at}) * 1000 + 0.0005)::bigint::text`;
const numbers = (text: string | null): number[] => (text === null ? [] : text.split(',').map(Number));

interface Found { personId: string; before: number; since: string | null; at: string | null }

/**
 * When these people did what is counted, by what is known of it up to `to`: each occurrence that can begin or cease to count after `after`
 * within windows of up to `reach` milliseconds, and how many were over before. What came by a merge counts from the merge on.
 */
export async function occurrencesOf(db: Db, counted: CountedRows, personIds: readonly string[], { after, to, reach, timeZone }: { after: Date; to: Date; reach: number; timeZone: string }): Promise<Map<string, Occurrences>> {
  const values = new SqlValues();
  const now = values.bind(to, 'timestamptz');
  const filter = eventFilter(counted, { frame: { now, get zone() { return values.bind(timeZone, 'text'); } }, bind: (value, type) => values.bind(value, type), startOfDay: (day) => startOfDay(day, timeZone) });
  const text = `
    select q.id as "personId", x.before, x.since, x.at
      from unnest(${values.column(personIds, 'uuid[]')}) as q (id)
     cross join lateral (
       select count(*) filter (where not y.counts)::int as before, string_agg(${millis('y.since')}, ',') filter (where y.counts) as since, string_agg(${millis('y.at')}, ',') filter (where y.counts) as at
         from (select e.occurred_at as at, greatest(e.received_at, e.occurred_at, m.at) as since, greatest(e.received_at, m.at, e.occurred_at + ${values.bind(reach / 1_000, 'int')} * interval '1 second') > ${values.bind(after, 'timestamptz')} as counts
                 from event as e left join person_merge as m on m.from_id = e.from_id
                where e.person_id = q.id and ${filter} and e.received_at <= ${now} and (e.from_id is null or m.at <= ${now}) offset 0) as y) as x
     where x.before > 0 or x.since is not null`;
  const found = await rows<Found>(db, text, values.list);
  return new Map(found.map(({ personId, before, since, at }) => [personId, { before, since: numbers(since), at: numbers(at) }]));
}
