import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { accessParts } from './access/access.parts.js';
import { analyticsParts } from './analytics/analytics.parts.js';
import { campaignsParts } from './campaigns/campaigns.parts.js';
import { dashboardParts } from './dashboard/dashboard.parts.js';
import { deliveryParts } from './delivery/delivery.parts.js';
import { filesParts } from './files/files.parts.js';
import { Clock } from './kernel/clock.js';
import { MetricsController } from './operations/http/metrics.controller.js';
import { operationsParts } from './operations/operations.parts.js';
import { peopleParts } from './people/people.parts.js';
import { Config } from './platform/config.js';
import { BrowserRates } from './platform/http/browser-rates.js';
import { RequestRates } from './platform/http/request-rates.js';
import { BrowserTransport } from './platform/http/browser-transport.js';
import { ErrorFilter } from './platform/http/error.filter.js';
import { HealthController } from './platform/http/health.controller.js';
import { OpenApi, OpenApiController } from './platform/http/openapi.js';
import { RawBodies } from './platform/http/raw-bodies.js';
import { validationPipe } from './platform/http/validation.js';
import { MaintenanceWorker } from './platform/jobs/maintenance.worker.js';
import { WorkerRunner } from './platform/jobs/runner.js';
import type { Log } from './platform/logging.js';
import { Metrics } from './platform/metrics.js';
import type { ModuleParts } from './platform/module-parts.js';
import { PublicUrl } from './platform/public-url.js';
import { LOG } from './platform/tokens.js';
import { sampleParts } from './sample/sample.parts.js';
import { segmentsParts } from './segments/segments.parts.js';
import { visitorsParts } from './visitors/visitors.parts.js';

/** What the process hands to the modules: made in `app.ts`, before Nest. */
export interface Platform {
  config: Config;
  clock: Clock;
  log: Log;
  db: DataSource;
  runner: WorkerRunner;
  metrics: Metrics;
}

export const PARTS: ModuleParts[] = [accessParts, peopleParts, segmentsParts, deliveryParts, campaignsParts, filesParts, analyticsParts, visitorsParts, dashboardParts, sampleParts, operationsParts];

/** Every queue consumer of a process that runs workers. */
export const WORKERS = [MaintenanceWorker, ...PARTS.flatMap((part) => part.workers)];

@Module({})
export class AppModule {
  static on(platform: Platform): DynamicModule {
    const shared: Provider[] = [
      { provide: Config, useValue: platform.config },
      { provide: Clock, useValue: platform.clock },
      { provide: LOG, useValue: platform.log },
      { provide: WorkerRunner, useValue: platform.runner },
      { provide: Metrics, useValue: platform.metrics },
      PublicUrl,
      BrowserRates,
      RequestRates,
      BrowserTransport,
      RawBodies,
      MaintenanceWorker,
      OpenApi,
      { provide: APP_FILTER, useClass: ErrorFilter },
      { provide: APP_PIPE, useFactory: validationPipe },
    ];
    return {
      module: AppModule,
      imports: [
        ScheduleModule.forRoot(),
        TypeOrmModule.forRootAsync({ useFactory: () => ({ type: 'postgres' as const }), dataSourceFactory: async () => platform.db }),
      ],
      providers: [...shared, ...PARTS.flatMap((part) => [...part.providers, ...part.workers])],
      controllers: [HealthController, MetricsController, OpenApiController, ...(platform.config.ROLE === 'worker' ? [] : PARTS.flatMap((part) => part.controllers))],
    };
  }
}
