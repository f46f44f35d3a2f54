import { joined } from '../platform/module-parts.js';
import { sdkParts } from './sdk/sdk.parts.js';

export const visitorsParts = joined(
  sdkParts,
);
