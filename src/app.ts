import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SchedulerRegistry } from '@nestjs/schedule';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createDataSource } from '../ormconfig.js';
import { AppModule, WORKERS } from './app.module.js';
import { SystemClock, type Clock } from './kernel/clock.js';
import type { Config } from './platform/config.js';
import { prepareDatabase } from './platform/database/prepare-db.js';
import { keySourceOf, startSecrets } from './platform/secrets/start-secrets.js';
import { grantServiceRoles } from './platform/database/service-roles.js';
import { AgendaAlarms, prepareAgenda } from './platform/jobs/agenda-alarms.js';
import { ManualAlarms, type Alarms } from './platform/jobs/alarms.js';
import { WorkerRunner } from './platform/jobs/runner.js';
import { writtenSoFar } from './platform/jobs/written.js';
import { WakeChannel } from './platform/jobs/wake-channel.js';
import type { Worker } from './platform/jobs/worker.js';
import { Metrics } from './platform/metrics.js';
import { JourneyTraces } from './operations/tracing/journeys.js';
import { bothHear, startTracer, type Tracer } from './platform/tracing/tracer.js';
import { PublicUrl } from './platform/public-url.js';
import { createLog, NestLog, type Log } from './platform/logging.js';
import { guardEarly } from './access/http/guard-early.js';
import { OpenApi } from './platform/http/openapi.js';
import { VERSION } from './platform/version.js';
import { acceptEmptyJson, configureHttp } from './platform/http/configure-http.js';

export interface AppOptions {
  config: Config;
  databaseUrl: string;
  clock?: Clock;
  log?: Log;
  /** `manual` leaves the workers to the caller (`runner.runUntilIdle()`), for tests under a virtual clock. */
  workers?: 'running' | 'manual';
  /** Workers that a `manual` runner does without. */
  without?: readonly string[];
}

export interface RunningApp {
  nest: NestFastifyApplication;
  runner: WorkerRunner;
  /** Where HTTP listens, without a slash at the end. */
  url: string;
  /** The file with the key of secrets when this start made it: whoever operates Danbi must back it up. */
  madeKeyFile: string | null;
  close(): Promise<void>;
}

/** Brings the schema up to date by its owner, for a service that may not. */
async function prepareAsOwner(url: string, now: Date): Promise<void> {
  const owner = await createDataSource(url, 2).initialize();
  try {
    await prepareDatabase(owner, now);
    await prepareAgenda(url);
    await grantServiceRoles(owner);
  } finally {
    await owner.destroy();
  }
}

/** Starts one process of Danbi over a database: schema, HTTP, workers. `close` drains and leaves nothing open. */
export async function startApp(options: AppOptions): Promise<RunningApp> {
  const { config, databaseUrl } = options;
  const log = options.log ?? createLog(config.LOG_LEVEL);
  const clock = options.clock ?? new SystemClock();
  const manual = options.workers === 'manual';
  const db = createDataSource(databaseUrl, config.DATABASE_POOL);
  if (config.DATABASE_OWNER_URL) await prepareAsOwner(config.DATABASE_OWNER_URL, clock.now());
  await db.initialize();
  let nest: NestFastifyApplication | null = null;
  const opened: { runner?: WorkerRunner; channel?: WakeChannel | null; tracer?: Tracer | null; journeys?: JourneyTraces | null } = {};
  try {
    await prepareDatabase(db, clock.now());
    const { madeFile, sealed } = await startSecrets(db, keySourceOf(config), clock.now());
    if (sealed > 0) log.info({ sealed }, 'secrets of an earlier release are sealed');
    const runsWorkers = !manual && config.ROLE !== 'api';
    const alarms: Alarms = runsWorkers ? new AgendaAlarms(databaseUrl, log) : new ManualAlarms();
    const metrics = new Metrics();
    const tracer = await startTracer(config);
    opened.tracer = tracer;
    const journeys = tracer && new JourneyTraces(db, tracer, clock, log);
    opened.journeys = journeys;
    const runner = new WorkerRunner(alarms, log, bothHear(metrics, tracer));
    opened.runner = runner;
    nest = await NestFactory.create<NestFastifyApplication>(AppModule.on({ config, clock, log, db, runner, metrics }), new FastifyAdapter({ bodyLimit: 4 * 1024 * 1024, trustProxy: config.TRUSTED_PROXIES === '' ? false : config.TRUSTED_PROXIES, forceCloseConnections: true }), { logger: new NestLog(log), abortOnError: false });
    await configureHttp(nest, metrics, tracer);
    guardEarly(nest);
    await nest.init();
    acceptEmptyJson(nest);
    nest.get(OpenApi).describe(nest, VERSION);
    const channel = manual ? null : new WakeChannel(databaseUrl, log, (name) => runner.wakeHere(name));
    opened.channel = channel;
    await channel?.start();
    const workers = config.ROLE === 'api' ? [] : WORKERS.map((type) => nest!.get<Worker>(type as Type<Worker>, { strict: false }));
    await nest.listen({ port: config.PORT, host: config.HOST });
    const url = (await nest.getUrl()).replace(/\[::1?\]|0\.0\.0\.0/, '127.0.0.1').replace(/\/$/, '');
    nest.get(PublicUrl).set(config.PUBLIC_URL ?? url.replace('127.0.0.1', 'localhost'));
    if (manual) runner.add(workers.filter(({ name }) => !options.without?.includes(name)));
    else await runner.start(workers, { registry: nest.get(SchedulerRegistry, { strict: false }), announce: (name) => channel?.notify(name), written: () => writtenSoFar(db) });
    const running = nest;
    return {
      nest,
      runner,
      url,
      madeKeyFile: madeFile,
      close: async () => {
        await runner.stop();
        await channel?.stop();
        // Reads its rows, so before the database closes with Nest.
        await journeys?.close();
        await running.close();
        await tracer?.close();
        if (db.isInitialized) await db.destroy();
      },
    };
  } catch (error) {
    await opened.runner?.stop();
    await opened.channel?.stop();
    await opened.journeys?.close();
    await nest?.close();
    await opened.tracer?.close();
    if (db.isInitialized) await db.destroy();
    throw error;
  }
}
