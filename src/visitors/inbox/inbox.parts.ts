import type { ModuleParts } from '../../platform/module-parts.js';
import { VisitorInboxController } from './http/visitor-inbox.controller.js';

export const visitorInboxParts: ModuleParts = { providers: [], controllers: [VisitorInboxController], workers: [] };
