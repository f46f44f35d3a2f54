import { DISPATCH_GATE } from '../delivery/dispatch-gate.js';
import type { ModuleParts } from '../platform/module-parts.js';
import { CampaignDispatchGate } from './engine/dispatch-gate.js';
import { AdvanceWorker } from './jobs/advance.job.js';
import { DatesWorker } from './jobs/dates.job.js';
import { EntryWorker } from './jobs/entry.job.js';
import { LaunchWorker } from './jobs/launch.job.js';

export const campaignsParts: ModuleParts = {
  providers: [{ provide: DISPATCH_GATE, useClass: CampaignDispatchGate }],
  controllers: [],
  workers: [EntryWorker, DatesWorker, LaunchWorker, AdvanceWorker],
};
