import type { ModuleParts } from '../../platform/module-parts.js';
import { FallbackPacer } from '../inbox/fallback-pacer.js';
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
    SendingRules, FallbackPacer, NightPacer, FrequencyPacer,
    // What is not needed does not count; then in the published order of gates: quiet hours, then caps.
    { provide: PACERS, useFactory: (fallback: FallbackPacer, night: NightPacer, frequency: FrequencyPacer) => [fallback, night, frequency], inject: [FallbackPacer, NightPacer, FrequencyPacer] },
  ],
  controllers: [SendingRulesController, ConfirmationsController],
  workers: [ReleaseWorker, ConfirmationWorker],
};
