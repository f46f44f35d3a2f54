import type { Kit } from '../core/kit.js';

/** What the core has lent; there before anything else of the chunk runs. */
export let kit: Kit;

export const lend = (lent: Kit): void => { kit = lent; };
