import type { Danbi, Options } from '../api.js';
import { subscribe } from './handlers.js';
import type { LiveModule } from './kit.js';
import { configure, options } from './options.js';
import { debug, quiet } from './safe.js';
import { calls, inbox, startSite } from './site.js';

/** Calls before `init`. */
let early: (() => void)[] | undefined = [];

/**
 * The object a site calls. Before `init`, calls wait; in browsers older than all of this, and on servers, they do nothing.
 *
 * @param load fetches the chunk that displays messages
 * @param from where Danbi is when `init` does not say it
 */
export function createDanbi(load: (host: string) => Promise<LiveModule>, from?: string): Danbi {
  const init = (given: Options): void => {
    debug(given.debug);
    const waiting = early;
    if (!waiting || !('adoptedStyleSheets' in document)) return;
    early = undefined;
    configure({ ...given, host: (given.host ?? from)?.replace(/\/+$/, '') });
    startSite(() => load(options.host!));
    waiting.forEach((run) => run());
  };
  const danbi: Record<string, unknown> = { on: subscribe, inbox };
  for (const [name, call] of Object.entries({ init, ...calls })) {
    danbi[name] = (...given: unknown[]) => {
      const run = (): unknown => quiet(call as (...args: unknown[]) => void, ...given);
      if (early && call !== init) early.push(run);
      else run();
    };
  }
  return danbi as unknown as Danbi;
}
