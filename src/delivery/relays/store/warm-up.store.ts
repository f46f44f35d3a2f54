import { row, rows, type Db } from '../../../platform/database/db.js';
import type { WarmUpPlan } from '../domain/warm-up.js';

export interface WarmUpKey { scope: 'relay' | 'domain'; key: string }
export interface WarmUp extends WarmUpKey, WarmUpPlan { enabled: boolean }

const COLUMNS = `w.scope, w.key, w.enabled, w.started_on::text as "startedOn", w.first_day as "firstDay", w.last_day as "lastDay", w.days`;

export function listWarmUps(db: Db): Promise<WarmUp[]> {
  return rows(db, `select ${COLUMNS} from warm_up as w order by w.scope, w.key`);
}

export function findWarmUp(db: Db, { scope, key }: WarmUpKey): Promise<WarmUp | null> {
  return row(db, `select ${COLUMNS} from warm_up as w where w.scope = $1 and w.key = $2`, [scope, key]);
}

export async function putWarmUp(tx: Db, plan: WarmUp): Promise<void> {
  await rows(
    tx,
    `insert into warm_up (scope, key, enabled, started_on, first_day, last_day, days) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (scope, key) do update set enabled = excluded.enabled, started_on = excluded.started_on, first_day = excluded.first_day, last_day = excluded.last_day, days = excluded.days`,
    [plan.scope, plan.key, plan.enabled, plan.startedOn, plan.firstDay, plan.lastDay, plan.days],
  );
}

export async function deleteWarmUp(tx: Db, { scope, key }: WarmUpKey): Promise<boolean> {
  await rows(tx, 'delete from warm_up_use as u where u.scope = $1 and u.key = $2', [scope, key]);
  return (await rows(tx, 'delete from warm_up as w where w.scope = $1 and w.key = $2 returning 1', [scope, key])).length > 0;
}

/** Messages of one day so far. */
export async function usedOn(db: Db, day: string): Promise<(WarmUpKey & { used: number })[]> {
  return rows(db, 'select u.scope, u.key, u.used from warm_up_use as u where u.day = $1::date', [day]);
}

/**
 * Takes places of a day's allowance, never more than there are; `free` ones are counted and always granted.
 *
 * @returns how many of `asked` were granted
 */
export async function takePlaces(tx: Db, { scope, key }: WarmUpKey, day: string, places: { asked: number; free: number; allowance: number }): Promise<number> {
  await rows(tx, 'insert into warm_up_use (scope, key, day, used) values ($1, $2, $3::date, 0) on conflict do nothing', [scope, key, day]);
  const use = await row<{ used: number }>(tx, 'select u.used from warm_up_use as u where u.scope = $1 and u.key = $2 and u.day = $3::date for update', [scope, key, day]);
  const granted = Math.max(0, Math.min(places.asked, places.allowance - use!.used - places.free));
  await rows(tx, 'update warm_up_use as u set used = u.used + $4 where u.scope = $1 and u.key = $2 and u.day = $3::date', [scope, key, day, granted + places.free]);
  return granted;
}

/** Gives back places that were not used after all. */
export async function returnPlaces(tx: Db, { scope, key }: WarmUpKey, day: string, places: number): Promise<void> {
  await rows(tx, 'update warm_up_use as u set used = greatest(0, u.used - $4) where u.scope = $1 and u.key = $2 and u.day = $3::date', [scope, key, day, places]);
}

/** When each of these people last opened or clicked anything themselves. */
export async function lastEngaged(db: Db, personIds: readonly string[]): Promise<Map<string, Date>> {
  const found = await rows<{ id: string; at: Date }>(
    db,
    `select e.person_id as id, max(e.at) as at from delivery_event as e where e.person_id = any($1::uuid[]) and e.verdict = 'human' and e.kind in ('open', 'click') group by e.person_id`,
    [personIds],
  );
  return new Map(found.map(({ id, at }) => [id, at]));
}
