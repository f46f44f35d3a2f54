import { rows, type Db } from '../../platform/database/db.js';

/** Wake this after commit: whoever holds open pages of people reads what is new. */
export const NEWS = 'visitors.news';

/** Something an open page of a person should know at once. It only says where to look: the tables say what is true. */
export interface News {
  /** Null: everybody. */
  personId: string | null;
  /** A message came or went, the number unread changed, or which rules and segments hold did. */
  kind: 'message' | 'gone' | 'unread' | 'rules';
  /** With `message` and `gone`: the delivery, or the claim of an auto message. */
  ref?: string;
}

/** Writes news in the transaction that makes it true. Wake {@link NEWS} after commit; forgotten, it arrives within five seconds. */
export async function recordNews(tx: Db, news: readonly News[], now: Date): Promise<void> {
  if (news.length === 0) return;
  await rows(tx, `
    insert into person_news (person_id, kind, ref, at)
    select n.person_id, n.kind, n.ref, $4::timestamptz from unnest($1::uuid[], $2::text[], $3::uuid[]) with ordinality as n (person_id, kind, ref, place) order by n.place`,
    [news.map(({ personId }) => personId), news.map(({ kind }) => kind), news.map(({ ref }) => ref ?? null), now]);
}

/** Forgets what is older. @returns how many rows */
export async function purgeNews(db: Db, before: Date): Promise<number> {
  const gone = await rows(db, `delete from person_news as n where n.at < $1::timestamptz returning 1`, [before]);
  return gone.length;
}
