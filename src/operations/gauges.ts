import { Injectable } from '@nestjs/common';
import { Gauge, type Registry } from 'prom-client';
import { Clock } from '../kernel/clock.js';
import { Metrics } from '../platform/metrics.js';
import { LEVELS } from './domain/status.js';
import { StatusReader, type Status } from './status.service.js';

const LEGS = ['p50', 'p95', 'p99'] as const;

/** What is told of the installation; made once a registry. */
function gaugesOf(registry: Registry) {
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) => new Gauge<L>({ name: `danbi_${name}`, help, labelNames: [...labelNames], registers: [registry] });
  return {
    up: gauge('database_up', 'Whether the database answered this scrape'),
    due: gauge('queue_due', 'What is due and not done, counted up to 100,000 a campaign', ['queue']),
    age: gauge('queue_oldest_due_age_seconds', 'Since when the longest of it is due', ['queue']),
    spans: gauge('latency_seconds', 'Of the latest messages of an hour: from event to decision, from decision (or due time) to handover, from handover to delivered', ['leg', 'quantile']),
    day: gauge('messages_last_day', 'Messages sent in the last 24 hours, and what came back', ['what']),
    share: gauge('returns_share_last_day', 'Bounced, complained and unsubscribed of the messages sent in the last 24 hours, 0 to 1', ['what']),
    refused: gauge('refusals', 'People kept out and messages not made, of all time, by reason', ['reason']),
    pending: gauge('results_pending_people', 'People whose results are still to be counted'),
    worked: gauge('results_worked_age_seconds', 'Since when the worker of the results has not done anything'),
    leases: gauge('leases_over', 'Messages a sender took and did not give back in time'),
    campaigns: gauge('campaigns', 'Campaigns by state', ['state']),
    connections: gauge('database_connections', 'Connections of the database', ['what']),
    checks: gauge('status', 'Verdict of each check of the status page: 0 ok, 1 warn, 2 bad', ['check']),
  };
}

/**
 * Prometheus text of this process and, from the database, of the whole installation. The latter is the same from every process: rules take
 * `max` over instances. When the database does not answer, the process tells of itself alone and `danbi_database_up` is 0.
 */
@Injectable()
export class Gauges {
  private readonly all: ReturnType<typeof gaugesOf>;
  readonly contentType: string;

  constructor(private readonly metrics: Metrics, private readonly status: StatusReader, private readonly clock: Clock) {
    this.all = gaugesOf(metrics.registry);
    this.contentType = metrics.registry.contentType;
  }

  async text(): Promise<string> {
    this.metrics.ofTheProcess();
    const status = await this.status.read().catch(() => null);
    this.all.up.set(status ? 1 : 0);
    if (status) this.show(status);
    else for (const gauge of Object.values(this.all)) if (gauge !== this.all.up) gauge.reset();
    return this.metrics.registry.metrics();
  }

  private show({ backlogs, latencies, day, refusals, upkeep, findings }: Status): void {
    const now = this.clock.now().getTime();
    const age = (since: Date | null) => (since === null ? 0 : Math.max(0, now - since.getTime()) / 1_000);
    for (const { queue, due, oldestAt } of backlogs) {
      this.all.due.set({ queue }, due);
      this.all.age.set({ queue }, age(oldestAt));
    }
    this.all.spans.reset();
    for (const [leg, spans] of Object.entries(latencies)) for (const quantile of LEGS) if (spans[quantile] !== null) this.all.spans.set({ leg, quantile }, spans[quantile]);
    for (const [what, count] of Object.entries(day)) this.all.day.set({ what }, count);
    for (const what of ['bounced', 'complained', 'unsubscribed'] as const) this.all.share.set({ what }, day.sent === 0 ? 0 : day[what] / day.sent);
    for (const { code, count } of refusals) this.all.refused.set({ reason: code }, count);
    this.all.pending.set(upkeep.resultsPending);
    this.all.worked.set(age(upkeep.resultsAt));
    this.all.leases.set(upkeep.leasesOver);
    for (const [state, count] of Object.entries(upkeep.campaigns)) this.all.campaigns.set({ state }, count);
    for (const [what, count] of Object.entries(upkeep.connections)) this.all.connections.set({ what }, count);
    for (const { check, level } of findings) this.all.checks.set({ check }, LEVELS.indexOf(level));
  }
}
