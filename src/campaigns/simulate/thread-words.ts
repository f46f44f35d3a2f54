import type { Found } from './run-simulation.js';
import type { TakenRow } from './store/simulations.store.js';

/** What the thread is started with. */
export interface ThreadData { databaseUrl: string }

/** What the process says to the thread: what to simulate, and after each page whether to go on. */
export type ToThread = { kind: 'run'; taken: TakenRow } | { kind: 'answer'; goOn: boolean };

/** What the thread says: after each page how far it came (and waits for the answer), and at the end what came of it. */
export type FromThread =
  | { kind: 'progress'; done: number; total: number }
  | { kind: 'found'; found: Found }
  | { kind: 'left' }
  | { kind: 'failed'; /** Said on purpose, for people to read. */ told: boolean; code?: string; message: string; stack?: string };
