import type { ModuleParts } from '../../platform/module-parts.js';
import { ReturnsWorker } from './jobs/returns.worker.js';
import { RETURN_READERS, type ReturnReader } from './readers.js';

export const returnsParts: ModuleParts = {
  providers: [
    // One class a source: list it here and under `inject`.
    { provide: RETURN_READERS, useFactory: (...readers: ReturnReader[]) => readers, inject: [] },
  ],
  controllers: [],
  workers: [ReturnsWorker],
};
