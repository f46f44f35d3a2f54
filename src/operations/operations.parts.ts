import type { ModuleParts } from '../platform/module-parts.js';
import { Gauges } from './gauges.js';
import { StatusController } from './http/status.controller.js';
import { StatusReader } from './status.service.js';

/** `MetricsController` is added by `app.module.ts`: processes that serve no API have metrics too. */
export const operationsParts: ModuleParts = { providers: [StatusReader, Gauges], controllers: [StatusController], workers: [] };
