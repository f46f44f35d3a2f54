import { rows, type Db } from '../../platform/database/db.js';

/** As long as can be drawn, and a day. */
const KEPT_DAYS = 8;

/** Keeps the numbers of a minute; the second look of a minute adds nothing. What is too old goes in the same statement. */
export async function keepSample(tx: Db, sample: Record<string, number>, now: Date): Promise<void> {
  await rows(tx, `
    with gone as (delete from status_sample as s where s.at < $1::timestamptz - interval '${KEPT_DAYS} days')
    insert into status_sample (at, sample) values (date_trunc('minute', $1::timestamptz), $2::jsonb) on conflict do nothing`, [now, JSON.stringify(sample)]);
}

export interface Point { at: Date; values: Record<string, number> }

/** The worst of each step of so many minutes in [from, to), oldest first. Steps without a sample are not there. */
export const samplesBetween = (db: Db, { from, to, minutes }: { from: Date; to: Date; minutes: number }): Promise<Point[]> => rows(db, `
  select p.at, jsonb_object_agg(p.key, p.value) as values from (
    select date_bin(make_interval(mins => $3), s.at, $1::timestamptz) as at, v.key, max(v.value::float8) as value
      from status_sample as s cross join lateral jsonb_each(s.sample) as v where s.at >= $1::timestamptz and s.at < $2::timestamptz group by 1, 2) as p
   group by p.at order by p.at`, [from, to, minutes]);
