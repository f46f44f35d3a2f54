import { joined } from '../platform/module-parts.js';

export const visitorsParts = joined(
);
