import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { ApiKeys } from '../../src/access/api-keys.service.js';
import { startApp, type RunningApp } from '../../src/app.js';
import { ALARMS } from '../../src/operations/alarms/jobs/alarms.job.js';
import type { Clock } from '../../src/kernel/clock.js';
import { readConfig } from '../../src/platform/config.js';
import { keyFileOf } from '../../src/platform/secrets/key-ring.js';
import { loadThreadsWith } from '../../src/platform/threads.js';
import { createTestDatabase } from './database.js';
import { TEST_SECRET_KEY } from './secret-keys.js';

// Threads of the service run TypeScript as the tests do.
loadThreadsWith(['--import', new URL('./native/register.js', import.meta.url).href]);

export interface TestApp extends RunningApp {
  db: DataSource;
  databaseUrl: string;
  dataDir: string;
  /** A server key of role owner: `authorization: Bearer <key>`. */
  key: string;
  /** A public write key without origin limits. */
  writeKey: string;
  /** One request with the owner's key; `body` is sent as JSON. An empty answer has the body null. */
  api<T = any>(method: string, path: string, body?: unknown): Promise<ApiAnswer<T>>; // eslint-disable-line typescript/no-explicit-any -- answers are examined by the test
}

export interface ApiAnswer<T> { status: number; body: T }

/**
 * The whole service on a port of its own over a database of its own. Workers are manual by default: call
 * `app.runner.runUntilIdle()`. Whether anything is wrong is looked for only with `alarms`: it costs a look at everything for each step of the clock.
 */
export async function startTestApp(options: { clock?: Clock; workers?: 'running' | 'manual'; alarms?: boolean; env?: NodeJS.ProcessEnv; /** Answers the address that the service connects by, given that of its owner. */ connectAs?: (owner: DataSource, url: string) => Promise<string> } = {}): Promise<TestApp> {
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'danbi-data-'));
  await writeFile(keyFileOf(dataDir), TEST_SECRET_KEY, { mode: 0o600 });
  const config = readConfig({ PORT: '0', LOG_LEVEL: process.env.LOG_LEVEL ?? 'error', DATA_DIR: dataDir, DATABASE_POOL: '6', ...options.env });
  const databaseUrl = options.connectAs ? await options.connectAs(database.db, database.url) : database.url;
  const app = await startApp({ config, databaseUrl, clock: options.clock, workers: options.workers ?? 'manual', without: options.alarms ? [] : [ALARMS] });
  const keys = app.nest.get(ApiKeys, { strict: false });
  const { secret: key } = await keys.create({ kind: 'server', name: 'test', role: 'owner' }, 'setup');
  const { secret: writeKey } = await keys.create({ kind: 'write', name: 'test' }, 'setup');
  return {
    ...app,
    db: database.db,
    databaseUrl: database.url,
    dataDir,
    key,
    writeKey,
    api: (method, path, body) => callApi(`${app.url}${path}`, key, method, body),
    close: async () => {
      await app.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** One JSON request with a server key. */
export async function callApi<T>(url: string, key: string, method: string, body?: unknown): Promise<ApiAnswer<T>> {
  const headers = { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  const answer = await fetch(url, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await answer.text();
  const isJson = (answer.headers.get('content-type') ?? '').includes('json');
  return { status: answer.status, body: (text === '' ? null : isJson ? JSON.parse(text) : text) as T };
}
