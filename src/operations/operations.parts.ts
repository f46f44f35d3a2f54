import type { ModuleParts } from '../platform/module-parts.js';
import { AlarmsController } from './alarms/http/alarms.controller.js';
import { StopAlarmsController } from './alarms/http/stop-alarms.controller.js';
import { AlarmsWorker } from './alarms/jobs/alarms.job.js';
import { AlarmMessenger } from './alarms/messenger.js';
import { AlarmTargets } from './alarms/targets.service.js';
import { Gauges } from './gauges.js';
import { StatusController } from './http/status.controller.js';
import { StatusReader } from './status.service.js';

/** `MetricsController` is added by `app.module.ts`: processes that serve no API have metrics too. */
export const operationsParts: ModuleParts = { providers: [StatusReader, Gauges, AlarmMessenger, AlarmTargets], controllers: [StatusController, AlarmsController, StopAlarmsController], workers: [AlarmsWorker] };
