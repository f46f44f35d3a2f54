import 'reflect-metadata';
import { parentPort, workerData } from 'node:worker_threads';
import { DataSource } from 'typeorm';
import { AppError } from '../../kernel/errors.js';
import { GuardedClient } from '../../platform/database/guarded-client.js';
import { inTransaction, rows, type Db } from '../../platform/database/db.js';
import { runSimulation } from './run-simulation.js';
import { LANES } from './simulator.js';
import type { TakenRow } from './store/simulations.store.js';
import { STATEMENT_MS } from './statement-time.js';
import type { FromThread, ThreadData, ToThread } from './thread-words.js';

/** Thrown to leave the middle of a run: it is not wanted any more. */
class LeftOff extends Error {}

const port = parentPort!;
const { databaseUrl } = workerData as ThreadData;
const say = (words: FromThread): void => port.postMessage(words);
let answered: (goOn: boolean) => void = () => undefined;

port.on('message', (words: ToThread) => {
  if (words.kind === 'answer') answered(words.goOn);
  else void simulateOne(words.taken);
});

/** Runs one simulation to its end and says what came of it. It has no other way to tell: everything it does to the database is reading. */
async function simulateOne(taken: TakenRow): Promise<void> {
  const reader = new DataSource({
    type: 'postgres', url: databaseUrl, logging: false, poolSize: LANES,
    extra: { connectionTimeoutMillis: 10_000, application_name: 'danbi simulation', options: '-c timezone=UTC', Client: GuardedClient },
  });
  let end: FromThread;
  try {
    turn = Promise.resolve();
    await reader.initialize();
    end = { kind: 'found', found: await runSimulation(taken, (work) => reading(reader, work), progress) };
  } catch (error) {
    end = error instanceof LeftOff ? { kind: 'left' } : failureOf(error);
  }
  if (reader.isInitialized) await reader.destroy().catch(() => undefined);
  say(end);
}

/** Two pages are under way at a time, and each asks: they take turns. */
let turn: Promise<void> = Promise.resolve();

function progress(done: number, total: number): Promise<void> {
  turn = turn.then(async () => {
    const goOn = await new Promise<boolean>((heard) => {
      answered = heard;
      say({ kind: 'progress', done, total });
    });
    if (!goOn) throw new LeftOff();
  });
  return turn;
}

/** One transaction that can write nothing, sees one moment of the data, and takes one process of the server. */
function reading<T>(reader: DataSource, work: (db: Db) => Promise<T>): Promise<T> {
  return inTransaction(reader, async (tx) => {
    await rows(tx, 'set transaction isolation level repeatable read, read only');
    await rows(tx, `select set_config('statement_timeout', $1, true), set_config('max_parallel_workers_per_gather', '0', true), set_config('jit', 'off', true)`, [String(STATEMENT_MS)]);
    return work(tx);
  });
}

function failureOf(error: unknown): FromThread {
  const { code, message, stack } = error as { code?: unknown; message?: string; stack?: string };
  return { kind: 'failed', told: error instanceof AppError, code: code === undefined ? undefined : String(code), message: String(message ?? error), stack };
}
