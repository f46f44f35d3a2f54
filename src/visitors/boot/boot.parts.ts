import type { ModuleParts } from '../../platform/module-parts.js';
import { Boots } from './boot.service.js';
import { BootController } from './http/boot.controller.js';

export const bootParts: ModuleParts = { providers: [Boots], controllers: [BootController], workers: [] };
