import type { ModuleParts } from '../../platform/module-parts.js';
import { MailBodies } from './http/mail-bodies.js';
import { ReturnsController } from './http/returns.controller.js';
import { MailListener } from './intake/mail-listener.js';
import { MailboxWorker } from './jobs/mailbox.worker.js';
import { ReturnsUpkeepWorker } from './jobs/returns-upkeep.worker.js';
import { ReturnsWorker } from './jobs/returns.worker.js';
import { MailReader } from './mail-reader.js';
import { PROVIDER_READERS } from './providers/provider-readers.js';
import { RETURN_READERS, type ReturnReader } from './readers.js';
import { Returns } from './returns.service.js';

export const returnsParts: ModuleParts = {
  providers: [
    MailBodies,
    MailListener,
    MailReader,
    Returns,
    // One class a source: list it here and under `inject`.
    { provide: RETURN_READERS, useFactory: (...readers: ReturnReader[]) => [...readers, ...PROVIDER_READERS], inject: [MailReader] },
  ],
  controllers: [ReturnsController],
  workers: [ReturnsWorker, ReturnsUpkeepWorker, MailboxWorker],
};
