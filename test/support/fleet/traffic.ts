import { setTimeout as sleep } from 'node:timers/promises';

/** What is said about so many people (or other things) from number `from` on, how fast, and where; an answer other than 200 or none at all means: again, elsewhere. */
export interface TrafficOptions { urls(): readonly string[]; writeKey: string; perSecond: number; batch: number; bodyOf(from: number, count: number): object[] }
/** One request that was answered in the end. `began` and `ended` are of `Date.now()`. */
export interface Sent { began: number; ended: number; tries: number }

const PATIENCE_MS = 10_000;

/** People `p-0` … sign up, half of them on the plan `pro`. */
export const signUps = (from: number, count: number): object[] => Array.from({ length: count }, (_, index) => from + index).flatMap((n) => [
  { type: 'identify', userId: `p-${n}`, messageId: `i-${n}`, traits: { email: `p-${n}@example.org`, plan: n % 2 === 0 ? 'pro' : 'free' } },
  { type: 'track', userId: `p-${n}`, messageId: `s-${n}`, event: 'Signed Up', properties: { n } },
]);

/** Requests at an even pace, each thing said once, over whichever process answers. What is refused is said again with the same ids, as an SDK does. */
export class Traffic {
  readonly sent: Sent[] = [];
  /** How many were said. */
  count = 0;
  private readonly open = new Set<Promise<void>>();
  private running = true;
  private done: Promise<void>;

  constructor(private readonly options: TrafficOptions) {
    this.done = this.run();
  }

  /** Ends once every request has been taken. */
  async stop(): Promise<void> {
    this.running = false;
    await this.done;
    await Promise.all(this.open);
  }

  private async run(): Promise<void> {
    const { perSecond, batch } = this.options;
    const started = Date.now();
    for (let turn = 0; this.running; turn += 1) {
      await sleep(Math.max(0, started + (turn * batch * 1_000) / perSecond - Date.now()));
      const request = this.say(this.count, batch);
      this.count += batch;
      this.open.add(request);
      void request.finally(() => this.open.delete(request));
    }
  }

  private async say(from: number, count: number): Promise<void> {
    const body = JSON.stringify({ writeKey: this.options.writeKey, batch: this.options.bodyOf(from, count) });
    const began = Date.now();
    for (let tries = 1; ; tries += 1) {
      const urls = this.options.urls();
      const answer = await fetch(`${urls[(from + tries) % urls.length]}/v1/batch`, { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => null);
      await answer?.arrayBuffer().catch(() => null);
      if (answer?.status === 200) {
        this.sent.push({ began, ended: Date.now(), tries });
        return;
      }
      // What it refuses for its content it would refuse for ever.
      if (answer && answer.status >= 400 && answer.status < 500 && answer.status !== 429) throw new Error(`people were refused: ${answer.status}`);
      await sleep(100);
    }
  }
}
