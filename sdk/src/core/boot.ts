import type { BootAnswer, BootRequest } from '../../../src/contract/visitor-wire.js';
import { pause, Verdict } from './batch.js';
import { VERSION } from './options.js';
import { post } from './post.js';
import { later, quiet, warn } from './safe.js';
import { local } from './storage.js';
import { caller, me } from './who.js';

interface Kept extends BootAnswer { who?: string }

/** The last answer, of this page or an earlier one, and who it was for: settings are the same for everybody, rules are not. */
export let kept: Kept | undefined;
/** When there was an answer last, ms of `performance.now()`. */
export let bootedAt = 0;
let busy = false;
let again = false;
let tries = 0;
let timer = 0;
let asks: () => boolean;
let got: () => void;

/** @param mayAsk may the server be asked now? */
export function startBoot(mayAsk: typeof asks, receive: typeof got): void {
  asks = mayAsk;
  got = receive;
  kept = local.get('boot');
}

/**
 * Asks for settings, rules and what waits: one request at a time, again when it was asked for meanwhile.
 *
 * @param anew a whole answer with a new ticket, not "nothing has changed"
 */
export async function boot(anew?: boolean): Promise<void> {
  clearTimeout(timer);
  if (anew && kept) kept.e = undefined;
  again = busy;
  if (busy || !asks()) return;
  const who = me();
  const e = kept?.who === who ? kept.e : undefined;
  busy = true;
  const [verdict, body, wait] = await post('boot', JSON.stringify({ ...caller(), e, v: VERSION } satisfies BootRequest));
  busy = false;
  if (!verdict && body) kept = { ...body, who };
  if (verdict === Verdict.Again) timer = later(boot, pause(tries++, wait));
  else if (verdict) warn(body);
  else {
    tries = 0;
    bootedAt = performance.now();
    quiet(got);
    // Whether anything may be kept is known from the answer itself.
    local.set('boot', kept);
  }
  if (again || who !== me()) void boot();
}
