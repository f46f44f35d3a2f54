import type { ModuleParts } from '../platform/module-parts.js';

export const campaignsParts: ModuleParts = { providers: [], controllers: [], workers: [] };
