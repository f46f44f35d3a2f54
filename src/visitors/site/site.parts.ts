import type { ModuleParts } from '../../platform/module-parts.js';
import { IdCookieController } from './http/id-cookie.controller.js';
import { LastVisitController } from './http/last-visit.controller.js';
import { SiteSettingsController } from './http/site-settings.controller.js';
import { SiteSettings } from './site-settings.service.js';
import { VisitorSettings } from './visitor-settings.js';

export const siteParts: ModuleParts = { providers: [VisitorSettings, SiteSettings], controllers: [IdCookieController, LastVisitController, SiteSettingsController], workers: [] };
