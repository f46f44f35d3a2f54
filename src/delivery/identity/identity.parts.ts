import type { ModuleParts } from '../../platform/module-parts.js';
import { ReturnPaths } from './return-paths.service.js';

export const identityParts: ModuleParts = { providers: [ReturnPaths], controllers: [], workers: [] };
