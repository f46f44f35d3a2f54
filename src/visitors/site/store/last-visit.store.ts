import { row, type Db } from '../../../platform/database/db.js';

/** Page views that are looked through for one of our SDK: other clients of the Segment API send the same event. */
const LOOKED_AT = 1_000;

export interface LastVisit { at: Date; url: string | null }

/** The latest page view that the browser SDK told, among the latest of all. */
export async function lastVisit(db: Db): Promise<LastVisit | null> {
  return row<LastVisit>(db, `
    select v.occurred_at as at, v.url
      from (select e.occurred_at, e.properties ->> 'url' as url, e.context #>> '{library,name}' as library
              from event as e where e.name = '$page' order by e.occurred_at desc limit $1) as v
     where v.library = 'danbi-js' order by v.occurred_at desc limit 1`, [LOOKED_AT]);
}
