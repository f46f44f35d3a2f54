import type { Danbi, Options } from '../api.js';
import { on } from './handlers.js';
import type { LiveModule } from './kit.js';
import { configure, host } from './options.js';
import { debug, quiet } from './safe.js';
import { calls, inbox, startSite } from './site.js';

const MOST_EARLY = 100;
const early: (() => void)[] = [];
let started = false;

/**
 * The object a site calls. Before `init`, calls wait; in browsers older than all of this, and on servers, they do nothing.
 *
 * @param load fetches the chunk that displays messages
 */
export function createDanbi(load: (host: string) => Promise<LiveModule>): Danbi {
  const danbi: Record<string, unknown> = {
    init: (options: Options) => quiet(() => {
      debug(options.debug);
      if (started || !('adoptedStyleSheets' in document)) return;
      started = true;
      configure(options);
      startSite(() => load(host));
      early.forEach((run) => run());
    }),
    on, inbox,
  };
  for (const [name, call] of Object.entries(calls)) {
    danbi[name] = (...given: unknown[]) => {
      const run = (): unknown => quiet(() => (call as (...args: unknown[]) => void)(...given));
      if (started) run();
      else if (early.length < MOST_EARLY) early.push(run);
    };
  }
  return danbi as unknown as Danbi;
}
