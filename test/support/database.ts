import pg from 'pg';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../ormconfig.js';
import { attachVault, Vault } from '../../src/platform/secrets/vault.js';
import { TEST_KEYS } from './secret-keys.js';

export interface TestDatabase {
  url: string;
  db: DataSource;
  drop(): Promise<void>;
}

let counter = 0;

async function admin(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: process.env.DANBI_TEST_SERVER });
  await client.connect();
  try {
    // Two clones of one template at once collide inside PostgreSQL; a lock makes them take turns.
    await client.query('select pg_advisory_lock(1)');
    await work(client);
  } finally {
    await client.end();
  }
}

/** A fresh, migrated database of the test file's own. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${process.pid}_${(counter += 1)}_${Math.floor(performance.now())}`;
  await admin((client) => client.query(`create database ${name} template danbi_template strategy file_copy`));
  const url = process.env.DANBI_TEST_SERVER!.replace(/\/danbi$/, `/${name}`);
  const db = await createDataSource(url, 6).initialize();
  attachVault(db, new Vault(TEST_KEYS));
  return { url, db, drop: async () => { await db.destroy(); await admin((client) => client.query(`drop database ${name} with (force)`)); } };
}
