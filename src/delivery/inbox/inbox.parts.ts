import type { ModuleParts } from '../../platform/module-parts.js';
import { InboxController } from './http/inbox.controller.js';
import { Inbox } from './inbox.service.js';
import { InAppWorker } from './jobs/in-app.worker.js';

export const inboxParts: ModuleParts = { providers: [Inbox], controllers: [InboxController], workers: [InAppWorker] };
