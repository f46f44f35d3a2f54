import { parseArgs } from 'node:util';
import { createDataSource } from '../ormconfig.js';
import { AppError } from './kernel/errors.js';
import { readConfig } from './platform/config.js';
import { inTransaction, row, rows } from './platform/database/db.js';
import { distributionOf } from './platform/database/distribution.js';
import { runningEmbedded } from './platform/database/embedded.js';

/**
 * `npm run db:distribute`: prints what it takes to spread the tables by person over a Citus cluster, and what stands in the way. Changes
 * nothing but with `--apply`, which needs the extension and a schema without obstacles.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { apply: { type: 'boolean', default: false } }, strict: true });
  const config = readConfig(process.env);
  const db = await createDataSource(config.DATABASE_OWNER_URL ?? config.DATABASE_URL ?? (await runningEmbedded(config.dataDir)), 1).initialize();
  try {
    const { spread, whole, statements, obstacles } = await distributionOf(db);
    const hasCitus = (await row(db, `select from pg_extension where extname = 'citus'`)) !== null;
    process.stdout.write(`-- ${spread.length} tables by person, ${whole.length} whole on every node\n${statements.map((one) => `${one};\n`).join('')}${obstacles.map((one) => `-- obstacle: ${one}\n`).join('')}`);
    if (!values.apply) return void process.stdout.write(`-- nothing was changed${hasCitus ? '' : '; this database has no extension citus'}\n`);
    if (!hasCitus) throw new AppError('database.no-citus', 'This database has no extension citus. Nothing was changed.', 'unavailable');
    if (obstacles.length > 0) throw new AppError('database.obstacles', `What stands in the way is named above (${obstacles.length}). Nothing was changed.`, 'unavailable');
    await inTransaction(db, async (tx) => { for (const statement of statements) await rows(tx, statement); });
    process.stdout.write('-- done\n');
  } finally {
    await db.destroy();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof AppError ? error.message : String(error)}\n`);
  process.exit(1);
});
