import type { ModuleParts } from '../platform/module-parts.js';
import { SampleController } from './http/sample.controller.js';
import { SampleWorker } from './jobs/sample.worker.js';
import { SampleData } from './sample-data.service.js';

export const sampleParts: ModuleParts = { providers: [SampleData], controllers: [SampleController], workers: [SampleWorker] };
