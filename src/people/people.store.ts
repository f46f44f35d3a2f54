import { rows, type Db } from '../platform/database/db.js';
import type { PersonKind } from './domain/identity-plan.js';
import type { JsonObject } from './domain/json.js';

/** What is known of a person now. */
export interface PersonSnapshot {
  id: string;
  externalId: string | null;
  kind: PersonKind;
  email: string | null;
  timeZone: string | null;
  language: string | null;
  attributes: JsonObject;
  signedUpAt: Date | null;
}

/** The people with these ids, in no particular order; an id that was merged or erased has no row. */
export function loadPeople(db: Db, ids: readonly string[]): Promise<PersonSnapshot[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return rows<PersonSnapshot>(db, `
    select p.id, p.external_id as "externalId", p.kind, p.email, p.time_zone as "timeZone", p.language, p.attributes, p.signed_up_at as "signedUpAt"
      from person as p where p.id = any($1::uuid[])`, [ids]);
}

export interface FoundPerson { kind: 'user_id' | 'anonymous_id'; value: string; personId: string }

/** Whom these client ids belong to; an unknown id has no row. */
export function findPersonIds(db: Db, ids: { userIds?: readonly string[]; anonymousIds?: readonly string[] }): Promise<FoundPerson[]> {
  return rows<FoundPerson>(db, `
    select i.kind, i.value, i.person_id as "personId" from person_identity as i
     where (i.kind = 'user_id' and i.value = any($1::text[])) or (i.kind = 'anonymous_id' and i.value = any($2::text[]))`, [ids.userIds ?? [], ids.anonymousIds ?? []]);
}

/** The survivor of an id that was merged, else the id itself. */
export async function survivorOf(db: Db, id: string): Promise<string> {
  const merged = await rows<{ into: string }>(db, 'select m.into_id as "into" from person_merge as m where m.from_id = $1::uuid', [id]);
  return merged[0]?.into ?? id;
}

/** Who these ids are today: merged people by the id of their survivor. Ids that were never merged are absent. */
export async function survivorsOf(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const merged = await rows<{ from: string; into: string }>(db, 'select m.from_id as "from", m.into_id as "into" from person_merge as m where m.from_id = any($1::uuid[])', [ids]);
  return new Map(merged.map(({ from, into }) => [from, into]));
}
