import type { ModuleParts } from '../platform/module-parts.js';

export const accessParts: ModuleParts = { providers: [], controllers: [], workers: [] };
