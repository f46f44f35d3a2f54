import type { ModuleParts } from '../../platform/module-parts.js';
import { CampaignReportsController } from './http/campaign-reports.controller.js';
import { WorkspaceReportsController } from './http/workspace-reports.controller.js';
import { Reports } from './reports.service.js';

export const reportsParts: ModuleParts = { providers: [Reports], controllers: [CampaignReportsController, WorkspaceReportsController], workers: [] };
