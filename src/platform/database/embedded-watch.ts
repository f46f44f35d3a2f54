import { setTimeout as pause } from 'node:timers/promises';
import type { EmbeddedServer } from './embedded.js';

/** How often somebody looks whether the database under us is still there. */
const LOOK_MS = 2_000;

/**
 * Brings the embedded database back when it was killed: nobody else looks after it, and everything this process does waits
 * for it. Its own log recovers what was committed.
 *
 * @returns a function that ends the watch; no start is on the way when it resolves
 */
export function keepRunning(server: Pick<EmbeddedServer, 'revive'>): () => Promise<void> {
  const over = new AbortController();
  const watch = async () => {
    while (!over.signal.aborted) {
      await pause(LOOK_MS, undefined, { signal: over.signal, ref: false }).catch(() => undefined);
      if (!over.signal.aborted) await look(server);
    }
  };
  const watching = watch();
  return async () => {
    over.abort();
    await watching;
  };
}

async function look(server: Pick<EmbeddedServer, 'revive'>): Promise<void> {
  try {
    if (await server.revive()) process.stderr.write('The embedded database had ended without Danbi and was started again; what was committed is there.\n');
  } catch (error) {
    process.stderr.write(`The embedded database has ended and does not start again yet: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
