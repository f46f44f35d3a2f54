import type { ModuleParts } from '../platform/module-parts.js';

export const peopleParts: ModuleParts = { providers: [], controllers: [], workers: [] };
