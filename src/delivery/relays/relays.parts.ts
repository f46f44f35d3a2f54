import type { ModuleParts } from '../../platform/module-parts.js';
import { RelaysController } from './http/relays.controller.js';
import { Relays } from './relays.service.js';

export const relaysParts: ModuleParts = { providers: [Relays], controllers: [RelaysController], workers: [] };
