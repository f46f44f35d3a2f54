import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises';
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

/** The month most virtual clocks begin in: their partitions are in the template, and no test has to make them. */
const MOST_TESTS_BEGIN = new Date('2026-03-02T09:00:00Z');

const MEMORY = '/dev/shm';
const ROOM = 6 * 1_024 ** 3;

/** Each test file makes a database of 1,100 small files and drops it again: in memory, where there is room for it, no disk has to write them. */
async function roomyMemory(): Promise<boolean> {
  const found = await statfs(MEMORY).catch(() => null);
  return found !== null && found.bavail * found.bsize > ROOM;
}

/** One embedded server for a whole run, with a migrated database `danbi_template` that each test file clones. */
export async function startTestServer(): Promise<TestServer> {
  const directory = await mkdtemp(join(await roomyMemory() ? MEMORY : tmpdir(), 'danbi-test-'));
  await chmod(directory, 0o755);
  const server = await startEmbedded({ directory, settings: ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200', 'shared_buffers=256MB'] });
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  await admin.query('create database danbi_template');
  await admin.end();
  const template = await createDataSource(server.url.replace(/\/danbi$/, '/danbi_template'), 2).initialize();
  await prepareDatabase(template, MOST_TESTS_BEGIN);
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
