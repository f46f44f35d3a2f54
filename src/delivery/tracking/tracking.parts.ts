import type { ModuleParts } from '../../platform/module-parts.js';
import { SigningKeysController } from './http/signing-keys.controller.js';
import { TrackingController } from './http/tracking.controller.js';
import { LinkKeys } from './link-keys.service.js';
import { Tracking } from './tracking.service.js';

export const trackingParts: ModuleParts = { providers: [LinkKeys, Tracking], controllers: [TrackingController, SigningKeysController], workers: [] };
