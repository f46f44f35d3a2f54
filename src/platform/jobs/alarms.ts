/** Keeps at most one pending alarm a name; ringing wakes the worker of that name. */
export abstract class Alarms {
  abstract start(ring: (name: string) => void): Promise<void>;
  /** Asks to be rung at `at` (milliseconds are rounded up to the next whole second); an earlier pending alarm stands. */
  abstract set(name: string, at: Date): Promise<void>;
  abstract stop(): Promise<void>;
}

/** Keeps alarms in memory only, for tests under a virtual clock and for processes without workers. */
export class ManualAlarms extends Alarms {
  readonly pending = new Map<string, Date>();
  async start(): Promise<void> {}
  async set(name: string, at: Date): Promise<void> {
    this.pending.set(name, at);
  }
  async stop(): Promise<void> {}
}
