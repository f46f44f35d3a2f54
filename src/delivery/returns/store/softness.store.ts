import { row, rows, type Db } from '../../../platform/database/db.js';

/** So many messages in a row … */
const IN_A_ROW = 5;
/** … over at least so long … */
const SPAN_DAYS = 7;
/** An address that was called inactive so often in a row is gone. */
const INACTIVE_IN_A_ROW = 2;
/** … and nothing is sent for so long (5-email.md, section 7.5). */
const PAUSE_DAYS = 30;
/** A message of which nothing was heard for so long counts as taken: servers give up after at most five days (RFC 5321, 4.5.4.1). */
const SILENCE_DAYS = 5;

export interface SoftRefusal { hash: string; address: string; deliveryId: string; sentAt: Date }

/** What a row of soft refusals leads to. */
export type Consequence = { reason: 'soft_bounce'; until: Date } | { reason: 'bounce'; until: null };

/**
 * Counts a message that an address could not take now; its event must be written already.
 *
 * @returns how the address is to be left alone, or null while it is not
 */
export async function countSoftRefusal(tx: Db, refusal: SoftRefusal, now: Date): Promise<Consequence | null> {
  await rows(tx, `insert into soft_bounce (address_hash, delivery_id, sent_at) values ($1, $2, $3::timestamptz) on conflict do nothing`, [refusal.hash, refusal.deliveryId, refusal.sentAt]);
  const streak = await row<{ paused: boolean; gone: boolean }>(tx, `
    with refused as materialized (
      select s.delivery_id, s.sent_at, d.person_id from soft_bounce as s left join delivery as d on d.id = s.delivery_id where s.address_hash = $1),
    taken as (
      select max(d.sent_at) as at
        from delivery as d
       where d.person_id in (select r.person_id from refused as r) and lower(d.address) = lower($2) and d.channel = 'email'
         and (d.state = 'delivered' or (d.state = 'sent' and d.sent_at < $3::timestamptz - make_interval(days => ${SILENCE_DAYS}))))
    select count(*) >= ${IN_A_ROW} and max(r.sent_at) - min(r.sent_at) >= make_interval(days => ${SPAN_DAYS}) as paused,
           count(*) filter (where exists (
             select from delivery_event as e where e.delivery_id = r.delivery_id and e.person_id = r.person_id and e.kind = 'bounce' and e.data ->> 'class' = 'inactive')) >= ${INACTIVE_IN_A_ROW} as gone
      from refused as r cross join taken as t where t.at is null or r.sent_at > t.at`, [refusal.hash, refusal.address, now]);
  if (!streak!.paused && !streak!.gone) return null;
  await forgetSoftRefusals(tx, [refusal.hash]);
  return streak!.gone ? { reason: 'bounce', until: null } : { reason: 'soft_bounce', until: new Date(now.getTime() + PAUSE_DAYS * 86_400_000) };
}

/** These addresses took a message, or are paused now: counting begins anew. */
export async function forgetSoftRefusals(tx: Db, hashes: Iterable<string>): Promise<void> {
  const sorted = [...hashes].toSorted();
  if (sorted.length > 0) await rows(tx, `delete from soft_bounce as s where s.address_hash = any($1::text[])`, [sorted]);
}
