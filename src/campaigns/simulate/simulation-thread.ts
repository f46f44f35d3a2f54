import type { Worker } from 'node:worker_threads';
import { AppError } from '../../kernel/errors.js';
import { startThread } from '../../platform/threads.js';
import type { Found } from './run-simulation.js';
import type { TakenRow } from './store/simulations.store.js';
import type { FromThread, ToThread } from './thread-words.js';

/** Told how far it came after each page; answers whether to go on. */
type GoesOn = (done: number, total: number) => Promise<boolean>;

/**
 * A thread of this process that simulates: one simulation after the other, with connections and a heap of its own, so that nobody who
 * asks this process anything waits for it, and so that one which needs too much memory ends alone.
 */
export class SimulationThread {
  private thread: Worker | null = null;
  private died: (problem: Error) => void = () => undefined;

  constructor(private readonly databaseUrl: string) {}

  /**
   * Takes one simulation through; null when `goesOn` said no. Throws what the simulation threw, `simulation.out-of-memory` and
   * `simulation.thread-ended` when the thread itself ended. One at a time.
   * @param heapMb most memory of what a thread that has to be started keeps
   */
  run(taken: TakenRow, heapMb: number, goesOn: GoesOn): Promise<Found | null> {
    const thread = (this.thread ??= this.start(heapMb));
    const say = (words: ToThread): void => thread.postMessage(words);
    return new Promise<Found | null>((found, failed) => {
      this.died = failed;
      thread.on('message', (words: FromThread) => {
        if (words.kind === 'progress') {
          goesOn(words.done, words.total).then((goOn) => say({ kind: 'answer', goOn }), (error: unknown) => {
            failed(error);
            void this.end();
          });
          return;
        }
        thread.removeAllListeners('message');
        if (words.kind === 'failed') failed(errorOf(words));
        else found(words.kind === 'found' ? words.found : null);
      });
      say({ kind: 'run', taken });
    });
  }

  /** Ends the thread, if there is one. */
  async end(): Promise<void> {
    const { thread } = this;
    this.thread = null;
    await thread?.terminate();
  }

  /** It is listened to as long as it lives: an error that nobody heard would end the process. */
  private start(heapMb: number): Worker {
    const thread = startThread(import.meta.url, 'thread', { data: { databaseUrl: this.databaseUrl }, heapMb });
    const over = (why: End): void => {
      if (this.thread !== thread) return;
      this.thread = null;
      this.died(endOf(why, heapMb));
    };
    thread.on('error', ({ code, message }: { code?: string; message: string }) => over({ code, reason: message }));
    thread.on('exit', (code) => over({ reason: `exit ${code}` }));
    return thread;
  }
}

function errorOf({ told, code, message, stack }: Extract<FromThread, { kind: 'failed' }>): Error {
  return told ? new AppError(code!, message) : Object.assign(new Error(message), { code, stack });
}

interface End { code?: string | undefined; reason: string }

function endOf({ code, reason }: End, heapMb: number): AppError {
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return new AppError('simulation.out-of-memory', `The simulation needed more than ${heapMb} MB of memory. Choose a shorter period.`, 'unavailable');
  return new AppError('simulation.thread-ended', `The thread that ran the simulation ended before it had an answer (${reason}). Try again; the log says more.`, 'unavailable');
}
