import type { ModuleParts } from '../platform/module-parts.js';
import { ContentCache } from './content/content-cache.js';
import { EmailSurroundings, EmailWorker } from './jobs/email.worker.js';
import { InAppWorker } from './jobs/in-app.worker.js';
import { LinkKeys } from './links/link-keys.service.js';
import { SandboxServer } from './sandbox/sandbox-server.js';
import { GatedQueue } from './sending/gated-claims.js';

export const deliveryParts: ModuleParts = { providers: [ContentCache, LinkKeys, GatedQueue, SandboxServer, EmailSurroundings], controllers: [], workers: [EmailWorker, InAppWorker] };
