import type { ModuleParts } from '../../platform/module-parts.js';
import { InboundController } from './http/inbound.controller.js';
import { SourcesController } from './http/sources.controller.js';
import { InboundSources } from './inbound.service.js';
import { SourcesWorker } from './jobs/sources.worker.js';
import { PullsController } from './pull/pulls.controller.js';
import { Pulls } from './pull/pulls.service.js';
import { PullsWorker } from './pull/pulls.worker.js';
import { Reach } from './pull/reach.js';
import { Sources } from './sources.service.js';

export const sourcesParts: ModuleParts = { providers: [InboundSources, Sources, Pulls, Reach], controllers: [SourcesController, PullsController, InboundController], workers: [SourcesWorker, PullsWorker] };
