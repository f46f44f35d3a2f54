import type { Kit } from '../core/kit.js';

/** What the core has lent; there before anything else of the chunk runs. */
export let pageVisit: Kit[0];
export let holds: Kit[1];
export let shows: Kit[2];
export let caller: Kit[3];
export let boot: Kit[4];
export let add: Kit[5];
export let post: Kit[6];
export let judge: Kit[7];
export let pause: Kit[8];
export let address: Kit[9];
export let emit: Kit[10];
export let say: Kit[11];
export let hold: Kit[12];
export let later: Kit[13];
export let quiet: Kit[14];
export let newId: Kit[15];
export let local: Kit[16];
export let on: Kit[17];
export let dwell: Kit[18];
export let fulfil: Kit[19];

export const lend = (kit: Kit): void => { [pageVisit, holds, shows, caller, boot, add, post, judge, pause, address, emit, say, hold, later, quiet, newId, local, on, dwell, fulfil] = kit; };
