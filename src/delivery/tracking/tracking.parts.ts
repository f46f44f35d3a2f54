import type { ModuleParts } from '../../platform/module-parts.js';
import { ScannerNetworksController } from './http/scanner-networks.controller.js';
import { SigningKeysController } from './http/signing-keys.controller.js';
import { TrackingRoutes } from './http/tracking.routes.js';
import { VerdictReviewsController } from './http/verdict-reviews.controller.js';
import { VerdictReviewWorker } from './jobs/verdict-review.worker.js';
import { LinkKeys } from './link-keys.service.js';
import { VerdictReviews } from './reviews.service.js';
import { ScannerNetworks } from './scanner-networks.service.js';
import { Tracking } from './tracking.service.js';

export const trackingParts: ModuleParts = {
  providers: [LinkKeys, ScannerNetworks, Tracking, TrackingRoutes, VerdictReviews],
  controllers: [SigningKeysController, ScannerNetworksController, VerdictReviewsController],
  workers: [VerdictReviewWorker],
};
