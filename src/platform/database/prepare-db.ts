import type { DataSource } from 'typeorm';
import { AppError } from '../../kernel/errors.js';
import { inTransaction, row, rows, type Db } from './db.js';
import { migrations } from './migrations.js';

const MINIMUM_VERSION = 150_000;
const MIGRATION_LOCK = 7_305_001;
const PARTITION_LOCK = 7_305_005;

/** Checks the server and brings its schema to this code's version; several processes may start at once. */
export async function prepareDatabase(db: DataSource, now: Date): Promise<void> {
  const server = await row<{ number: number; text: string }>(db, `select current_setting('server_version_num')::int as number, current_setting('server_version') as text`);
  if (server!.number < MINIMUM_VERSION) throw new AppError('database.too-old', `PostgreSQL ${server!.text} is too old; Danbi needs 15 or newer.`, 'unavailable');
  const runner = db.createQueryRunner();
  try {
    await runner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await refuseNewer(db);
    await db.runMigrations();
  } finally {
    await runner.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await runner.release();
  }
  await keepPartitions(db, now);
}

/** A database that a newer release has migrated must not be touched by older code. */
async function refuseNewer(db: Db): Promise<void> {
  const exists = await row<{ found: boolean }>(db, `select to_regclass('migration') is not null as found`);
  if (!exists!.found) return;
  const known = new Set(migrations.map((migration) => migration.name));
  const applied = await rows<{ name: string }>(db, 'select m.name from migration as m order by m.timestamp');
  const unknown = applied.filter(({ name }) => !known.has(name));
  if (unknown.length > 0) throw new AppError('database.newer', `The database was migrated by a newer release of Danbi (${unknown.at(-1)!.name}). Start that release, or restore a backup made before the upgrade.`, 'unavailable');
}

const PARTITIONED = ['event', 'decision', 'delivery_event'];
const MONTHS_BACK = 1;
const MONTHS_AHEAD = 3;

/**
 * Makes the monthly partitions around `now`. A month whose rows already lie in the default partition is left there: moving
 * them is maintenance work, not start-up work. Each is made alone, so that no two tables are locked at once beside traffic, and by one
 * process at a time: `if not exists` of two at one instant fails with a duplicate key.
 */
export async function keepPartitions(db: DataSource, now: Date): Promise<void> {
  for (const table of PARTITIONED) {
    for (let month = -MONTHS_BACK; month <= MONTHS_AHEAD; month += 1) {
      const from = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + month, 1));
      const to = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + month + 1, 1));
      const name = `${table}_${from.toISOString().slice(0, 7).replace('-', '_')}`;
      const column = table === 'event' ? 'occurred_at' : 'at';
      const state = await row<{ exists: boolean; taken: boolean }>(db, `select to_regclass('${name}') is not null as exists, exists (select 1 from ${table}_default as d where d.${column} >= $1 and d.${column} < $2) as taken`, [from, to]);
      if (state!.exists || state!.taken) continue;
      await inTransaction(db, async (tx) => {
        await tx.query('select pg_advisory_xact_lock($1)', [PARTITION_LOCK]);
        await tx.query('select danbi_make_month($1, $2::date)', [table, from.toISOString().slice(0, 10)]);
      });
    }
  }
}
