import type { SchedulerRegistry } from '@nestjs/schedule';
import type { Log } from '../logging.js';
import type { Alarms } from './alarms.js';
import type { Worker } from './worker.js';

const POLL_MS = 1_000;
const FAILED_PAUSE_MS = 2_000;

interface Lane {
  worker: Worker;
  running: Promise<void> | null;
  again: boolean;
  pausedUntil: number;
  /** Somebody said that it has work, to a runner that was not started. */
  woken: boolean;
}

/**
 * Runs the workers of this process: one lane each, woken by `wake` (a commit here, a NOTIFY from another process, an
 * alarm) and by a poll behind. A worker that fails is tried again after a pause; its claimed rows were rolled back.
 */
export class WorkerRunner {
  private readonly lanes = new Map<string, Lane>();
  private readonly listeners = new Map<string, () => void>();
  private started = false;
  private stopping = false;
  private announce: (name: string) => void = () => {};

  constructor(private readonly alarms: Alarms, private readonly log: Log) {}

  /** @param announce tells other processes that a worker has work */
  async start(workers: Worker[], registry: SchedulerRegistry, announce: (name: string) => void): Promise<void> {
    this.add(workers);
    this.started = true;
    this.announce = announce;
    await this.alarms.start((name) => this.wakeHere(name));
    const wakeAll = () => [...this.lanes.keys()].forEach((name) => this.wakeHere(name));
    registry.addInterval('danbi.poll', setInterval(wakeAll, POLL_MS));
    wakeAll();
  }

  add(workers: Worker[]): void {
    for (const worker of workers) {
      if (this.lanes.has(worker.name)) throw new Error(`two workers are named ${worker.name}`);
      this.lanes.set(worker.name, { worker, running: null, again: false, pausedUntil: 0, woken: false });
    }
  }

  /** Calls `listener` at each wake-up of `name`, which is no queue of this process: for what every process must hear, whatever its role. */
  listen(name: string, listener: () => void): void {
    this.listeners.set(name, listener);
  }

  /** Says that `name` has work, here and in every other process. Call after commit; cheap, and may be called for any name. */
  wake(name: string): void {
    this.announce(name);
    this.wakeHere(name);
  }

  wakeHere(name: string): void {
    this.listeners.get(name)?.();
    const lane = this.lanes.get(name);
    if (lane && !this.started) lane.woken = true;
    if (!lane || !this.started || this.stopping || Date.now() < lane.pausedUntil) return;
    if (lane.running) {
      lane.again = true;
      return;
    }
    lane.running = this.runLane(lane).finally(() => {
      lane.running = null;
      if (lane.again) this.wakeHere(name);
    });
  }

  /**
   * For tests: runs workers by turns until none has work left, and returns the earliest moment at which one will. Those that were
   * woken come first, as in a started runner; the poll behind is one look of every worker after the last round that did something,
   * so a wake-up that is missing loses no work here either. Rounds never run beside each other: they would hold rows locked,
   * which look like no work.
   * @param rests workers left out this time
   */
  async runUntilIdle(rests: (name: string) => boolean = () => false): Promise<Date | null> {
    const lanes = [...this.lanes.values()].filter(({ worker }) => !rests(worker.name));
    const next = new Map<Lane, Date | null>();
    const looked = new Set<Lane>();
    for (let turn = 0; ; ) {
      const order = [...lanes.slice(turn), ...lanes.slice(0, turn)];
      const lane = order.find(({ woken }) => woken) ?? order.find((each) => !looked.has(each));
      if (!lane) break;
      lane.woken = false;
      const round = await lane.worker.runOnce();
      next.set(lane, round.next ?? null);
      if (round.done > 0) {
        lane.woken = true;
        looked.clear();
      } else looked.add(lane);
      turn = lanes.indexOf(lane) + 1;
    }
    const moments = [...next.values()].flatMap((at) => at?.getTime() ?? []);
    return moments.length > 0 ? new Date(Math.min(...moments)) : null;
  }

  /** Two-phase stop: no new claims, then wait for what is in flight. */
  async stop(): Promise<void> {
    this.stopping = true;
    for (const lane of this.lanes.values()) lane.worker.stop();
    await Promise.all([...this.lanes.values()].map((lane) => lane.running));
    await Promise.all([...this.lanes.values()].map((lane) => lane.worker.drain()));
    await this.alarms.stop();
  }

  private async runLane(lane: Lane): Promise<void> {
    try {
      do {
        lane.again = false;
        const round = await lane.worker.runOnce();
        if (round.done > 0) lane.again = true;
        else if (round.next) await this.alarms.set(lane.worker.name, round.next);
      } while (lane.again && !this.stopping);
    } catch (error) {
      lane.pausedUntil = Date.now() + FAILED_PAUSE_MS;
      lane.again = false;
      this.log.warn({ err: error, worker: lane.worker.name }, 'a worker failed and will try again');
    }
  }
}
