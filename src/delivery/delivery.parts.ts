import { joined } from '../platform/module-parts.js';
import { contentParts } from './content/content.parts.js';
import { identityParts } from './identity/identity.parts.js';
import { hooksParts } from './hooks/hooks.parts.js';
import { inboxParts } from './inbox/inbox.parts.js';
import { outgoingParts } from './outgoing/outgoing.parts.js';
import { preferencesParts } from './preferences/preferences.parts.js';
import { relaysParts } from './relays/relays.parts.js';
import { providersParts } from './returns/providers/providers.parts.js';
import { returnsParts } from './returns/returns.parts.js';
import { rulesParts } from './rules/rules.parts.js';
import { sandboxParts } from './sandbox/sandbox.parts.js';
import { sendingParts } from './sending/sending.parts.js';
import { trackingParts } from './tracking/tracking.parts.js';
import { viewingParts } from './viewing/viewing.parts.js';

export const deliveryParts = joined(
  contentParts,
  identityParts,
  sendingParts,
  inboxParts,
  hooksParts,
  outgoingParts,
  trackingParts,
  viewingParts,
  preferencesParts,
  relaysParts,
  returnsParts,
  providersParts,
  rulesParts,
  sandboxParts,
);
