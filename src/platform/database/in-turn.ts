import { setImmediate as turn } from 'node:timers/promises';
import { rows, type Db } from './db.js';

/** A statement that answers nothing, with its values. */
export interface Statement {
  text: string;
  values: unknown[];
  /** Called when it has been run. */
  done?: () => void;
}

export async function write(tx: Db, statement: Statement | null): Promise<void> {
  if (!statement) return;
  await rows(tx, statement.text, statement.values);
  statement.done?.();
}

/**
 * Runs statements one after the other and prepares each while the one before is being run: over thousands of rows, putting the values together
 * takes this process as long as writing them takes the database.
 */
export async function inTurn(tx: Db, statements: readonly (() => Statement | null)[]): Promise<void> {
  let next = statements[0]?.() ?? null;
  for (const prepare of [...statements.slice(1), () => null]) {
    const running = write(tx, next);
    // A failure is thrown where it is waited for; what is prepared meanwhile takes no other turn.
    running.catch(() => {});
    // What is to be sent leaves this process first.
    await turn();
    try {
      next = prepare();
    } finally {
      await running;
    }
  }
}
