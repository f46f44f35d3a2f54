import { rows, type Db } from '../../../platform/database/db.js';
import { keepPlan } from '../../../platform/database/kept-plans.js';

/** The person an id belongs to, and whether that person has a user id. */
export interface CallerPerson { kind: 'user_id' | 'anonymous_id'; personId: string; identified: boolean }

const FIND = keepPlan(`
  select i.kind, p.id as "personId", p.external_id is not null as identified
    from person_identity as i
    join person as p on p.id = i.person_id
   where (i.kind, i.value) in (('user_id', $1::text), ('anonymous_id', $2::text))`);

/** Whom a browser's two ids belong to today; an id that nobody has has no row. Two index look-ups. */
export function findCaller(db: Db, userId: string | null, anonymousId: string): Promise<CallerPerson[]> {
  return rows<CallerPerson>(db, FIND, [userId, anonymousId]);
}
