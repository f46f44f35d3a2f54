import { rows, type Db } from '../../platform/database/db.js';
import { listKey, tagKey } from '../domain/reserved-keys.js';
import { REQUEST_MOVES } from '../features/store/merge-requests.js';
import { appendHistory } from './attribute.store.js';
import { factRows, type Fact } from './facts.store.js';

export interface Merge { from: string; into: string }

const PAIRS = 'unnest($1::uuid[], $2::uuid[]) as m (from_id, into_id)';

/** Statements that move all we know of the merged people to their survivors; nothing is copied, nothing is lost. */
const MOVES = [
  `update event as e set person_id = m.into_id, from_id = coalesce(e.from_id, m.from_id) from ${PAIRS} where e.person_id = m.from_id`,
  `update attribute_history as h set person_id = m.into_id, from_id = coalesce(h.from_id, m.from_id) from ${PAIRS} where h.person_id = m.from_id`,
  `delete from person_date as d using ${PAIRS} where d.person_id = m.from_id`,
  `update person_identity as i set person_id = m.into_id from ${PAIRS} where i.person_id = m.from_id`,
  `update person_merge as earlier set into_id = m.into_id from ${PAIRS} where earlier.into_id = m.from_id`,
  ...REQUEST_MOVES,
  `update person as p
      set first_seen_at = least(p.first_seen_at, seen.first_at), last_seen_at = greatest(date_trunc('minute', greatest(p.last_seen_at, seen.last_at)), least(p.first_seen_at, seen.first_at))
     from (select m.into_id, min(l.first_seen_at) as first_at, max(l.last_seen_at) as last_at
             from ${PAIRS} join person as l on l.id = m.from_id group by m.into_id) as seen
    where p.id = seen.into_id`,
  `delete from person as p using ${PAIRS} where p.id = m.from_id`,
];

/** Tags and lists come over to survivors who lack them; each answers what came. */
const CARRIED = [
  { keyOf: tagKey, sql: `
    with gone as (delete from person_tag as t using ${PAIRS} where t.person_id = m.from_id returning m.into_id, t.tag, t.added_at)
    insert into person_tag (person_id, tag, added_at) select g.into_id, g.tag, min(g.added_at) from gone as g group by g.into_id, g.tag
    on conflict (person_id, tag) do nothing returning person_id as "personId", tag as name` },
  { keyOf: listKey, sql: `
    with gone as (delete from list_member as l using ${PAIRS} where l.person_id = m.from_id returning m.into_id, l.list_id, l.added_at)
    insert into list_member (person_id, list_id, added_at) select g.into_id, g.list_id, min(g.added_at) from gone as g group by g.into_id, g.list_id
    on conflict (list_id, person_id) do nothing returning person_id as "personId", list_id as name` },
];

/**
 * Joins anonymous people into identified ones inside the caller's transaction, which holds all of them locked. Current
 * attributes are not touched here; the caller derives them from the joined history.
 */
export async function mergePeople(tx: Db, merges: Merge[], context: { now: Date; source: string }): Promise<void> {
  if (merges.length === 0) return;
  const pairs = [merges.map((merge) => merge.from), merges.map((merge) => merge.into)];
  for (const move of MOVES) await rows(tx, move, pairs);
  const facts: Fact[] = [];
  for (const { keyOf, sql } of CARRIED) for (const { personId, name } of await rows<{ personId: string; name: string }>(tx, sql, pairs)) facts.push({ personId, key: keyOf(name), value: true });
  await appendHistory(tx, factRows(facts, context.now), context);
  await rows(tx, `
    insert into person_merge (from_id, into_id, at, source)
    select m.from_id, m.into_id, $3::timestamptz, $4 from ${PAIRS}
    on conflict (from_id) do nothing`, [...pairs, context.now, context.source]);
  await rows(tx, `
    insert into person_change (kind, at, person_ids, merged_into)
    select 'merged', $3::timestamptz, array[m.from_id, m.into_id], m.into_id from ${PAIRS}`, [...pairs, context.now]);
}
