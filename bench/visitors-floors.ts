import { performance } from 'node:perf_hooks';
import type { DataSource } from 'typeorm';
import { rows } from '../src/platform/database/db.js';

const TABLES = ['display_claim', 'enrollment', 'step_visit', 'delivery', 'in_app_message', 'delivery_event'] as const;

/** Tables of the same columns, checks and indexes, to insert the very rows into that the service wrote. */
export async function prepareFloors(db: DataSource): Promise<void> {
  for (const table of TABLES) await rows(db, `create table floor_${table} (like ${table} including all)`);
}

/** The row of each lease again, one a transaction. @returns transactions a second */
export const rawClaims = (db: DataSource, keys: readonly string[], connections: number): Promise<number> =>
  each(db, 'insert into floor_display_claim select c.* from display_claim as c where c.key = $1', keys, connections);

/** The five rows of each impression again, one statement a transaction: less than any service could do. @returns transactions a second */
export const rawAcks = (db: DataSource, keys: readonly string[], connections: number): Promise<number> =>
  each(db, `
    with d as materialized (select d.* from delivery as d where d.id = (select c.delivery_id from display_claim as c where c.key = $1)),
    run as (insert into floor_enrollment select e.* from enrollment as e where e.id = (select d.enrollment_id from d)),
    visit as (insert into floor_step_visit select v.* from step_visit as v where v.enrollment_id = (select d.enrollment_id from d)),
    message as (insert into floor_in_app_message select m.* from in_app_message as m where m.delivery_id = (select d.id from d)),
    impression as (insert into floor_delivery_event select e.* from delivery_event as e where e.delivery_id = (select d.id from d))
    insert into floor_delivery select d.* from d`, keys, connections);

async function each(db: DataSource, sql: string, keys: readonly string[], connections: number): Promise<number> {
  let next = 0;
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, async () => {
    for (let key = keys[next++]; key !== undefined; key = keys[next++]) await rows(db, sql, [key]);
  }));
  return keys.length / ((performance.now() - started) / 1_000);
}
