import type { ModuleParts } from '../../platform/module-parts.js';
import { RelaysController } from './http/relays.controller.js';
import { WarmUpsController } from './http/warm-ups.controller.js';
import { IdleRatesWorker } from './jobs/idle-rates.worker.js';
import { Relays } from './relays.service.js';
import { WarmUps } from './warm-ups.service.js';

export const relaysParts: ModuleParts = { providers: [Relays, WarmUps], controllers: [RelaysController, WarmUpsController], workers: [IdleRatesWorker] };
