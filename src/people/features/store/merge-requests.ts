const PAIRS = 'unnest($1::uuid[], $2::uuid[]) as m (from_id, into_id)';

/**
 * What merged people asked for becomes their survivor's: every quote stays, and of two who asked for the same feature one is left, who
 * was told if either was.
 */
export const REQUEST_MOVES = [
  `with gone as (delete from feature_request as r using ${PAIRS} where r.person_id = m.from_id returning r.id, m.into_id, r.feature_id, r.words, r.source, r.source_ref, r.asked_at, r.recorded_at, r.recorded_by)
   insert into feature_request (id, person_id, feature_id, words, source, source_ref, asked_at, recorded_at, recorded_by) select g.* from gone as g on conflict do nothing`,
  `with gone as (delete from feature_asker as a using ${PAIRS} where a.person_id = m.from_id returning m.into_id, a.*)
   insert into feature_asker as mine (person_id, feature_id, asked_at, taken_by, taken_at, told_by, told_at, refused_by, refused_code)
   select distinct on (g.into_id, g.feature_id) g.into_id, g.feature_id, min(g.asked_at) over (partition by g.into_id, g.feature_id), g.taken_by, g.taken_at, g.told_by, g.told_at, g.refused_by, g.refused_code
     from gone as g order by g.into_id, g.feature_id, g.told_at nulls last, g.taken_at nulls last, g.asked_at
   on conflict (person_id, feature_id) do update
      set asked_at = least(mine.asked_at, excluded.asked_at),
          taken_at = case when mine.taken_by is null then excluded.taken_at else mine.taken_at end, taken_by = coalesce(mine.taken_by, excluded.taken_by),
          told_by = case when mine.told_at is null or excluded.told_at < mine.told_at then excluded.told_by else mine.told_by end,
          told_at = least(mine.told_at, excluded.told_at),
          refused_by = coalesce(mine.refused_by, excluded.refused_by), refused_code = case when mine.refused_by is null then excluded.refused_code else mine.refused_code end`,
];

/** What an erased person asked for, with their words. */
export const REQUEST_ERASURES = ['delete from feature_request as r where r.person_id = $1::uuid', 'delete from feature_asker as a where a.person_id = $1::uuid'];
