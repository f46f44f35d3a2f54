import type { ModuleParts } from '../../platform/module-parts.js';
import { AnomaliesController } from './http/anomalies.controller.js';
import { AnomaliesWorker } from './jobs/anomalies.job.js';

export const anomaliesParts: ModuleParts = { providers: [], controllers: [AnomaliesController], workers: [AnomaliesWorker] };
