import type { Place } from '../../../delivery/rules/domain/caps.js';
import type { SeldomFrequency, Slot } from '../../../delivery/rules/domain/frequency.js';
import type { ClaimedPerson } from '../../../delivery/sending/store/claims.store.js';
import type { ArmHistory } from '../../domain/arm-then.js';
import type { Counter } from '../../../segments/past-counts.js';
import type { KnownThen } from '../../../segments/past-questions.js';
import type { EntryRecord } from '../../store/enrollments.store.js';

/** A person as we knew them for a while. */
export interface PersonState {
  /** In milliseconds, until the next state. */
  from: number;
  /** Before it they were not known: no condition held, in milliseconds. */
  since: number;
  /** Null: what the tables hold now is what was known then. */
  known: KnownThen | null;
  person: ClaimedPerson;
  /** Stored dates by key, with the text they were told as; only those a version asks for. */
  dates: ReadonlyMap<string, { at: Date; text: string | null }>;
  /** `channel topic` → what was said, and when. */
  consents: ReadonlyMap<string, { state: string; at: number }>;
}

/** Something that would let the person in at a moment. */
export interface Trigger { at: number; entry: EntryRecord; /** Of the rest of a test that is sent first: the arm everybody gets. */ arm?: string; /** The launch looks back for it: steps are timed from then. */ past?: true }

/** An event that a rule of the version asks for. */
export interface RuleEvent { id: string; occurredAt: number; receivedAt: number; key: string | null }

/** A message of another campaign, or of nobody's, that took a place or kept one. */
export interface OtherMessage extends Omit<Place, 'at' | 'kept'> {
  deliveryId: string;
  /** From when on it kept a place (a class above standard, or a broadcast that reserved one), in milliseconds; null: it kept none. */
  keptFrom: number | null;
  /** When it went; null: it never did. */
  sentAt: number | null;
  /** When it was to go, while it kept a place. */
  dueAt: number;
  /** When it was over. */
  endedAt: number;
}

export interface Suppressed { at: number; until: number | null; reason: string }

/** What a person did with a message that rungs of a ladder may wait for; machines do not count. */
export interface Touch { kind: 'impression' | 'open' | 'click' | 'reply'; at: number }

/** What the live campaign really sent this person at a step, and what came of it. */
export interface RealMessage { stepId: string; sentAt: number; reactions: readonly { kind: 'open' | 'click'; at: number }[]; seenAt: number | null; touches: readonly Touch[] }

/** All that is known of one person of a simulation. Times in milliseconds, lists in order of time. */
export interface SimPerson {
  id: string;
  states: readonly PersonState[];
  triggers: readonly Trigger[];
  /** By place of the rule in {@link SimPlan.rules}. */
  events: readonly (readonly RuleEvent[])[];
  /** By place of the condition in {@link SimPlan.watched}: instants at which its answer can have changed. */
  moments: readonly (readonly number[])[];
  /** What is counted in memory, by place in the rows of {@link SimPlan.memory}. */
  counters: readonly Counter[];
  others: readonly OtherMessage[];
  /** By hash of the address. */
  suppressed: ReadonlyMap<string, readonly Suppressed[]>;
  seldom: { frequency: SeldomFrequency; since: number } | null;
  /** By holdout: the side on record, from when on. */
  sides: ReadonlyMap<string, { held: boolean; at: number }>;
  /** By experiment: the arms on record, each from when on. */
  assigned: ReadonlyMap<string, ArmHistory>;
  real: readonly RealMessage[];
}

export type { Slot };

/** The state that holds at a moment. */
export function stateAt(states: readonly PersonState[], at: number): PersonState {
  let low = 0;
  for (let high = states.length - 1; low < high; ) {
    const middle = (low + high + 1) >> 1;
    if (states[middle]!.from <= at) low = middle;
    else high = middle - 1;
  }
  return states[low]!;
}

/** Instants each once, the earliest first. */
export function inOrder(instants: readonly number[]): readonly number[] {
  let isOrdered = true;
  for (let place = 1; place < instants.length && isOrdered; place += 1) isOrdered = instants[place - 1]! < instants[place]!;
  return isOrdered ? instants : [...new Set(instants)].sort((one, other) => one - other);
}

/** Whether an instant is among these, which are in order. */
export function hasInstant(instants: readonly number[], at: number): boolean {
  let low = 0;
  for (let high = instants.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (instants[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return instants[low] === at;
}
