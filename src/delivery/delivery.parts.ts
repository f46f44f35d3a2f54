import type { ModuleParts } from '../platform/module-parts.js';

export const deliveryParts: ModuleParts = { providers: [], controllers: [], workers: [] };
