import fc from '../support/fast-check.js';

/** Random campaigns and what people do. Plain data; nothing of Danbi in it. */

export const HOUR = 3_600_000;
export const DAYS = 6;
export const ZONES = ['Asia/Seoul', 'America/St_Johns', 'Pacific/Kiritimati', 'UTC'] as const;
export const TOPICS = ['product-updates', 'offers'] as const;

/** A step of which `next`s are distances: 0 is the following step, more than there are steps ends the run. */
export type StepPlan =
  | { kind: 'message'; channel: 'in_app' | 'email'; topic: (typeof TOPICS)[number]; arms: 1 | 2; control: boolean; next: number }
  | { kind: 'wait'; hours: number; at: string | null; next: number }
  | { kind: 'wait_date'; days: number; next: number; missed: number }
  | { kind: 'wait_until'; hours: number; sameKey: boolean; next: number; timeout: number }
  | { kind: 'branch'; next: number; otherwise: number }
  | { kind: 'split'; first: number; second: number }
  | { kind: 'action'; tag: boolean; next: number }
  | { kind: 'exit' };

export interface SeriesPlan {
  steps: StepPlan[];
  byKey: boolean;
  reentry: 'never' | 'after_exit' | 'after_interval' | 'concurrent_by_key';
  /** Whether the goal ends the run, and how an exit rule is asked for. */
  goalExits: boolean;
  exitBy: 'event' | 'condition';
  important: boolean;
}

export interface PersonPlan { zone: (typeof ZONES)[number]; plan: 'a' | 'b'; due: number | null }

/** What somebody does, at most once a person and quarter of an hour. */
export interface Act { quarter: number; person: number; what: 'go' | 'ping' | 'buy' | 'leave' | 'tag' | 'plan' | 'unsubscribe' | 'pause' | 'resume'; key: number }

export interface World {
  series: SeriesPlan[];
  people: PersonPlan[];
  acts: Act[];
  caps: { limit: number; hours: number; channel: 'in_app' | 'email' | null }[];
  quiet: boolean;
  /** Of rounds of workers: at which statement which way a connection is lost. */
  cuts: { round: number; statement: number; when: 'before' | 'after' }[];
}

const next = fc.constantFrom(0, 0, 0, 1, 2, 99);
const step: fc.Arbitrary<StepPlan> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('message' as const), channel: fc.constantFrom('in_app' as const, 'email' as const), topic: fc.constantFrom(...TOPICS), arms: fc.constantFrom(1 as const, 2 as const), control: fc.boolean(), next }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 40 }), at: fc.constantFrom(null, '09:00', '23:30', '02:30'), next }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait_date' as const), days: fc.integer({ min: -1, max: 1 }), next, missed: next }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait_until' as const), hours: fc.integer({ min: 1, max: 40 }), sameKey: fc.boolean(), next, timeout: next }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('branch' as const), next, otherwise: next }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('split' as const), first: next, second: next }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('action' as const), tag: fc.boolean(), next }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('exit' as const) }) },
);
const message: fc.Arbitrary<StepPlan> = fc.record({ kind: fc.constant('message' as const), channel: fc.constantFrom('in_app' as const, 'email' as const), topic: fc.constantFrom(...TOPICS), arms: fc.constant(1 as const), control: fc.constant(false), next });

const series: fc.Arbitrary<SeriesPlan> = fc.record({
  // A message stands at the end, so that a world without any is rare.
  steps: fc.tuple(fc.array(step, { maxLength: 6 }), message).map(([steps, last]) => [...steps, last]),
  byKey: fc.boolean(),
  reentry: fc.constantFrom('never' as const, 'after_exit' as const, 'after_interval' as const, 'concurrent_by_key' as const),
  goalExits: fc.boolean(),
  exitBy: fc.constantFrom('event' as const, 'condition' as const),
  important: fc.boolean(),
}).map((plan) => (plan.byKey || plan.reentry !== 'concurrent_by_key' ? plan : { ...plan, reentry: 'after_exit' as const }));

const what = fc.oneof({ weight: 6, arbitrary: fc.constant('go' as const) }, { weight: 3, arbitrary: fc.constant('ping' as const) }, { weight: 5, arbitrary: fc.constantFrom('buy' as const, 'leave' as const, 'tag' as const, 'plan' as const, 'unsubscribe' as const) }, { weight: 1, arbitrary: fc.constantFrom('pause' as const, 'resume' as const) });

export const anyWorld: fc.Arbitrary<World> = fc.record({
  series: fc.array(series, { minLength: 1, maxLength: 2 }),
  people: fc.array(fc.record({ zone: fc.constantFrom(...ZONES), plan: fc.constantFrom('a' as const, 'b' as const), due: fc.option(fc.integer({ min: 0, max: DAYS })) }), { minLength: 2, maxLength: 4 }),
  acts: fc.array(fc.record({ quarter: fc.integer({ min: 1, max: DAYS * 96 }), person: fc.nat({ max: 3 }), what, key: fc.integer({ min: 1, max: 2 }) }), { minLength: 6, maxLength: 24 }),
  caps: fc.array(fc.record({ limit: fc.integer({ min: 1, max: 2 }), hours: fc.integer({ min: 4, max: 50 }), channel: fc.constantFrom(null, 'in_app' as const, 'email' as const) }), { maxLength: 2 }),
  quiet: fc.boolean(),
  cuts: fc.array(fc.record({ round: fc.integer({ min: 1, max: 25 }), statement: fc.integer({ min: 1, max: 60 }), when: fc.constantFrom('before' as const, 'after' as const) }), { maxLength: 4 }),
});
