import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { VERSION } from './version.js';

/** Hears how the rounds of workers went; see {@link Metrics}. */
export interface RoundListener {
  ended(worker: string, ms: number, done: number): void;
  failed(worker: string): void;
}

/** What this process counts of itself for Prometheus. One a service, so that several in one process stay apart. */
export class Metrics implements RoundListener {
  readonly registry = new Registry();
  private hasProcess = false;
  private readonly requests = new Histogram({
    name: 'danbi_http_request_seconds', help: 'Time until an HTTP request was answered, by route template', labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10], registers: [this.registry],
  });
  private readonly rounds = new Histogram({
    name: 'danbi_worker_round_seconds', help: 'Time of the rounds of a worker that did something', labelNames: ['worker'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60], registers: [this.registry],
  });
  private readonly rows = new Counter({ name: 'danbi_worker_rows_total', help: 'Rows that a worker handled', labelNames: ['worker'] as const, registers: [this.registry] });
  private readonly failures = new Counter({ name: 'danbi_worker_failures_total', help: 'Rounds of a worker that failed and were tried again', labelNames: ['worker'] as const, registers: [this.registry] });

  constructor() {
    new Gauge({ name: 'danbi_build_info', help: 'Always 1; the version is a label', labelNames: ['version'] as const, registers: [this.registry] }).set({ version: VERSION }, 1);
  }

  /** Adds memory, CPU, event loop and file handles of the process, once: what is never asked for observes nothing. */
  ofTheProcess(): void {
    if (this.hasProcess) return;
    this.hasProcess = true;
    collectDefaultMetrics({ register: this.registry, prefix: 'danbi_' });
  }

  /** @param route its template, never the address asked for: that would be as many series as there are people */
  answered(request: { method: string; route: string; status: number }, seconds: number): void {
    this.requests.observe({ ...request, status: String(request.status) }, seconds);
  }

  ended(worker: string, ms: number, done: number): void {
    // Idle looks are many and say nothing.
    if (done === 0) return;
    this.rounds.observe({ worker }, ms / 1_000);
    this.rows.inc({ worker }, done);
  }

  failed(worker: string): void {
    this.failures.inc({ worker });
  }
}
