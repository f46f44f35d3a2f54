import { joined } from '../platform/module-parts.js';
import { bootParts } from './boot/boot.parts.js';
import { callerParts } from './caller/caller.parts.js';
import { identityParts } from './identity/identity.parts.js';
import { visitorInboxParts } from './inbox/inbox.parts.js';
import { displayParts } from './display/display.parts.js';
import { demoParts } from './demo/demo.parts.js';
import { rulesParts } from './rules/rules.parts.js';
import { sdkParts } from './sdk/sdk.parts.js';
import { siteParts } from './site/site.parts.js';
import { streamParts } from './stream/stream.parts.js';

export const visitorsParts = joined(
  bootParts,
  callerParts,
  identityParts,
  visitorInboxParts,
  displayParts,
  demoParts,
  rulesParts,
  sdkParts,
  siteParts,
  streamParts,
);
