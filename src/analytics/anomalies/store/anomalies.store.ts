import { newId } from '../../../kernel/ids.js';
import { row, rows, type Db } from '../../../platform/database/db.js';
import type { Anomaly, AnomalyKind, Entrants } from '../domain/rule.js';

export interface AnomalyNote {
  id: string; campaignId: string; campaignName: string; kind: AnomalyKind; seen: number; expected: number; windowEnd: Date; openedAt: Date; closedAt: Date | null;
  acknowledgedBy: string | null; acknowledgedAt: Date | null; snoozedUntil: Date | null;
}

const NOTE = `n.id, n.campaign_id as "campaignId", c.name as "campaignName", n.kind, n.seen, n.expected, n.window_end as "windowEnd", n.opened_at as "openedAt", n.closed_at as "closedAt",
  n.acknowledged_by as "acknowledgedBy", n.acknowledged_at as "acknowledgedAt", n.snoozed_until as "snoozedUntil"`;

/** First key of the advisory lock by which processes look one at a time. */
const LOOK = 7_305_048;

/** The end of the last day looked at; null before the first look. */
export const lastLook = async (db: Db): Promise<Date | null> => (await row<{ at: Date }>(db, 'select l.window_end as at from anomaly_look as l'))?.at ?? null;

/** Whether this transaction may look at the day that ends then: nobody else has or does. */
export async function takeLook(tx: Db, end: Date): Promise<boolean> {
  const { free } = (await row<{ free: boolean }>(tx, 'select pg_try_advisory_xact_lock($1) as free', [LOOK]))!;
  if (!free) return false;
  const taken = await rows(tx, `
    insert into anomaly_look as l (window_end) values ($1::timestamptz) on conflict (only_one) do update set window_end = excluded.window_end where l.window_end < excluded.window_end returning 1`, [end]);
  return taken.length > 0;
}

const WEEKS = [7, 14, 21, 28, 35, 42];
const DAYS = [1, 2, 3, 4, 5, 6, 7];
const ALL = [...new Set([0, ...DAYS, ...WEEKS])];

/** Entrants by campaign in the 24 hours before `end` and in those before, from the kept sums; of campaigns that have let people in for all of that day. */
export async function entrantsBefore(db: Db, end: Date): Promise<Map<string, Entrants>> {
  const found = await rows<{ id: string; days: number; count: number }>(db, `
    with live as (
      select c.id, (select min(v.published_at) from campaign_version as v where v.campaign_id = c.id) as begun
        from campaign as c where c.state = 'active' and c.type <> 'broadcast' and c.state_at <= $1::timestamptz - interval '1 day')
    select l.id, d.days, coalesce(sum(r.count), 0)::int as count
      from live as l join unnest($2::int[]) as d (days) on l.begun <= $1::timestamptz - (d.days + 1) * interval '1 day'
      left join result_cell as r on r.campaign_id = l.id and r.measure = 'entered'
       and r.bucket >= $1::timestamptz - (d.days + 1) * interval '1 day' and r.bucket < $1::timestamptz - d.days * interval '1 day'
     group by 1, 2`, [end, ALL]);
  const entrants = new Map<string, Map<number, number>>();
  for (const { id, days, count } of found) entrants.set(id, (entrants.get(id) ?? new Map<number, number>()).set(days, count));
  const known = (counts: ReadonlyMap<number, number>, wanted: readonly number[]) => wanted.flatMap((days) => counts.get(days) ?? []);
  return new Map([...entrants].map(([id, counts]) => [id, { seen: counts.get(0) ?? 0, weeks: known(counts, WEEKS), days: known(counts, DAYS) }]));
}

/** The same day of one campaign from the ledger itself: sums that are behind must not look like nobody. */
export async function countEntrants(db: Db, campaignId: string, end: Date): Promise<number> {
  return (await row<{ count: number }>(db, `
    select count(*)::int as count from enrollment as e where e.campaign_id = $1 and e.entered_at >= $2::timestamptz - interval '1 day' and e.entered_at < $2::timestamptz`, [campaignId, end]))!.count;
}

/** Opens a note, or brings the open one up to date; one of another kind is news again. */
export async function openNote(tx: Db, campaignId: string, { kind, expected, seen, end }: Anomaly & { seen: number; end: Date }, now: Date): Promise<void> {
  await rows(tx, `
    insert into anomaly_note as n (id, campaign_id, kind, seen, expected, window_end, opened_at) values ($1, $2, $3, $4, $5, $6::timestamptz, $7::timestamptz)
    on conflict (campaign_id) where closed_at is null do update
       set kind = excluded.kind, seen = excluded.seen, expected = excluded.expected, window_end = excluded.window_end,
           acknowledged_by = case when n.kind = excluded.kind then n.acknowledged_by end, acknowledged_at = case when n.kind = excluded.kind then n.acknowledged_at end,
           snoozed_until = case when n.kind = excluded.kind then n.snoozed_until end`, [newId(), campaignId, kind, seen, expected, end, now]);
}

/** Closes the open notes of every campaign that is not named. */
export const closeOthers = (tx: Db, campaignIds: readonly string[], now: Date): Promise<unknown> => rows(tx, `
  update anomaly_note as n set closed_at = $2::timestamptz where n.closed_at is null and n.campaign_id <> all($1::uuid[])`, [campaignIds, now]);

/** Notes, newest first. @param open only those that are */
export const listNotes = (db: Db, { campaignId, open, before, limit }: { campaignId: string | null; open: boolean; before: string | null; limit: number }): Promise<AnomalyNote[]> => rows(db, `
  select ${NOTE} from anomaly_note as n join campaign as c on c.id = n.campaign_id
   where ($1::uuid is null or n.campaign_id = $1) and (not $2::boolean or n.closed_at is null) and ($3::uuid is null or n.id < $3)
   order by n.id desc limit $4`, [campaignId, open, before, limit]);

/** Open ones that nobody has acknowledged or put off. */
export const restless = (db: Db, now: Date, limit: number): Promise<{ campaignId: string; name: string; kind: AnomalyKind; seen: number; expected: number }[]> => rows(db, `
  select n.campaign_id as "campaignId", c.name, n.kind, n.seen, n.expected from anomaly_note as n join campaign as c on c.id = n.campaign_id
   where n.closed_at is null and n.acknowledged_at is null and (n.snoozed_until is null or n.snoozed_until <= $1::timestamptz) order by n.opened_at desc limit $2`, [now, limit]);

/** Says that somebody has seen an open note, or puts it off; null when there is none. */
export async function answerNote(tx: Db, id: string, by: string, { until, now }: { until: Date | null; now: Date }): Promise<AnomalyNote | null> {
  const changed = await rows(tx, `
    update anomaly_note as n set snoozed_until = $3::timestamptz, acknowledged_by = case when $3::timestamptz is null then $2 else n.acknowledged_by end,
           acknowledged_at = case when $3::timestamptz is null then $4::timestamptz else n.acknowledged_at end
     where n.id = $1 and n.closed_at is null returning 1`, [id, by, until, now]);
  return changed.length === 0 ? null : row<AnomalyNote>(tx, `select ${NOTE} from anomaly_note as n join campaign as c on c.id = n.campaign_id where n.id = $1`, [id]);
}
