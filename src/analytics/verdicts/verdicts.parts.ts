import type { ModuleParts } from '../../platform/module-parts.js';
import { ExperimentsController } from './http/experiments.controller.js';
import { VerdictsWorker } from './jobs/verdicts.job.js';
import { Verdicts } from './verdicts.service.js';

export const verdictsParts: ModuleParts = { providers: [Verdicts], controllers: [ExperimentsController], workers: [VerdictsWorker] };
