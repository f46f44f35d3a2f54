import type { ModuleParts } from '../platform/module-parts.js';
import { LIST_USE } from '../people/lists/list-use.js';
import { BuildService } from './build.service.js';
import { SegmentFilesController } from './http/files.controller.js';
import { InsightController } from './http/insight.controller.js';
import { SegmentsController } from './http/segments.controller.js';
import { SegmentInsight } from './insight.service.js';
import { SegmentListUse } from './list-use.js';
import { BuildWorker } from './jobs/build.worker.js';
import { MembershipWorker } from './jobs/membership.worker.js';
import { MembershipService } from './membership.service.js';
import { SegmentFiles } from './segment-files.service.js';
import { SegmentsService } from './segments.service.js';

export const segmentsParts: ModuleParts = { providers: [MembershipService, BuildService, SegmentsService, SegmentInsight, SegmentFiles, { provide: LIST_USE, useClass: SegmentListUse }], controllers: [SegmentFilesController, InsightController, SegmentsController], workers: [BuildWorker, MembershipWorker] };
