import type { ModuleParts } from '../../platform/module-parts.js';
import { Digests } from './digests.service.js';
import { DigestController } from './http/digest.controller.js';
import { DigestStopController } from './http/stop-pages.controller.js';
import { DigestWorker } from './jobs/digest.job.js';

export const digestParts: ModuleParts = { providers: [Digests], controllers: [DigestController, DigestStopController], workers: [DigestWorker] };
