import type { ModuleParts } from '../../platform/module-parts.js';
import { Callers } from './callers.service.js';
import { VisitorPreflightController } from './http/preflight.controller.js';

export const callerParts: ModuleParts = { providers: [Callers], controllers: [VisitorPreflightController], workers: [] };
