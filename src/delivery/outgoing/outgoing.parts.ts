import type { ModuleParts } from '../../platform/module-parts.js';
import { OutgoingController } from './http/outgoing.controller.js';
import { OutgoingWorker } from './jobs/outgoing.worker.js';
import { OutgoingSurroundings } from './outgoing-batch.js';
import { Outgoing } from './outgoing.service.js';

export const outgoingParts: ModuleParts = { providers: [Outgoing, OutgoingSurroundings], controllers: [OutgoingController], workers: [OutgoingWorker] };
