import { exists, row, rows, type Db } from '../../../platform/database/db.js';

/** Holds the workspace's settings until commit; one that was never set up is made with neutral defaults. */
export async function lockSettings(tx: Db, now: Date): Promise<void> {
  await rows(tx, `insert into workspace (id, name, time_zone, language, created_at) values (1, 'Danbi', 'UTC', 'en', $1::timestamptz) on conflict do nothing`, [now]);
  await row(tx, 'select w.id from workspace as w where w.id = 1 for update');
}

/** Replaces what the workspace says about rules. */
export async function saveRules(tx: Db, rules: Record<string, unknown>): Promise<void> {
  await rows(tx, `update workspace as w set settings = jsonb_set(w.settings, '{rules}', $1::jsonb) where w.id = 1`, [JSON.stringify(rules)]);
}

/** Asks that what waits for a reason be judged anew, from the beginning. */
export async function requestRelease(tx: Db, reason: string, now: Date): Promise<void> {
  await rows(tx, `
    insert into pacing_release as r (reason, requested_at) values ($1, $2::timestamptz)
    on conflict (reason) do update set requested_at = excluded.requested_at, after_person = null, after_id = null`, [reason, now]);
}

/** Whether anything is asked to be judged anew. */
export const hasRelease = (db: Db): Promise<boolean> => exists(db, 'select from pacing_release');

/**
 * Makes the next `limit` of the waiting deliveries due, for the reason first asked for, and forgets the request after the last. Each is
 * freed once: one that is put back meanwhile lies behind.
 */
export async function releaseWaiting(tx: Db, limit: number, now: Date): Promise<number> {
  const asked = await row<{ reason: string; afterPerson: string | null; afterId: string | null }>(tx, `
    select r.reason, r.after_person as "afterPerson", r.after_id as "afterId" from pacing_release as r order by r.requested_at limit 1 for update skip locked`);
  if (!asked) return 0;
  const freed = await rows<{ id: string; personId: string }>(tx, `
    with waiting as materialized (
      select d.id, d.person_id from delivery as d
       where d.state = 'queued' and d.reason = $1 and d.reason in ('QUIET_HOURS_DEFERRED', 'CAP_DEFERRED') and ($4::uuid is null or (d.person_id, d.id) > ($4::uuid, $5::uuid))
       order by d.person_id, d.id limit $2 for update),
    freed as (
      update delivery as d set due_at = $3::timestamptz, reason = null, detail = null, gate_facts = null from waiting as w where d.id = w.id and d.person_id = w.person_id returning 1)
    select w.id, w.person_id as "personId" from waiting as w order by w.person_id, w.id`, [asked.reason, limit, now, asked.afterPerson, asked.afterId]);
  const last = freed.at(-1);
  if (last) await rows(tx, 'update pacing_release as r set after_person = $2::uuid, after_id = $3::uuid where r.reason = $1', [asked.reason, last.personId, last.id]);
  else await rows(tx, 'delete from pacing_release as r where r.reason = $1', [asked.reason]);
  return freed.length;
}
