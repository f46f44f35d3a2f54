import type { ModuleParts } from '../../platform/module-parts.js';
import { PageRulesController } from './http/page-rules.controller.js';

export const rulesParts: ModuleParts = { providers: [], controllers: [PageRulesController], workers: [] };
