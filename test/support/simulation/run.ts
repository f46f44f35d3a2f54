import { type ArmInput, type DecisionPlan, type Evaluation, type Memory, noMemory } from '../../../src/analytics/domain/statistics/decision.js';
import { evaluate } from '../../../src/analytics/domain/statistics/evaluate.js';
import { BUDGETS } from '../../../src/analytics/domain/statistics/test-plan.js';
import type { Random } from './random.js';

const START = Date.UTC(2026, 0, 5);
const HOUR = 3_600_000;
const instants = new Map<number, string>();
/** The instant `hours` after the first entry. */
function instant(hours: number): string {
  let text = instants.get(hours);
  if (text === undefined) instants.set(hours, (text = new Date(START + hours * HOUR).toISOString()));
  return text;
}

/** A test whose people come steadily and convert at once. */
export interface World {
  /** True rate of each arm. */
  rates: readonly number[];
  shares: readonly number[];
  /** People between two looks, all arms together. */
  perLook: number;
  /** Hours between two looks: 24 unless said otherwise. */
  hours?: number;
}

export const planFor = (mode: 'planned' | 'open', people: number, readoutHours: number, more: Partial<DecisionPlan> = {}): DecisionPlan => ({
  direction: 'higher',
  ...BUDGETS[mode],
  plannedPeople: people,
  readoutAt: mode === 'planned' ? instant(readoutHours) : null,
  minEffect: 0.05,
  minDays: 7,
  ...more,
});

/** Looks at one test again and again through the rule itself, as the product does, with what it remembers. */
export class Watched {
  private memory: Memory = noMemory();
  constructor(private readonly plan: DecisionPlan) {}

  look(hours: number, arms: ArmInput[]): Evaluation {
    const found = evaluate({ plan: this.plan, arms, look: { now: instant(hours), entryDays: Math.floor(hours / 24), settled: true }, earlier: this.memory });
    this.memory = found.memory;
    return found;
  }
}

/** Lets people come and shows the counts at every look, until `visit` says it has seen enough or the looks are over. */
export function watch(random: Random, { rates, shares, perLook, hours = 24 }: World, looks: number, visit: (look: number, hours: number, arms: ArmInput[]) => boolean): void {
  const people = shares.map(() => 0);
  const converted = shares.map(() => 0);
  for (let look = 1; look <= looks; look += 1) {
    for (const [i, came] of random.multinomial(perLook, shares).entries()) {
      people[i]! += came;
      converted[i]! += random.binomial(came, rates[i]!);
    }
    const arms = shares.map((weight, i): ArmInput => ({ key: 'ABCD'[i]!, weight, assigned: people[i]!, outcome: { n: people[i]!, x: converted[i]! } }));
    if (visit(look, look * hours, arms)) return;
  }
}

/** The look at which a winner was named, 0 when none was, and who. */
export function firstWinner(random: Random, world: World, plan: DecisionPlan, looks: number): { look: number; winner: string | null } {
  const watched = new Watched(plan);
  const first = { look: 0, winner: null as string | null };
  watch(random, world, looks, (look, hours, arms) => {
    const { state, winner } = watched.look(hours, arms);
    if (state === 'winner') Object.assign(first, { look, winner });
    return state === 'winner' || state === 'traffic_problem';
  });
  return first;
}
