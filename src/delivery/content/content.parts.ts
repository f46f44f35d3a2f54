import type { ModuleParts } from '../../platform/module-parts.js';
import { ContentCache } from './content-cache.js';
import { PreviewsController } from './http/previews.controller.js';
import { Previews } from './preview.service.js';

export const contentParts: ModuleParts = { providers: [ContentCache, Previews], controllers: [PreviewsController], workers: [] };
