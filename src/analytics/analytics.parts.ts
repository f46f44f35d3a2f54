import { joined, type ModuleParts } from '../platform/module-parts.js';
import { ResultsController } from './http/results.controller.js';
import { ReportsService } from './reports.service.js';
import { reportsParts } from './reports/reports.parts.js';

export const analyticsParts: ModuleParts = joined({ providers: [ReportsService], controllers: [ResultsController], workers: [] }, reportsParts);
