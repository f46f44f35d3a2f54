import type { ModuleParts } from '../../platform/module-parts.js';
import { HomeController } from './http/home.controller.js';

export const homeParts: ModuleParts = { providers: [], controllers: [HomeController], workers: [] };
