import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createDataSource } from '../../ormconfig.js';
import { startEmbedded } from '../../src/platform/database/embedded.js';
import { prepareDatabase } from '../../src/platform/database/prepare-db.js';
import { startSecrets } from '../../src/platform/secrets/start-secrets.js';
import { TEST_KEYS } from './secret-keys.js';

export interface TestServer {
  url: string;
  stop(): Promise<void>;
}

/** One embedded server for a whole run, with a migrated database `danbi_template` that each test file clones. */
export async function startTestServer(): Promise<TestServer> {
  const directory = await mkdtemp(join(tmpdir(), 'danbi-test-'));
  await chmod(directory, 0o755);
  const server = await startEmbedded({ directory, settings: ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'] });
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  await admin.query('create database danbi_template');
  await admin.end();
  const template = await createDataSource(server.url.replace(/\/danbi$/, '/danbi_template'), 2).initialize();
  await prepareDatabase(template, new Date());
  await startSecrets(template, TEST_KEYS, new Date());
  await template.destroy();
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
