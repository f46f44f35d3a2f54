import type { ModuleParts } from '../../platform/module-parts.js';
import { InboxController } from './http/inbox.controller.js';
import { InboxRecallController } from './http/inbox-recall.controller.js';
import { Inbox } from './inbox.service.js';
import { InAppWorker } from './jobs/in-app.worker.js';
import { InboxExpiryWorker } from './jobs/inbox-expiry.worker.js';

export const inboxParts: ModuleParts = { providers: [Inbox], controllers: [InboxController, InboxRecallController], workers: [InAppWorker, InboxExpiryWorker] };
