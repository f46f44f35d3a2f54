/** What one round of a worker did. */
export interface Round {
  /** Rows handled. Above zero, the runner calls again at once. */
  done: number;
  /** The next moment at which there will be something due, if known: the runner keeps an alarm for it. Needed for whatever falls due by the clock alone; housekeeping needs none. */
  next?: Date | null;
  /** A started runner leaves the worker alone for so many ms: what comes meanwhile is then handled together. For work that nobody waits for. */
  rest?: number;
}

/**
 * A queue's consumer. `runOnce` claims a bounded batch with `for update skip locked`, handles it and returns; it may run
 * in several processes at once and twice for the same row: rows decide, not the call. It is called within a second of anything that is
 * written, by whomever, so the first thing it asks is one question with an index: is anything due? While nothing is written it is called at the
 * moment it named, and every ten seconds.
 */
export abstract class Worker {
  /** Stable name, `module.queue`; also the name of its alarm and of its wake-up channel entry. */
  abstract readonly name: string;
  abstract runOnce(): Promise<Round>;
  /** Called once at shutdown, while `runOnce` may still run: take nothing more. */
  stop(): void {}
  /** Called once at shutdown after the last `runOnce` has ended: finish what is in flight. */
  async drain(): Promise<void> {}
}
