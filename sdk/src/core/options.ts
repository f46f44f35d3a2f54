import type { Options } from '../api.js';

declare const __VERSION__: string;

/** What the site has said at `init`. */
export const VERSION = __VERSION__;
export let key = '';
export let host = '';
export let manual = false;
/** Is anything kept in this browser? */
export let keeps = true;
export let pages = true;

export function configure(options: Options): void {
  key = options.key;
  host = (options.host ?? '').replace(/\/+$/, '');
  manual = options.consent === 'manual';
  keeps = options.storage !== 'none';
  pages = options.pages !== false;
}
