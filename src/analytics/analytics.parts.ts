import type { ModuleParts } from '../platform/module-parts.js';

export const analyticsParts: ModuleParts = { providers: [], controllers: [], workers: [] };
