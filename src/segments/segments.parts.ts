import type { ModuleParts } from '../platform/module-parts.js';

export const segmentsParts: ModuleParts = { providers: [], controllers: [], workers: [] };
