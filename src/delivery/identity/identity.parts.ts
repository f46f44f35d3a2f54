import type { ModuleParts } from '../../platform/module-parts.js';
import { ReturnPaths } from './return-paths.service.js';
import { Senders } from './senders.service.js';

export const identityParts: ModuleParts = { providers: [ReturnPaths, Senders], controllers: [], workers: [] };
