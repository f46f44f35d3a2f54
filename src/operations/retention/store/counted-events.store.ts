import { rows, type Db } from '../../../platform/database/db.js';
import { windowMillis } from '../../../kernel/local-time.js';

type Duration = Parameters<typeof windowMillis>[0];
/** An event that goals count, and for how many seconds after somebody was let in, kept out or told. */
interface Counted { name: string; seconds: number }

/** Uses of a feature are counted from when its message left, which is soon after it was written. */
const LEFT_WITHIN_DAYS = 60;

/** Every event that results are counted from: goals of all versions, of holdouts and of features, each by its longest window. */
export async function countedEvents(db: Db): Promise<Counted[]> {
  const found = await rows<{ name: string; span: Duration }>(db, `
    select distinct g -> 'event' ->> 'name' as name, g -> 'window' as span
      from campaign_version as v cross join lateral jsonb_array_elements(v.definition -> 'goals') as g where g ? 'event'
    union select h.goal -> 'event' ->> 'name', h.goal -> 'window' from holdout as h
    union select f.event, jsonb_build_object('days', f.goal_days + ${LEFT_WITHIN_DAYS}) from feature as f where f.event is not null`);
  const longest = new Map<string, number>();
  for (const { name, span } of found) longest.set(name, Math.max(longest.get(name) ?? 0, windowMillis(span) / 1000));
  return [...longest].map(([name, seconds]) => ({ name, seconds }));
}

/**
 * SQL that says whether results are, or can be, counted from an event `e`: then it stays, so that every number can be counted again and is
 * the same. @param goals placeholder of {@link countedEvents} as jsonb
 */
export function isCounted(goals: string): string {
  const counts = (table: string, at: string) => `exists (
      select from jsonb_to_recordset(${goals}::jsonb) as g (name text, seconds float8) join ${table} as c on c.person_id = e.person_id
       where g.name = e.name and c.${at} <= e.occurred_at and e.occurred_at < c.${at} + g.seconds * interval '1 second')`;
  return `(e.name in (select g.name from jsonb_to_recordset(${goals}::jsonb) as g (name text))
    and (${counts('assignment', 'assigned_at')} or ${counts('holdout_person', 'at')} or ${counts('feature_asker', 'told_at')}))`;
}
