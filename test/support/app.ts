import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { startApp, type RunningApp } from '../../src/app.js';
import type { Clock } from '../../src/kernel/clock.js';
import { readConfig } from '../../src/platform/config.js';
import { createTestDatabase } from './database.js';

export interface TestApp extends RunningApp {
  db: DataSource;
  databaseUrl: string;
  dataDir: string;
}

/**
 * The whole service on a port of its own over a database of its own. Workers are manual by default: call
 * `app.runner.runUntilIdle()`.
 */
export async function startTestApp(options: { clock?: Clock; workers?: 'running' | 'manual'; env?: NodeJS.ProcessEnv } = {}): Promise<TestApp> {
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'danbi-data-'));
  const config = readConfig({ PORT: '0', LOG_LEVEL: process.env.LOG_LEVEL ?? 'error', DATA_DIR: dataDir, DATABASE_POOL: '6', ...options.env });
  const app = await startApp({ config, databaseUrl: database.url, clock: options.clock, workers: options.workers ?? 'manual' });
  return {
    ...app,
    db: database.db,
    databaseUrl: database.url,
    dataDir,
    close: async () => {
      await app.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
