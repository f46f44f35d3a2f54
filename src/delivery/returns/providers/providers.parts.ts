import type { ModuleParts } from '../../../platform/module-parts.js';
import { ProviderConnections } from './connections.service.js';
import { ProviderConnectionsController } from './http/connections.controller.js';
import { HooksController } from './http/hooks.controller.js';
import { ProviderHooks } from './hooks.service.js';
import { Outside } from './outside.js';
import { Proofs } from './proofs.js';
import { SnsCertificates } from './sns-certificates.js';

export const providersParts: ModuleParts = {
  providers: [Outside, SnsCertificates, Proofs, ProviderConnections, ProviderHooks],
  controllers: [ProviderConnectionsController, HooksController],
  workers: [],
};
