import { exists, row, rows, type Db } from '../../../platform/database/db.js';

/** A period of opens and clicks that is judged again, and how far that has come. */
export interface VerdictReview {
  id: string;
  from: Date;
  until: Date;
  state: 'waiting' | 'done';
  /** Everything before it has been examined. */
  reachedAt: Date;
  examined: number;
  changed: number;
  requestedAt: Date;
  finishedAt: Date | null;
}

const REVIEW = `v.id, v.from_at as "from", v.until_at as "until", v.state, v.reached_at as "reachedAt", v.examined::float8 as examined, v.changed::float8 as changed,
  v.requested_at as "requestedAt", v.finished_at as "finishedAt"`;

export async function addReview(tx: Db, { id, from, until, now }: { id: string; from: Date; until: Date; now: Date }): Promise<VerdictReview> {
  return (await row<VerdictReview>(tx, `
    insert into verdict_review as v (id, from_at, until_at, state, reached_at, requested_at) values ($1, $2::timestamptz, $3::timestamptz, 'waiting', $2::timestamptz, $4::timestamptz)
    returning ${REVIEW}`, [id, from, until, now]))!;
}

export function findReview(db: Db, id: string): Promise<VerdictReview | null> {
  return row<VerdictReview>(db, `select ${REVIEW} from verdict_review as v where v.id = $1`, [id]);
}

/** Newest first; one more than asked when there are more. */
export function listReviews(db: Db, { limit, before }: { limit: number; before: { at: string; id: string } | null }): Promise<VerdictReview[]> {
  return rows<VerdictReview>(db, `
    select ${REVIEW} from verdict_review as v
     where $2::timestamptz is null or (v.requested_at, v.id) < ($2::timestamptz, $3::uuid)
     order by v.requested_at desc, v.id desc limit $1`, [limit, before?.at ?? null, before?.id ?? null]);
}

/** Whether a review is not done; another process may be at it. */
export const reviewWaits = (db: Db): Promise<boolean> => exists(db, `select from verdict_review as v where v.state = 'waiting'`);

/** The oldest review that is not done, locked; passes over one that another process is at. */
export function takeReview(tx: Db): Promise<VerdictReview & { reachedDelivery: string | null } | null> {
  return row(tx, `select ${REVIEW}, v.reached_delivery as "reachedDelivery" from verdict_review as v where v.state = 'waiting' order by v.requested_at, v.id limit 1 for update skip locked`);
}

/** What a review comes upon next: messages with opens or clicks after the place it has reached, in order of time. */
export function nextTracked(tx: Db, { reachedAt, reachedDelivery, until }: { reachedAt: Date; reachedDelivery: string | null; until: Date }, limit: number): Promise<{ deliveryId: string; at: Date }[]> {
  return rows(tx, `
    select e.delivery_id as "deliveryId", date_trunc('milliseconds', e.at) as at
      from delivery_event as e
     where e.kind in ('open', 'click') and e.at < $3::timestamptz
       and (e.at, e.delivery_id) > ($1::timestamptz, coalesce($2::uuid, '00000000-0000-0000-0000-000000000000'))
     order by e.at, e.delivery_id limit $4`, [reachedAt, reachedDelivery, until, limit]);
}

/** Keeps how far a review has come; `place` null: it is done. */
export async function advanceReview(tx: Db, id: string, { place, examined, changed, now }: { place: { at: Date; deliveryId: string } | null; examined: number; changed: number; now: Date }): Promise<void> {
  await rows(tx, `
    update verdict_review as v
       set examined = v.examined + $2, changed = v.changed + $3, reached_at = coalesce($4::timestamptz, v.until_at), reached_delivery = $5,
           state = case when $4::timestamptz is null then 'done' else v.state end, finished_at = case when $4::timestamptz is null then $6::timestamptz end
     where v.id = $1 and v.state = 'waiting'`, [id, examined, changed, place?.at ?? null, place?.deliveryId ?? null, now]);
}

/** Since when until when Apple's proxy was seen to load mail of these people. */
export async function loadMppRecipients(tx: Db, personIds: readonly string[]): Promise<Map<string, { first: Date; last: Date }>> {
  const found = await rows<{ id: string; first: Date; last: Date }>(tx, 'select r.person_id as id, r.first_at as first, r.last_at as last from mpp_recipient as r where r.person_id = any($1::uuid[])', [personIds]);
  return new Map(found.map((mark) => [mark.id, mark]));
}
