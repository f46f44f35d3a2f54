import type { ModuleParts } from '../../platform/module-parts.js';
import { InboundController } from './http/inbound.controller.js';
import { SourcesController } from './http/sources.controller.js';
import { InboundSources } from './inbound.service.js';
import { SourcesWorker } from './jobs/sources.worker.js';
import { Sources } from './sources.service.js';

export const sourcesParts: ModuleParts = { providers: [InboundSources, Sources], controllers: [SourcesController, InboundController], workers: [SourcesWorker] };
