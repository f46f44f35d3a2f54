import type { ModuleParts } from '../../platform/module-parts.js';
import { ExperimentsController } from './http/experiments.controller.js';
import { VerdictsWorker } from './jobs/verdicts.job.js';
import { Counters } from './counter.js';
import { Verdicts } from './verdicts.service.js';

export const verdictsParts: ModuleParts = { providers: [Counters, Verdicts], controllers: [ExperimentsController], workers: [VerdictsWorker] };
