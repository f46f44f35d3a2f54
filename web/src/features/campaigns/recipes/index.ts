import { featureLaunch } from './feature-launch.js';
import { orderShipped, reviewRequest, trialEnding } from './from-events.js';
import { blank, oneOff } from './from-nothing.js';
import { onboarding } from './onboarding.js';
import { trialRescue } from './trial-rescue.js';
import { welcome } from './welcome.js';
import { winBack } from './win-back.js';

/** In the order of the gallery. */
export const RECIPES = [trialRescue, welcome, onboarding, winBack, featureLaunch, orderShipped, reviewRequest, trialEnding, oneOff, blank] as const;
