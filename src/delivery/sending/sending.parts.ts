import { TestSendsController } from './http/test-sends.controller.js';
import { TestSends } from './test-sends.js';
import { SystemMail } from '../../platform/system-mail.js';
import { RelayedSystemMail } from './relayed-system-mail.js';
import type { ModuleParts } from '../../platform/module-parts.js';
import { GatedQueue } from './gated-claims.js';
import { DeliveriesController } from './http/deliveries.controller.js';
import { SettingsController } from './http/settings.controller.js';
import { BreakerWorker } from './jobs/breaker.worker.js';
import { ErrorBudgetWorker } from './jobs/error-budget.worker.js';
import { Settings } from './sending-settings.service.js';
import { EmailSurroundings, EmailWorker } from './jobs/email.worker.js';

export const sendingParts: ModuleParts = { providers: [{ provide: SystemMail, useClass: RelayedSystemMail }, TestSends, GatedQueue, Settings, EmailSurroundings], controllers: [TestSendsController, DeliveriesController, SettingsController], workers: [EmailWorker, ErrorBudgetWorker, BreakerWorker] };
