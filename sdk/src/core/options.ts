import type { Options } from '../api.js';

declare const __VERSION__: string;

export const VERSION = __VERSION__;
/** What the site has said at `init`. */
export let options: Options;

export const configure = (given: Options): void => { options = given; };

/** Is anything kept in this browser? */
export const keeps = (): boolean => options.storage !== 'none';
/** Does the site ask its visitors itself? */
export const isManual = (): boolean => options.consent === 'manual';
