import type { Display } from '../../contract/display.js';
import type { Repeat } from '../../kernel/gates.js';
import { addDuration } from '../../kernel/local-time.js';

/** What one person has seen of one auto message, in any version; what a control would have seen counts alike. */
export interface Displayed {
  times: number;
  lastAt: Date | null;
  /** Once in the visit that asks. */
  inVisit: boolean;
  /** What ended its display by the author's `until`: it was seen, interacted with, engaged with or dismissed; null while it goes on. */
  stoppedAt: Date | null;
}

/** What the gate of re-entry is told about an auto message. */
export interface DisplayFacts extends Displayed {
  /** Most times; null: any number. */
  limit: number | null;
  oncePerVisit: boolean;
  /** End of the interval that began with the last impression; null without one. */
  allowedFrom: Date | null;
}

/** @param zone in which days of the interval are counted: the person's own */
export function displayFacts({ times, every, oncePerVisit }: Display['frequency'], displayed: Displayed, zone: string): DisplayFacts {
  const allowedFrom = every && displayed.lastAt ? addDuration(displayed.lastAt, every, zone) : null;
  return { ...displayed, limit: times, oncePerVisit, allowedFrom };
}

/** Whether it may be displayed once more, and if not, whether time alone will change that. */
export function mayDisplay({ times, limit, inVisit, oncePerVisit, stoppedAt, allowedFrom }: DisplayFacts, now: Date): { may: boolean; from: Date | null } {
  if ((limit !== null && times >= limit) || stoppedAt !== null || (oncePerVisit && inVisit)) return { may: false, from: null };
  return allowedFrom !== null && allowedFrom > now ? { may: false, from: allowedFrom } : { may: true, from: null };
}

/** The same with what the ledger says of it. */
export function repeatOf(facts: DisplayFacts, now: Date): Repeat {
  const { times, limit, inVisit, lastAt, stoppedAt } = facts;
  return { ...mayDisplay(facts, now), facts: { displayed: times, limit, lastAt: lastAt?.toISOString() ?? null, inVisit, ...(stoppedAt ? { stoppedAt: stoppedAt.toISOString() } : {}) } };
}
