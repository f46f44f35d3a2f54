import type { ModuleParts } from '../platform/module-parts.js';
import { ResultsController } from './http/results.controller.js';
import { ReportsService } from './reports.service.js';

export const analyticsParts: ModuleParts = { providers: [ReportsService], controllers: [ResultsController], workers: [] };
