import { useSyncExternalStore } from 'react';

/** What stands between the page and the server at the moment. */
export interface Reach {
  /** The session has ended; requests wait until somebody has signed in. */
  isSignedOut: boolean;
  /** The server did not answer; it is asked until it does. */
  isAway: boolean;
}

const PROBE_MS = 1_500;
/** Asking twice changes nothing more than asking once. A POST that got no answer may have been obeyed: whoever sent it decides. */
const REPEATABLE = new Set(['GET', 'HEAD', 'PUT']);
/** A route that says 503 while the server says it is ready is not away: its refusal is passed on after so many tries. */
const MOST_BUSY = 3;

let reach: Reach = { isSignedOut: false, isAway: false };
const watchers = new Set<() => void>();

function change(next: Partial<Reach>): void {
  reach = { ...reach, ...next };
  for (const watcher of watchers) watcher();
}

/** Follows {@link Reach}. */
export const useReach = (): Reach => useSyncExternalStore((watcher) => { watchers.add(watcher); return () => { watchers.delete(watcher); }; }, () => reach);

/** A promise that many wait for and one keeps. */
class Gate {
  private opened: Promise<void> | null = null;
  private open: () => void = () => undefined;
  get isShut(): boolean { return this.opened !== null; }
  pass(): Promise<void> {
    this.opened ??= new Promise((open) => { this.open = open; });
    return this.opened;
  }
  release(): void {
    this.opened = null;
    this.open();
  }
}

const session = new Gate();
const server = new Gate();

/** Somebody has signed in: what waits goes out again. */
export function signedIn(): void {
  change({ isSignedOut: false });
  session.release();
}

function untilSignedIn(): Promise<void> {
  change({ isSignedOut: true });
  return session.pass();
}

function untilBack(): Promise<void> {
  if (!server.isShut) {
    change({ isAway: true });
    setTimeout(() => { void probe(); }, PROBE_MS);
  }
  return server.pass();
}

async function probe(): Promise<void> {
  const isReady = await fetch('/health/ready', { cache: 'no-store' }).then(({ ok }) => ok, () => false);
  if (!isReady) return void setTimeout(() => { void probe(); }, PROBE_MS);
  change({ isAway: false });
  server.release();
}

/**
 * Sends a request of the API. One that the server refuses because the session has ended waits until somebody has signed in and
 * goes out again, with what was typed; one that nobody answered goes out again when the server is back, when that is safe.
 *
 * @throws TypeError of `fetch`: nobody answered, and it may have been obeyed all the same
 */
export async function send(request: Request): Promise<Response> {
  const isRepeatable = REPEATABLE.has(request.method);
  for (let busy = 0; ; ) {
    // A clone goes out, so that the body is still there for another time.
    const response = await fetch(request.clone()).catch((error: unknown) => {
      if (request.signal.aborted || !(error instanceof TypeError)) throw error;
      const back = untilBack();
      if (!isRepeatable) throw error;
      return back;
    });
    if (!response) continue;
    if (response.status === 401) await untilSignedIn();
    else if (response.status === 503 && isRepeatable && (busy += 1) < MOST_BUSY) await untilBack();
    else return response;
  }
}
