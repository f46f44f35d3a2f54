import { APP_GUARD } from '@nestjs/core';
import { AuditLog } from '../platform/audit.js';
import { WriteKeys } from '../platform/http/write-keys.js';
import type { ModuleParts } from '../platform/module-parts.js';
import { ApiKeys } from './api-keys.service.js';
import { StoredAuditLog } from './audit.service.js';
import { AccessGuard } from './http/access.guard.js';
import { KeyRing } from './key-ring.service.js';

export const accessParts: ModuleParts = {
  providers: [
    ApiKeys,
    KeyRing,
    { provide: AuditLog, useClass: StoredAuditLog },
    { provide: WriteKeys, useExisting: KeyRing },
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  controllers: [],
  workers: [],
};
