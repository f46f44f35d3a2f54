import type { SchedulerRegistry } from '@nestjs/schedule';
import type { Log } from '../logging.js';
import type { RoundListener } from '../metrics.js';
import type { Alarms } from './alarms.js';
import type { Worker } from './worker.js';

const POLL_MS = 1_000;
const FAILED_PAUSE_MS = 2_000;
/** Every worker looks this often though nothing was written anywhere: for what goes by a clock of its own. */
const LOOK_AROUND_MS = 10_000;

interface Lane {
  worker: Worker;
  running: Promise<void> | null;
  again: boolean;
  pausedUntil: number;
  /** Somebody said that it has work, to a runner that was not started. */
  woken: boolean;
  /** What was written, as far as this runner knew, when the last look that found nothing began; null before and after a failure. */
  seen: string | null;
  lookedAt: number;
  /** When that look said that something will be due. */
  nextAt: number | null;
}

/** What a started runner needs from outside. */
export interface RunnerSurroundings {
  registry: SchedulerRegistry;
  /** Tells other processes that a worker has work. */
  announce: (name: string) => void;
  /** A text that is another one whenever any transaction has written and committed in between. */
  written: () => Promise<string>;
}

/**
 * Runs the workers of this process: one lane each, woken by `wake` (a commit here, a NOTIFY from another process, an
 * alarm) and by a poll behind. The poll asks one question for all of them, whether anything was written: while nothing was, only those look whose
 * moment has come. A worker that fails is tried again after a pause; its claimed rows were rolled back.
 */
export class WorkerRunner {
  private readonly lanes = new Map<string, Lane>();
  private readonly listeners = new Map<string, () => void>();
  private started = false;
  private stopping = false;
  private announce: (name: string) => void = () => {};
  private written = '';

  constructor(private readonly alarms: Alarms, private readonly log: Log, private readonly heard?: RoundListener) {}

  /** Whether a stop has begun: what is running ends, nothing begins. */
  get isStopping(): boolean {
    return this.stopping;
  }

  async start(workers: Worker[], { registry, announce, written }: RunnerSurroundings): Promise<void> {
    this.add(workers);
    this.started = true;
    this.announce = announce;
    await this.alarms.start((name) => this.wakeHere(name));
    let asking = false;
    registry.addInterval('danbi.poll', setInterval(() => {
      if (asking) return;
      asking = true;
      void this.poll(written, Date.now()).finally(() => { asking = false; });
    }, POLL_MS));
    this.wakeAll(() => true);
  }

  /**
   * Has those workers look that may find something: everybody when a transaction was committed since their last look, else those whose moment
   * has come and those that have not looked for {@link LOOK_AROUND_MS}. Without an answer, everybody.
   */
  async poll(written: RunnerSurroundings['written'], now: number): Promise<void> {
    try {
      // A lane that looks from here on sees at least this.
      this.written = await written();
    } catch (error) {
      this.log.debug({ err: error }, 'not known whether anything was written; every worker looks');
      return this.wakeAll(() => true);
    }
    this.wakeAll(({ seen, nextAt, lookedAt }) => seen !== this.written || (nextAt !== null && nextAt <= now) || now - lookedAt >= LOOK_AROUND_MS);
  }

  add(workers: Worker[]): void {
    for (const worker of workers) {
      if (this.lanes.has(worker.name)) throw new Error(`two workers are named ${worker.name}`);
      this.lanes.set(worker.name, { worker, running: null, again: false, pausedUntil: 0, woken: false, seen: null, lookedAt: 0, nextAt: null });
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

  private wakeAll(which: (lane: Lane) => boolean): void {
    for (const [name, lane] of this.lanes) if (which(lane)) this.wakeHere(name);
  }

  private async runLane(lane: Lane): Promise<void> {
    try {
      do {
        lane.again = false;
        const { written } = this;
        lane.lookedAt = Date.now();
        const begun = performance.now();
        const round = await lane.worker.runOnce();
        this.heard?.ended(lane.worker.name, performance.now() - begun, round.done);
        lane.seen = round.done > 0 ? null : written;
        lane.nextAt = round.next?.getTime() ?? null;
        if (round.rest !== undefined) lane.pausedUntil = Date.now() + round.rest;
        if (round.done > 0) lane.again = true;
        else if (round.next) await this.alarms.set(lane.worker.name, round.next);
      } while (lane.again && !this.stopping && Date.now() >= lane.pausedUntil);
    } catch (error) {
      this.heard?.failed(lane.worker.name);
      lane.pausedUntil = Date.now() + FAILED_PAUSE_MS;
      lane.seen = null;
      lane.again = false;
      this.log.warn({ err: error, worker: lane.worker.name }, 'a worker failed and will try again');
    }
  }
}
