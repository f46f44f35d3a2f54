import { newId } from '../../../kernel/ids.js';
import { row, rows, type Db } from '../../../platform/database/db.js';
import { storableText } from '../../domain/json.js';
import { uuids } from '../../store/arrays.js';

export type RequestSource = 'survey' | 'tag' | 'api' | 'hand';

/** Somebody asks for a feature. */
export interface NewRequest {
  featureId: string; personId: string; askedAt: Date; source: RequestSource;
  /** As they said it; null where they only got a tag. */
  words: string | null;
  /** The same of the same source again is no second request. */
  ref: string | null;
  /** The colleague who took it, if somebody did. */
  takenBy: string | null;
}

/**
 * Keeps requests, in the transaction that holds their people. Each person asks for a feature once, however often they say so;
 * who took somebody first keeps them.
 *
 * @returns the places of the rows that are new
 */
export async function recordRequests(tx: Db, requests: readonly NewRequest[], { now, by }: { now: Date; by: string }): Promise<Set<number>> {
  if (requests.length === 0) return new Set();
  const ids = requests.map(() => newId());
  const fresh = new Set((await rows<{ id: string }>(tx, `
    insert into feature_request (id, person_id, feature_id, words, source, source_ref, asked_at, recorded_at, recorded_by)
    select r.id, r.person_id, r.feature_id, r.words, r.source, r.ref, r.asked_at, $8::timestamptz, $9
      from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[]) as r (id, person_id, feature_id, words, source, ref, asked_at)
    on conflict do nothing returning id`,
  [ids, requests.map((one) => one.personId), requests.map((one) => one.featureId), requests.map(({ words }) => (words === null || words.trim() === '' ? null : storableText(words.trim()))), requests.map((one) => one.source),
    requests.map(({ ref }) => (ref === null ? null : storableText(ref))), requests.map((one) => one.askedAt), now, by])).map(({ id }) => id));
  const kept = requests.filter((_, index) => fresh.has(ids[index]!));
  await rows(tx, `
    insert into feature_asker as mine (person_id, feature_id, asked_at, taken_by, taken_at)
    select r.person_id, r.feature_id, min(r.asked_at), (array_agg(r.taken_by) filter (where r.taken_by is not null))[1], case when count(r.taken_by) > 0 then $5::timestamptz end
      from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::uuid[]) as r (person_id, feature_id, asked_at, taken_by)
     group by r.person_id, r.feature_id order by r.person_id, r.feature_id
    on conflict (person_id, feature_id) do update
       set asked_at = least(mine.asked_at, excluded.asked_at), taken_at = case when mine.taken_by is null then excluded.taken_at else mine.taken_at end, taken_by = coalesce(mine.taken_by, excluded.taken_by)`,
  [uuids(kept.map((one) => one.personId)), uuids(kept.map((one) => one.featureId)), kept.map((one) => one.askedAt), kept.map((one) => one.takenBy), now]);
  return new Set(requests.flatMap((_, index) => (fresh.has(ids[index]!) ? [index] : [])));
}

/** Whoever gets one of these tags asks for a feature: its id by tag. */
export async function featuresByTag(tx: Db, tags: readonly string[]): Promise<Map<string, string>> {
  if (tags.length === 0) return new Map();
  const found = await rows<{ id: string; tag: string }>(tx, 'select f.id, f.tag from feature as f where f.tag = any($1::text[]) and f.archived_at is null', [tags]);
  return new Map(found.map(({ id, tag }) => [tag, id]));
}

/** The feature of a key; null when there is none (any more). */
export const featureOfKey = async (db: Db, key: string): Promise<string | null> =>
  (await row<{ id: string }>(db, 'select f.id from feature as f where f.key = $1 and f.archived_at is null', [key]))?.id ?? null;
