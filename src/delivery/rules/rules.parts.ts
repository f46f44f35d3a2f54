import type { ModuleParts } from '../../platform/module-parts.js';
import { FallbackPacer } from '../inbox/fallback-pacer.js';
import { CLAIM_QUESTIONS, PACERS } from '../sending/pacing.js';
import { FrequencyQuestion, QuietQuestion } from './claim-questions.js';
import { ExpiryPacer } from './expiry-pacer.js';
import { PacingController } from './http/pacing.controller.js';
import { ConfirmationsController } from './http/confirmations.controller.js';
import { SendingRulesController } from './http/sending-rules.controller.js';
import { ConfirmationWorker } from './jobs/confirmation.worker.js';
import { ReleaseWorker } from './jobs/release.worker.js';
import { PacingPreview } from './pacing-preview.service.js';
import { Pacing } from './pacing.service.js';
import { SendingRules } from './rules.service.js';

export const rulesParts: ModuleParts = {
  providers: [
    SendingRules, Pacing, PacingPreview, FallbackPacer, ExpiryPacer, QuietQuestion, FrequencyQuestion,
    // What is not needed does not count; then in the published order of gates: quiet hours, then caps.
    { provide: PACERS, useFactory: (fallback: FallbackPacer, expiry: ExpiryPacer) => [fallback, expiry], inject: [FallbackPacer, ExpiryPacer] },
    { provide: CLAIM_QUESTIONS, useFactory: (quiet: QuietQuestion, frequency: FrequencyQuestion) => [quiet, frequency], inject: [QuietQuestion, FrequencyQuestion] },
  ],
  controllers: [SendingRulesController, PacingController, ConfirmationsController],
  workers: [ReleaseWorker, ConfirmationWorker],
};
