import { row, type Db } from '../../platform/database/db.js';

/** Values of people that are no attributes, by their name in templates; they hide attributes of the same name. */
const FIELDS: Readonly<Record<string, string>> = { externalId: 'p.external_id', email: 'p.email', timeZone: 'p.time_zone', language: 'p.language' };

/**
 * Of how many of these people each value is empty: missing, null or blank.
 *
 * @param values keys from the outside in, such as `["address", "city"]`; 100 at most
 */
export async function countEmpty(db: Db, personIds: readonly string[], values: readonly (readonly string[])[]): Promise<number[]> {
  const bound: unknown[] = [personIds];
  const text = (keys: readonly string[]): string => (keys.length === 1 && FIELDS[keys[0]!]) || `p.attributes #>> $${bound.push(keys)}::text[]`;
  const empty = values.map((keys) => `count(*) filter (where coalesce(${text(keys)}, '') ~ '^\\s*$')::int`);
  const found = await row<{ counts: number[] }>(db, `select array[${empty.join(', ')}]::int[] as counts from person as p where p.id = any($1::uuid[])`, bound);
  return found!.counts;
}
