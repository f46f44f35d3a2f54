import type { ModuleParts } from '../../platform/module-parts.js';
import { DnsLookup } from './dns-lookup.js';
import { DnsPlans } from './dns-plans.service.js';
import { SendingDomainsController } from './http/sending-domains.controller.js';
import { ReturnPaths } from './return-paths.service.js';
import { SenderCheck } from './sender-check.service.js';
import { Senders } from './senders.service.js';
import { SendingDomains } from './sending-domains.service.js';

export const identityParts: ModuleParts = { providers: [ReturnPaths, Senders, DnsLookup, DnsPlans, SendingDomains, SenderCheck], controllers: [SendingDomainsController], workers: [] };
