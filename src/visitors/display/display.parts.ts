import type { ModuleParts } from '../../platform/module-parts.js';
import { DisplayController } from './http/display.controller.js';

export const displayParts: ModuleParts = { providers: [], controllers: [DisplayController], workers: [] };
