import type { ModuleParts } from '../platform/module-parts.js';
import { AlarmsController } from './alarms/http/alarms.controller.js';
import { StopAlarmsController } from './alarms/http/stop-alarms.controller.js';
import { AlarmsWorker } from './alarms/jobs/alarms.job.js';
import { AlarmMessenger } from './alarms/messenger.js';
import { AlarmTargets } from './alarms/targets.service.js';
import { ServiceLevelsController } from './levels/http/levels.controller.js';
import { LevelsWorker } from './levels/jobs/levels.worker.js';
import { ServiceLevels } from './levels/levels.service.js';
import { Gauges } from './gauges.js';
import { StatusHistoryController } from './history/history.controller.js';
import { ReleaseController } from './http/release.controller.js';
import { StatusController } from './http/status.controller.js';
import { RetentionController } from './retention/http/retention.controller.js';
import { RetentionWorker } from './retention/jobs/retention.worker.js';
import { Retention } from './retention/retention.service.js';
import { ReleaseReader } from './release.js';
import { StatusReader } from './status.service.js';

/** `MetricsController` is added by `app.module.ts`: processes that serve no API have metrics too. */
export const operationsParts: ModuleParts = { providers: [StatusReader, ReleaseReader, Gauges, AlarmMessenger, AlarmTargets, Retention, ServiceLevels], controllers: [StatusController, ReleaseController, StatusHistoryController, AlarmsController, StopAlarmsController, RetentionController, ServiceLevelsController], workers: [AlarmsWorker, RetentionWorker, LevelsWorker] };
