import type { ModuleParts } from '../platform/module-parts.js';
import { DashboardController } from './dashboard.controller.js';
import { DashboardFiles } from './dashboard-files.js';

export const dashboardParts: ModuleParts = { providers: [DashboardFiles], controllers: [DashboardController], workers: [] };
