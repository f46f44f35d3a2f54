import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createDataSource } from '../ormconfig.js';
import { AppModule } from './app.module.js';
import { SystemClock } from './kernel/clock.js';
import { readConfig } from './platform/config.js';
import { openApiDocument } from './platform/http/openapi.js';
import { ManualAlarms } from './platform/jobs/alarms.js';
import { WorkerRunner } from './platform/jobs/runner.js';
import { createLog } from './platform/logging.js';
import { Metrics } from './platform/metrics.js';
import { VERSION } from './platform/version.js';

/** The document of the routes as they are in the code, without a database: nothing is started and no provider is made. */
export async function describeRoutes(): Promise<string> {
  const log = createLog('silent');
  const platform = { config: readConfig({}), clock: new SystemClock(), log, db: createDataSource('postgres://unused'), runner: new WorkerRunner(new ManualAlarms(), log), metrics: new Metrics() };
  const nest = await NestFactory.create<NestFastifyApplication>(AppModule.on(platform), new FastifyAdapter(), { preview: true, logger: false, abortOnError: false });
  return `${JSON.stringify(openApiDocument(nest, VERSION), null, 2)}\n`;
}
