import type { PollAnswer, StreamFrame } from '../../../src/contract/visitor-wire.js';
import { readLine } from './frames.js';
import { kit } from './lent.js';

/**
 * News from the server, in one tab of the browser: server-sent events, read with `fetch`. Unlike EventSource it sees
 * heartbeats, refusals and the last position, all of which are needed to know whether the line is alive.
 */
/** Heartbeats come every 20 s. */
const DEAD_MS = 45_000;
/** A proxy that lets nothing through for so long collects the answer before it passes it on. */
const BUFFERED_MS = 5_000;
const HEALTHY_MS = 30_000;
const MOST_PAUSE_MS = 60_000;

let ticket: string | undefined;
let running: AbortController | undefined;
let position = '';
let polling = false;
let retry = 0;
let tell: (frame: StreamFrame) => void;

export const listenTo = (hear: typeof tell): void => { tell = hear; };

/** The page is seen; one of all tabs will listen. @param next a ticket, when there is a new one */
export function openStream(next?: string): void {
  ticket = next ?? ticket;
  if (!running && ticket && navigator.locks) void lead((running = new AbortController()).signal);
}

export function closeStream(): void {
  running?.abort();
  running = undefined;
}

async function lead(signal: AbortSignal): Promise<void> {
  const release = await kit.hold_('stream', { signal });
  if (!release) return;
  for (let tries = 0; !signal.aborted;) {
    const began = performance.now();
    const status = await listen(signal);
    if (status === 401 || status === 403) {
      closeStream();
      ticket = undefined;
      kit.boot_(true);
    } else if (!signal.aborted && (status !== 200 || !polling)) {
      tries = performance.now() - began > HEALTHY_MS ? 0 : tries + 1;
      await new Promise<void>((resolve) => {
        kit.later_(resolve, retry || (0.5 + Math.random()) * Math.min(MOST_PAUSE_MS, 1_000 * 2 ** tries));
        signal.addEventListener('abort', resolve as () => void);
      });
    }
  }
  release();
}

/** One connection, or one long poll. @returns its status; 0 when there was none */
async function listen(outer: AbortSignal): Promise<number> {
  const attempt = new AbortController();
  const end = (): void => attempt.abort();
  const alive = (): void => {
    clearTimeout(timer);
    timer = kit.later_(end, DEAD_MS);
  };
  outer.addEventListener('abort', end);
  let timer = kit.later_(() => {
    polling = true;
    end();
  }, BUFFERED_MS);
  if (polling) alive();
  retry = 0;
  try {
    const answer = await fetch(`${kit.address_('stream')}?t=${ticket!}&i=${position}${polling ? '&wait=25' : ''}`, { credentials: 'omit', cache: 'no-store', signal: attempt.signal });
    const { status } = answer;
    if (status !== 200) return status;
    if (polling) {
      const { f, i } = (await answer.json()) as PollAnswer;
      position = i;
      f.forEach(tell);
    } else {
      const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
      for (let text = ''; ;) {
        const { done, value } = await reader.read();
        if (done) break;
        alive();
        const lines = (text + value).split('\n');
        text = lines.pop()!;
        lines.forEach((line) => kit.quiet_(() => take(line)));
      }
    }
    return status;
  } catch {
    return 0;
  } finally {
    clearTimeout(timer);
  }
}

function take(line: string): void {
  const [name, value] = readLine(line);
  if (name === 'data') tell(JSON.parse(value!) as StreamFrame);
  else if (name === 'id') position = value!;
  else if (name === 'retry') retry = Number(value);
}
