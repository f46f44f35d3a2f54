import { IdentityGuard } from '../../platform/http/identity-guard.js';
import type { ModuleParts } from '../../platform/module-parts.js';
import { IdentityController } from './http/identity.controller.js';
import { IdentityProofs } from './identity-proofs.js';
import { IdentityVerification } from './identity-verification.service.js';

export const identityParts: ModuleParts = {
  providers: [IdentityProofs, { provide: IdentityGuard, useExisting: IdentityProofs }, IdentityVerification],
  controllers: [IdentityController],
  workers: [],
};
