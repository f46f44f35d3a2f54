import { exists, rows, type Db } from '../../platform/database/db.js';
import type { SettledChange } from '../domain/settled.js';

interface Row {
  id: string;
  kind: SettledChange['kind'];
  personIds: string[];
  eventNames: string[];
  eventIds: string[];
  eventPersons: string[];
  flipSegments: string[];
  flipPersons: string[];
  flipEntered: boolean[];
  flipAt: Date[];
  mergedInto: string | null;
}

/** Whether there is news; it may be in the hands of another process. */
export const hasSettled = (db: Db): Promise<boolean> => exists(db, 'select from settled_change');

/** Takes the oldest news; what this transaction does with it becomes true together with its removal. */
export async function takeSettled(tx: Db, limit: number): Promise<SettledChange[]> {
  const taken = await rows<Row>(tx, `
    with oldest as materialized (select s.id from settled_change as s order by s.id limit $1 for update skip locked)
    delete from settled_change as s using oldest where s.id = oldest.id
    returning s.id::text as id, s.kind, s.person_ids as "personIds", s.event_names as "eventNames", s.event_ids as "eventIds", s.event_persons as "eventPersons",
              s.flip_segments as "flipSegments", s.flip_persons as "flipPersons", s.flip_entered as "flipEntered", s.flip_at as "flipAt", s.merged_into as "mergedInto"`, [limit]);
  return taken
    .toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1))
    .map((row) => ({
      id: row.id, kind: row.kind, personIds: row.personIds, eventNames: row.eventNames, mergedInto: row.mergedInto,
      events: row.eventIds.map((eventId, index) => ({ eventId, personId: row.eventPersons[index]! })),
      flips: row.flipSegments.map((segmentId, index) => ({ segmentId, personId: row.flipPersons[index]!, entered: row.flipEntered[index]!, at: row.flipAt[index]! })),
    }));
}
