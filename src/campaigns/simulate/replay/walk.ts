import { addressHash } from '../../../delivery/preferences/domain/address.js';
import type { ReasonCode } from '../../../kernel/reason-codes.js';
import type { Past } from '../../engine/enter.js';
import type { EntryRecord } from '../../store/enrollments.store.js';
import { judge, type Judged } from '../../../segments/past-counts.js';
import type { PastDefinition, SupposedMessage } from '../../../segments/past-questions.js';
import type { Line, Stopped } from '../domain/line.js';
import type { Maker } from './maker.js';
import { stateAt, type PersonState, type SimPerson, type Touch } from './sim-person.js';
import type { SimPlan, WatchedEvent } from './sim-plan.js';

/** A condition (or a part of one) that has to be asked of the data: whether it held for this person at this moment. */
export interface Ask { definition: PastDefinition; at: number; state: PersonState; supposed: readonly SupposedMessage[] | undefined }
/** Work that stops where the data has to be asked and goes on with the answer, so that many people are asked about together. */
export type Asking<T> = Generator<Ask, T, boolean>;

/** One run of the person through the version. */
export interface SimRun {
  id: number;
  entry: EntryRecord;
  entryAt: number;
  enteredAt: number;
  /** Of one that begins in the past, until it first waits. */
  past?: Past;
  stepId: string;
  /** Null until they have arrived at `stepId`. */
  arrivedAt: number | null;
  dueAt: number;
  waiting: boolean;
  state: 'active' | 'completed' | 'exited';
}

/** A message on its way. */
export interface SimDelivery {
  id: string;
  run: SimRun;
  stepId: string;
  variant: string;
  isControl: boolean;
  channel: 'email' | 'in_app' | 'webhook' | 'chat';
  topic: string;
  contentId: string | null;
  queuedAt: number;
  dueAt: number;
  expiresAt: number | null;
  reason: string | null;
  /** Of one that stands in for another without success. */
  fallback: { of: SimDelivery; hours: number | null; seconds: number | null; unless: string | null } | null;
  /** What came of it, or is supposed to have. */
  reactions: readonly { kind: 'open' | 'click'; at: number }[];
  touches: readonly Touch[];
  /** Why it went no more. */
  stopped: ReasonCode | null;
  /** When it reached its person; of a control, when it would have. */
  sentAt: number | null;
  /** When it was seen (in-app). */
  seenAt: number | null;
  over: boolean;
}

export const instant = (at: number): Date => new Date(at);

/** A person on the way through a simulation, and what the parts of it share. */
export class Walk {
  readonly lines: Line[] = [];
  runs: SimRun[] = [];
  /** Every run begun, for re-entry. */
  readonly begun: SimRun[] = [];
  queue: SimDelivery[] = [];
  readonly sent: SimDelivery[] = [];
  /** Rungs that go unless something became of the message before, whatever became of them. */
  readonly rungs: SimDelivery[] = [];
  readonly supposed: SupposedMessage[] = [];
  /** `channel topic` → when they are supposed to have left it. */
  readonly left = new Map<string, number>();
  /** Instants that came up on the way: reactions, and what actions changed. */
  readonly news: number[] = [];
  /** Arms given in this simulation. */
  readonly arms = new Map<string, { variant: string; isControl: boolean }>();
  private states: PersonState[];
  private readonly hashes = new Map<string, string | null>();
  private answers = new Map<number, boolean>();
  private answeredAt = NaN;
  /** Answers that stay as they are while the state does. */
  private parts = new Map<number, boolean>();
  private partsOf: PersonState | null = null;

  constructor(readonly plan: SimPlan, readonly person: SimPerson, readonly maker: Maker) {
    this.states = [...person.states];
  }

  state(at: number): PersonState {
    return stateAt(this.states, at);
  }

  /** Key of the blocks of an address; asked at each message. */
  hashOf(email: string): string | null {
    const known = this.hashes.get(email);
    if (known !== undefined) return known;
    const hash = addressHash(email);
    this.hashes.set(email, hash);
    return hash;
  }

  /** What is known is different from `at` on, until the history says otherwise; news of it comes at once. */
  change(at: number, to: (state: PersonState) => PersonState): void {
    const first = this.state(at);
    this.states = [...this.states.filter(({ from }) => from <= at && from < (first.from === at ? at : Infinity)), { ...to(first), from: at }, ...this.states.filter(({ from }) => from > at).map(to)];
    this.answers.clear();
    this.news.push(at);
  }

