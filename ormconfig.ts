import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { GuardedClient } from './src/platform/database/guarded-client.js';
import { migrations } from './src/platform/database/migrations.js';

/**
 * How long a connection that nobody uses is kept. Longer than the ten seconds after which every worker looks (`platform/jobs/runner.ts`): with the ten of `pg` an idle service closed
 * its connections just before it needed them again, and making a dozen anew each time was two fifths of what idling cost (docs/measurements.md).
 */
const KEPT_IDLE_MS = 60_000;

/**
 * The one TypeORM DataSource, used by the service, the command line and the tests. Tables are changed by migrations only:
 * `synchronize` is false and stays false.
 *
 * @param url   PostgreSQL connection URL
 * @param pool  most connections this process may hold
 */
export function createDataSource(url: string, pool = 12): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    synchronize: false,
    migrations,
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    logging: false,
    poolSize: pool,
    invalidWhereValuesBehavior: { null: 'throw', undefined: 'throw' },
    extra: { connectionTimeoutMillis: 10_000, idleTimeoutMillis: KEPT_IDLE_MS, application_name: 'danbi', options: '-c timezone=UTC', Client: GuardedClient },
  });
}
