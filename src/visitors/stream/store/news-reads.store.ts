import { row, type Db } from '../../../platform/database/db.js';

/**
 * Up to where news was read: a snapshot of PostgreSQL as text (`xmin:xmax:running`). Nothing that commits later can hide
 * behind it, whatever its id.
 */
export type Position = string;

export interface ReadNews {
  personId: string | null;
  kind: 'message' | 'gone' | 'unread' | 'rules';
  ref: string | null;
}

export async function currentPosition(db: Db): Promise<Position> {
  return (await row<{ position: string }>(db, 'select pg_current_snapshot()::text as position'))!.position;
}

const read = (whose: string) => `
  select pg_current_snapshot()::text as position,
         coalesce((select jsonb_agg(jsonb_build_object('personId', n.person_id, 'kind', n.kind, 'ref', n.ref) order by n.id) from person_news as n
                    where n.xid >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(n.xid, $1::pg_snapshot) ${whose}), '[]') as news`;

/** Everybody's news that was not visible at `since`, in order, and the position after it. */
export async function newsSince(db: Db, since: Position): Promise<{ position: Position; news: ReadNews[] }> {
  return (await row<{ position: Position; news: ReadNews[] }>(db, read(''), [since]))!;
}

/** The same of one person. */
export async function newsOf(db: Db, personId: string, since: Position): Promise<{ position: Position; news: ReadNews[] }> {
  return (await row<{ position: Position; news: ReadNews[] }>(db, read('and (n.person_id = $2 or n.person_id is null)'), [since, personId]))!;
}
