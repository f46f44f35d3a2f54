import { joined, type ModuleParts } from '../platform/module-parts.js';
import { Cells } from './cells.service.js';
import { digestParts } from './digest/digest.parts.js';
import { CheckService } from './check.service.js';
import { ReconciliationController } from './http/reconciliation.controller.js';
import { ResultsController } from './http/results.controller.js';
import { CheckWorker } from './jobs/check.job.js';
import { RollupWorker } from './jobs/rollup.job.js';
import { CountPlans } from './plans.js';
import { ObservedCounts } from '../platform/observed-counts.js';
import { LedgerObservedCounts } from './observed-counts.service.js';
import { ReportsService } from './reports.service.js';
import { reportsParts } from './reports/reports.parts.js';
import { RollupsService } from './rollups.service.js';
import { verdictsParts } from './verdicts/verdicts.parts.js';

export const analyticsParts: ModuleParts = joined({ providers: [{ provide: ObservedCounts, useClass: LedgerObservedCounts }, CountPlans, Cells, RollupsService, CheckService, ReportsService], controllers: [ResultsController, ReconciliationController], workers: [RollupWorker, CheckWorker] }, reportsParts, digestParts, verdictsParts);
