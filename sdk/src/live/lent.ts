import type { Kit } from '../core/kit.js';

/** What the core has lent; there before anything else of the chunk runs. */
export let pageVisit: Kit[0];
export let shows: Kit[1];
export let caller: Kit[2];
export let boot: Kit[3];
export let add: Kit[4];
export let post: Kit[5];
export let pause: Kit[6];
export let address: Kit[7];
export let emit: Kit[8];
export let say: Kit[9];
export let hold: Kit[10];
export let later: Kit[11];
export let quiet: Kit[12];
export let newId: Kit[13];
export let local: Kit[14];
export let on: Kit[15];
export let dwell: Kit[16];
export let fulfil: Kit[17];

export const lend = (kit: Kit): void => { [pageVisit, shows, caller, boot, add, post, pause, address, emit, say, hold, later, quiet, newId, local, on, dwell, fulfil] = kit; };
