import type { ModuleParts } from '../platform/module-parts.js';
import { ContentCache } from './content/content-cache.js';
import { LinkKeys } from './links/link-keys.service.js';

export const deliveryParts: ModuleParts = { providers: [ContentCache, LinkKeys], controllers: [], workers: [] };
