import type { ModuleParts } from '../../platform/module-parts.js';
import { PACERS } from '../sending/pacing.js';
import { FrequencyPacer } from './frequency-pacer.js';
import { ConfirmationsController } from './http/confirmations.controller.js';
import { SendingRulesController } from './http/sending-rules.controller.js';
import { ConfirmationWorker } from './jobs/confirmation.worker.js';
import { ReleaseWorker } from './jobs/release.worker.js';
import { NightPacer } from './night-pacer.js';
import { SendingRules } from './rules.service.js';

export const rulesParts: ModuleParts = {
  providers: [
    SendingRules, NightPacer, FrequencyPacer,
    // In the published order of gates: quiet hours, then caps.
    { provide: PACERS, useFactory: (night: NightPacer, frequency: FrequencyPacer) => [night, frequency], inject: [NightPacer, FrequencyPacer] },
  ],
  controllers: [SendingRulesController, ConfirmationsController],
  workers: [ReleaseWorker, ConfirmationWorker],
};
