import { APP_GUARD } from '@nestjs/core';
import { AuditLog } from '../platform/audit.js';
import { WriteKeys } from '../platform/http/write-keys.js';
import type { ModuleParts } from '../platform/module-parts.js';
import { ApiKeys } from './api-keys.service.js';
import { StoredAuditLog } from './audit.service.js';
import { AccessGuard } from './http/access.guard.js';
import { ApiKeysController } from './http/api-keys.controller.js';
import { PagesController } from './http/pages/pages.controller.js';
import { SessionController } from './http/session.controller.js';
import { SecondFactorController } from './http/second-factor.controller.js';
import { SecondFactorPages } from './http/pages/second-factor.controller.js';
import { SettingsController } from './http/settings.controller.js';
import { UsersController } from './http/users.controller.js';
import { KeyRing } from './key-ring.service.js';
import { SecondFactors } from './second-factor/second-factors.service.js';
import { Sessions } from './sessions.service.js';
import { Setup } from './setup.service.js';
import { Users } from './users.service.js';
import { Workspaces } from './workspace.service.js';

export const accessParts: ModuleParts = {
  providers: [
    ApiKeys,
    KeyRing,
    SecondFactors,
    Sessions,
    Setup,
    Users,
    Workspaces,
    StoredAuditLog,
    { provide: AuditLog, useExisting: StoredAuditLog },
    { provide: WriteKeys, useExisting: KeyRing },
    AccessGuard,
    { provide: APP_GUARD, useExisting: AccessGuard },
  ],
  controllers: [ApiKeysController, UsersController, SessionController, SecondFactorController, SettingsController, PagesController, SecondFactorPages],
  workers: [],
};
