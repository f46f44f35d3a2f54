import type { StreamFrame } from '../../../src/contract/visitor-wire.js';
import type { Kit, Live } from '../core/kit.js';
import { watchExit } from './exit.js';
import { boot, caller, emit, later, lend, post, say } from './lent.js';
import { acknowledged, close, fire, hidden, offer, recall, seen, turned, work } from './messages.js';
import { SENT } from './rank.js';
import { closeStream, listenTo, openStream } from './stream.js';

/** A page may also display a message by itself: the preview of the dashboard does. */
export { show } from '../ui/index.js';

const HIDDEN_MS = 60_000;

let unread = 0;
let hiding = 0;
let arrived = SENT;

function count(now: number): void {
  if (now !== unread) emit('unread', (unread = now));
}

/** Entry of the chunk: everything about messages, for sites and visitors that may get some. */
export function start(lent: Kit): Live {
  lend(lent);
  watchExit();
  const deliver = (delivery: string): void => offer({ delivery_: delivery, order_: arrived++ });
  const hear = (frame: StreamFrame): void => {
    if ('d' in frame) deliver(frame.d);
    else if ('x' in frame) recall(frame.x);
    else if ('n' in frame) count(frame.n);
    else boot();
  };
  listenTo((frame) => {
    say(frame);
    hear(frame);
  });
  return {
    booted_({ d, n, q }) {
      d?.forEach(deliver);
      if (n !== undefined) count(n);
      if (!document.hidden) openStream(q);
      void work();
    },
    offer_: offer, fire_: fire, hear_: hear, acknowledged_: acknowledged, turned_: turned,
    hidden_() {
      hidden();
      clearTimeout(hiding);
      hiding = later(closeStream, HIDDEN_MS);
    },
    seen_() {
      clearTimeout(hiding);
      seen();
      openStream();
    },
    gone_() {
      hidden();
      closeStream();
    },
    close_() {
      close();
      closeStream();
    },
    unread_: () => unread,
    list_: (after) => ask('inbox', { after }),
    act_: (d, what, b) => ask('inbox/act', { d, do: what, b }),
  };
}

/** Every answer of the inbox says how many are unread. */
async function ask<T extends { n: number }>(path: string, body: object): Promise<T> {
  const [verdict, answer] = await post(path, JSON.stringify({ ...caller(), ...body }));
  if (verdict) throw new Error((answer as { message?: string } | null)?.message ?? path);
  count((answer as T).n);
  return answer as T;
}
