import { newId } from '../kernel/ids.js';
import { row, type Db } from './database/db.js';

export const SAMPLE_PEOPLE = 200;

/** Asks for the sample people; the worker of `sample` makes them. False when they are there already or on their way. */
export async function requestSample(tx: Db, by: string, now: Date): Promise<boolean> {
  const asked = await row(tx, `
    insert into sample_data (run, state, total, anchor, requested_by, requested_at) values ($1, 'making', $2, $3::timestamptz, $4, $3::timestamptz)
    on conflict (id) do nothing returning run`, [newId(), SAMPLE_PEOPLE, now, by]);
  return asked !== null;
}
