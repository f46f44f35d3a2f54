import type { Db } from '../../platform/database/db.js';
import type { Workspace } from '../../platform/workspace.js';

/** Writes the parts given; settings that are not named stay. A workspace that was never set up starts from neutral defaults. */
export async function upsertWorkspace(db: Db, change: Partial<Workspace>, now: Date): Promise<void> {
  await db.query(`
    insert into workspace as w (id, name, time_zone, language, settings, created_at)
    values (1, coalesce($1, 'Danbi'), coalesce($2, 'UTC'), coalesce($3, 'en'), coalesce($4::jsonb, '{}'), $5::timestamptz)
    on conflict (id) do update
      set name = coalesce($1, w.name), time_zone = coalesce($2, w.time_zone), language = coalesce($3, w.language),
          settings = w.settings || coalesce($4::jsonb, '{}')`,
    [change.name ?? null, change.timeZone ?? null, change.language ?? null, change.settings ? JSON.stringify(change.settings) : null, now]);
}
