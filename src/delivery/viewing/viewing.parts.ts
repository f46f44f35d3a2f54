import type { ModuleParts } from '../../platform/module-parts.js';
import { CopiesController } from './http/copies.controller.js';
import { ViewController } from './http/view.controller.js';
import { ViewedMessages } from './viewed-messages.service.js';

export const viewingParts: ModuleParts = { providers: [ViewedMessages], controllers: [ViewController, CopiesController], workers: [] };
