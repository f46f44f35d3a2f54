import type { StreamData, StreamFrame } from '../../../src/contract/visitor-wire.js';
import { address, boot, hold, later, quiet } from './lent.js';

/**
 * News from the server, in one tab of the browser: server-sent events. Heartbeats are events too, so that a line that died
 * without a word is noticed. A browser that comes back by itself knows no growing pauses: each connection is our own.
 */
/** Heartbeats come every 20 s. */
const DEAD_MS = 45_000;
/** A proxy that lets nothing through for so long collects the answer before it passes it on: then answers that end. */
const BUFFERED_MS = 5_000;
const POLL = '&wait=25';
const HEALTHY_MS = 30_000;
const MOST_PAUSE_MS = 60_000;

let ticket: string | undefined;
/** Ends what runs: the wait for the lock, or the connection. */
let end: (() => void) | undefined;
let position = '';
let polling = '';
let tries = 0;
let tell: (frame: StreamFrame) => void;

export const listenTo = (hear: typeof tell): void => { tell = hear; };

/** The page is seen; one of all tabs will listen. @param next a ticket, when there is a new one */
export function openStream(next?: string): void {
  ticket = next ?? ticket;
  if (end || !ticket || !navigator.locks) return;
  const leaving = new AbortController();
  end = () => leaving.abort();
  void hold('stream', { signal: leaving.signal }).then((free) => free && (leaving.signal.aborted ? free() : listen(free)));
}

export function closeStream(): void {
  end?.();
  end = undefined;
}

function listen(free: () => void): void {
  const began = performance.now();
  const source = new EventSource(`${address('stream')}?t=${ticket!}&i=${position}${polling}`);
  let heard = false;
  let pause = 0;
  let timer = later(() => {
    polling = POLL;
    pause = 1;
    lost();
  }, polling ? DEAD_MS : BUFFERED_MS);
  end = () => {
    clearTimeout(timer);
    source.close();
    free();
  };
  source.onmessage = ({ data, lastEventId }) => quiet(() => {
    clearTimeout(timer);
    timer = later(lost, DEAD_MS);
    heard = true;
    position = lastEventId;
    const said = JSON.parse(data as string) as StreamData;
    if (said) if ('w' in said) pause = said.w; else tell(said);
  });
  source.onerror = lost;

  function lost(): void {
    // The browser itself would not come back: what was answered is no stream, as a rule because the ticket is too old.
    const refused = source.readyState > 1;
    clearTimeout(timer);
    source.close();
    tries = performance.now() - began > HEALTHY_MS ? 0 : tries + 1;
    timer = later(() => {
      if (!refused) return listen(free);
      closeStream();
      ticket = undefined;
      boot(true);
    }, heard && polling ? 0 : pause || (0.5 + Math.random()) * Math.min(MOST_PAUSE_MS, 1_000 * 2 ** tries));
  }
}
