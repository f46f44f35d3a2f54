import type { ModuleParts } from '../../platform/module-parts.js';
import { Demo } from './demo.service.js';
import { DemoController } from './http/demo.controller.js';

export const demoParts: ModuleParts = { providers: [Demo], controllers: [DemoController], workers: [] };
