import type { BootAnswer, BootRequest } from '../../../src/contract/visitor-wire.js';
import { judge, pause, Verdict } from './batch.js';
import { VERSION } from './options.js';
import { post } from './post.js';
import { later, quiet, warn } from './safe.js';
import { local } from './storage.js';
import { anonymousId, caller, userId } from './who.js';

interface Kept { who: string; tag?: string | null; answer: BootAnswer }

let busy = false;
let again = false;
let fresh: boolean | undefined;
let tries = 0;
let timer = 0;
let asks: () => boolean;
let got: (answer: BootAnswer) => void;

/** @param mayAsk may the server be asked now? */
export function startBoot(mayAsk: typeof asks, receive: typeof got): void {
  asks = mayAsk;
  got = receive;
}

const who = (): string => `${anonymousId} ${userId}`;
const ours = (): Kept | undefined => {
  const kept = local.get<Kept>('boot');
  return kept?.who === who() ? kept : undefined;
};

/** What is known of this person from before. */
export const known = (): BootAnswer | undefined => ours()?.answer;

/**
 * Asks for settings, rules and what waits: one request at a time, again when it was asked for meanwhile.
 *
 * @param anew a whole answer with a new ticket, not "nothing has changed"
 */
export function boot(anew?: boolean): void {
  clearTimeout(timer);
  fresh ||= anew;
  again = true;
  if (!busy && asks()) void ask();
}

async function ask(): Promise<void> {
  const me = who();
  const kept = fresh ? undefined : ours();
  busy = true;
  again = fresh = false;
  const { status, wait, body, etag } = await post('boot', JSON.stringify({ ...caller(), e: kept?.tag ?? undefined, l: navigator.languages, v: VERSION } satisfies BootRequest));
  const verdict = judge(status);
  busy = false;
  if (again || me !== who()) boot();
  else if (verdict === Verdict.Again) timer = later(boot, pause(tries++, Math.random(), wait));
  else if (asks()) {
    const answer = status === 304 ? kept : verdict === Verdict.Done && { who: me, tag: etag, answer: body as BootAnswer };
    if (!answer) return warn(body);
    tries = 0;
    quiet(() => got(answer.answer));
    // Whether anything may be kept is known from the answer itself.
    local.set('boot', answer.answer.off ? undefined : answer);
  }
}
