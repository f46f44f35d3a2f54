import type { ModuleParts } from '../platform/module-parts.js';
import { ContentCache } from './content/content-cache.js';
import { DeliveriesController } from './http/deliveries.controller.js';
import { FormBodies } from './http/form-bodies.js';
import { InboxController } from './http/inbox.controller.js';
import { MailboxController } from './http/mailbox.controller.js';
import { PreferencePagesController } from './http/preferences-pages.controller.js';
import { PreviewsController } from './http/previews.controller.js';
import { SandboxController } from './http/sandbox.controller.js';
import { SigningKeysController } from './http/signing-keys.controller.js';
import { SuppressionsController } from './http/suppressions.controller.js';
import { TopicsController } from './http/topics.controller.js';
import { TrackingController } from './http/tracking.controller.js';
import { Inbox } from './inbox.service.js';
import { EmailSurroundings, EmailWorker } from './jobs/email.worker.js';
import { InAppWorker } from './jobs/in-app.worker.js';
import { LinkKeys } from './links/link-keys.service.js';
import { Preferences } from './preferences.service.js';
import { Previews } from './preview.service.js';
import { SandboxServer } from './sandbox/sandbox-server.js';
import { GatedQueue } from './sending/gated-claims.js';
import { Suppressions } from './suppressions.service.js';
import { Tracking } from './tracking.service.js';

export const deliveryParts: ModuleParts = {
  providers: [ContentCache, LinkKeys, GatedQueue, SandboxServer, EmailSurroundings, FormBodies, Inbox, Preferences, Previews, Suppressions, Tracking],
  controllers: [TrackingController, PreferencePagesController, TopicsController, SigningKeysController, SuppressionsController, InboxController, PreviewsController, DeliveriesController, SandboxController, MailboxController],
  workers: [EmailWorker, InAppWorker],
};