  /** Instants at which what is known of the person changes. */
  stateInstants(): number[] {
    return this.states.slice(1).map(({ from }) => from);
  }

  /** Whether a condition holds now; each is asked once an instant. */
  *holds(condition: number, at: number): Asking<boolean> {
    const definition = this.plan.conditions[condition];
    if (!definition) return false;
    if (this.answeredAt !== at) {
      this.answers.clear();
      this.answeredAt = at;
    }
    const known = this.answers.get(condition);
    if (known !== undefined) return known;
    const judged = this.plan.memory.judged[condition];
    const truth = judged ? yield* this.judged(judged, at)
      : yield { definition, at, state: this.state(at), supposed: definition.engagement ? this.supposed.filter((message) => message.at.getTime() <= at) : undefined };
    this.answers.set(condition, truth);
    return truth;
  }

  /** In memory; a part is asked of the data once a state. Nothing holds for somebody who was not known yet. */
  private *judged(judged: Judged, at: number): Asking<boolean> {
    const state = this.state(at);
    if (state.since > at) return false;
    if (state !== this.partsOf) {
      this.parts.clear();
      this.partsOf = state;
    }
    for (;;) {
      const truth = judge(judged, this.person.counters, (place) => this.parts.get(place), at);
      if (typeof truth === 'boolean') return truth;
      this.parts.set(truth.ask, yield { definition: this.plan.memory.parts[truth.ask]!, at, state, supposed: undefined });
    }
  }

  /** Whether the person did this since the entry of the run, by what had been received. */
  did({ rule }: WatchedEvent, run: Pick<SimRun, 'entry' | 'entryAt'>, at: number): boolean {
    return this.person.events[rule]!.some((event) => event.receivedAt <= at && this.concerns(rule, event, run));
  }

  /** When the person first did it since the entry of the run, by what had been received; null: not yet. */
  whenDid({ rule }: WatchedEvent, run: Pick<SimRun, 'entry' | 'entryAt'>, at: number): number | null {
    const happened = this.person.events[rule]!.filter((event) => event.receivedAt <= at && this.concerns(rule, event, run)).map(({ occurredAt }) => occurredAt);
    return happened.length === 0 ? null : Math.min(...happened);
  }

  /** Whether an event came at or after the entry, is not the entry itself, and has the same key where that is asked. */
  concerns(rule: number, event: { id: string; occurredAt: number; key: string | null }, { entry, entryAt }: Pick<SimRun, 'entry' | 'entryAt'>): boolean {
    return event.occurredAt >= entryAt && event.id !== entry.eventId && (this.plan.rules[rule]!.key === undefined || (event.key !== null && event.key === entry.key));
  }

  /** What would end a run now, before entry only conditions. */
  *endings(run: Pick<SimRun, 'entry' | 'entryAt'> | null, at: number): Asking<{ goals: string[]; rules: string[] }> {
    const found = { goals: [] as string[], rules: [] as string[] };
    const note = (as: { kind: 'goal' | 'exit'; key: string }) => {
      const list = as.kind === 'goal' ? found.goals : found.rules;
      if (!list.includes(as.key)) list.push(as.key);
    };
    for (const { condition, as } of this.plan.watched) if (as.kind !== 'wait' && (yield* this.holds(condition, at))) note(as);
    if (run) for (const watched of this.plan.watchedEvents) if (watched.as.kind !== 'wait' && this.did(watched, run, at)) note(watched.as);
    return found;
  }

  /** Ends a run early: it, and what of it is still queued. */
  end(run: SimRun, code: ReasonCode, at: number): void {
    if (run.state !== 'active') return;
    run.state = 'exited';
    this.runs = this.runs.filter((other) => other !== run);
    this.lines.push({ kind: 'ended', at, state: 'exited', stepId: run.stepId, code });
    for (const delivery of this.queue.filter((each) => each.run === run)) this.cancel(delivery, { code, detail: null, winner: null }, at);
  }

  cancel(delivery: SimDelivery, { code, detail, winner }: Stopped, at: number, kind: 'cancelled' | 'failed' = 'cancelled'): void {
    delivery.over = true;
    delivery.stopped = code;
    this.queue = this.queue.filter((other) => other !== delivery);
    this.lines.push({ kind, at, stepId: delivery.stepId, variant: delivery.variant, code, detail, winner });
  }
}
