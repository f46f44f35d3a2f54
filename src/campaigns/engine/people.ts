import { isTimeZone } from '../../kernel/local-time.js';
import { rows, type Db } from '../../platform/database/db.js';

/** Zones are few and asking the runtime costs tens of microseconds each. */
const usable = new Map<string, boolean>();

function isUsable(zone: string): boolean {
  const known = usable.get(zone);
  if (known !== undefined) return known;
  const answer = isTimeZone(zone);
  if (usable.size < 2_000) usable.set(zone, answer);
  return answer;
}

/** The person's own zone when it is one this runtime knows. */
export const usableZone = (own: string | null, fallback: string): string => (own !== null && isUsable(own) ? own : fallback);

/** The time zone of each of these people that exists; `fallback` for those who did not tell theirs. */
export async function zonesOf(db: Db, personIds: readonly string[], fallback: string): Promise<Map<string, string>> {
  const found = await rows<{ id: string; zone: string | null }>(db, `
    select p.id, p.time_zone as zone from person as p where p.id = any($1::uuid[])`, [personIds]);
  return new Map(found.map(({ id, zone }) => [id, usableZone(zone, fallback)]));
}
