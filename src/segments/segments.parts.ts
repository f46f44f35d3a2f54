import type { ModuleParts } from '../platform/module-parts.js';
import { BuildService } from './build.service.js';
import { InsightController } from './http/insight.controller.js';
import { SegmentsController } from './http/segments.controller.js';
import { SegmentInsight } from './insight.service.js';
import { BuildWorker } from './jobs/build.worker.js';
import { MembershipWorker } from './jobs/membership.worker.js';
import { MembershipService } from './membership.service.js';
import { SegmentsService } from './segments.service.js';

export const segmentsParts: ModuleParts = { providers: [MembershipService, BuildService, SegmentsService, SegmentInsight], controllers: [InsightController, SegmentsController], workers: [BuildWorker, MembershipWorker] };
