import type { Leg } from '../store/queues.read.js';
import type { Status } from '../status.service.js';

const LEG_NAMES: Record<Leg, string> = { event_to_decision: 'eventToDecision', decision_to_handover: 'decisionToHandover', handover_to_delivered: 'handoverToDelivered' };
const QUANTILES = ['p50', 'p95', 'p99'] as const;

/** The numbers of a look. What could not be said (too few messages for a share) is left out: a gap, not a zero. Pure. */
export function sampleOf({ findings, latencies }: Pick<Status, 'findings' | 'latencies'>): Record<string, number> {
  const legs = (Object.keys(LEG_NAMES) as Leg[]).flatMap((leg) => QUANTILES.map((quantile): [string, number | null] => [`${LEG_NAMES[leg]}.${quantile}`, latencies[leg][quantile]]));
  const all = [...findings.map(({ check, value }): [string, number | null] => [check, value]), ...legs];
  return Object.fromEntries(all.flatMap(([name, value]) => (value === null ? [] : [[name, rounded(value)]])));
}

/** Six digits after the point: shares of complaints need them, seconds of a drawing less. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;

/** How far back and by which steps, in minutes: the points of a drawing stay about as many. */
export const SPANS = { 3: 1, 24: 10, 168: 60 } as const;
export type SpanHours = keyof typeof SPANS;
