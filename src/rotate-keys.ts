import { createDataSource } from '../ormconfig.js';
import { SystemClock } from './kernel/clock.js';
import { AppError } from './kernel/errors.js';
import { readConfig } from './platform/config.js';
import { runningEmbedded } from './platform/database/embedded.js';
import { rotateKeys } from './platform/secrets/rotate-keys.js';
import { keySourceOf, startSecrets } from './platform/secrets/start-secrets.js';

/** Seals all secrets in the database with a new key, while the service runs or not; see docs/secrets.md. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const source = keySourceOf(config);
  const db = await createDataSource(config.DATABASE_URL ?? (await runningEmbedded(config.dataDir)), 2).initialize();
  try {
    const now = new SystemClock().now();
    await startSecrets(db, source, now);
    const { to, sealed, unused } = await rotateKeys(db, source, now);
    process.stdout.write(`${sealed} secrets are sealed with the key ${to}.\n`);
    if (!source.environment) process.stdout.write(`It stands first in ${source.file}. Back that file up now.\n`);
    if (unused.length > 0) process.stdout.write(`No secret needs ${unused.join(', ')} any more. Keep such a key with the backups made before now.\n`);
  } finally {
    await db.destroy();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof AppError ? error.message : error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
