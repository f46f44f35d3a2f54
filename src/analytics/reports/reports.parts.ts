import type { ModuleParts } from '../../platform/module-parts.js';
import { CampaignReportsController } from './http/campaign-reports.controller.js';
import { ReportExports } from './export/exports.service.js';
import { ReportExportsController } from './http/report-exports.controller.js';
import { WorkspaceReportsController } from './http/workspace-reports.controller.js';
import { Reports } from './reports.service.js';

export const reportsParts: ModuleParts = { providers: [Reports, ReportExports], controllers: [CampaignReportsController, WorkspaceReportsController, ReportExportsController], workers: [] };
