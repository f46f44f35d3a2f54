import type { ModuleParts } from '../../platform/module-parts.js';
import { GatedQueue } from './gated-claims.js';
import { DeliveriesController } from './http/deliveries.controller.js';
import { EmailSurroundings, EmailWorker } from './jobs/email.worker.js';

export const sendingParts: ModuleParts = { providers: [GatedQueue, EmailSurroundings], controllers: [DeliveriesController], workers: [EmailWorker] };
