/** Troubles in a row that open the circuit. */
export const THRESHOLD = 5;
const FIRST_REST_MS = 30_000;
const LONGEST_REST_MS = 30 * 60_000;

/** What an endpoint remembers of its troubles. */
export interface CircuitFacts {
  /** Attempts in a row that met trouble. */
  failures: number;
  /** How often it has opened since the last good answer. */
  trips: number;
  openUntil: Date | null;
}

export type CircuitState = 'closed' | 'open' | 'half_open';

/** Open: nothing is tried. Half open: the rest is over and one delivery probes. */
export function circuitState({ openUntil }: CircuitFacts, now: Date): CircuitState {
  if (openUntil === null) return 'closed';
  return openUntil > now ? 'open' : 'half_open';
}

/** The circuit after some attempts; any good answer closes it. No delivery's attempt is spent while it is open. */
export function afterAttempts(facts: CircuitFacts, seen: { good: number; trouble: number }, now: Date): CircuitFacts {
  if (seen.good > 0) return { failures: 0, trips: 0, openUntil: null };
  if (seen.trouble === 0) return facts;
  const failures = facts.failures + seen.trouble;
  if (failures < THRESHOLD) return { ...facts, failures };
  const rest = Math.min(FIRST_REST_MS * 2 ** Math.min(facts.trips, 10), LONGEST_REST_MS);
  return { failures, trips: facts.trips + 1, openUntil: new Date(now.getTime() + rest) };
}
